using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A foreign <c>tokenizer.json</c>, with a <c>processor_config.json</c> that fits it.</summary>
internal sealed class TokenizerJson() : FuzzTarget("tokenizer-json")
{
    public override IReadOnlyList<string> Words { get; } =
    [
        "\"a b\"", "[\"a\",\"b\"]", "\"Ā\"", "\"\\u0100\"", "\"Ġ\"", "\"ByteLevel\"", "\"Fuse\"", "\"use_regex\": false",
        "\"add_prefix_space\"", "\"ignore_merges\"", "\"dropout\"", "\"vocab\"", "\"merges\"", "\"type\"", "\"\\ud834\\udd1e\"",
        "\"a\": 1048575",
    ];

    public override IEnumerable<byte[]> Seeds()
    {
        yield return SampleFolders.File("tokenizer.json");
        FastTokenizerDefinition bytes = SampleTokens.ByteLevel.Definition;
        yield return HuggingFaceTokenizerWriter.Write(bytes.Alphabet, bytes.Vocabulary);
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        byte[] json = input.ToArray();
        HuggingFaceTokenizer file = HuggingFaceTokenizer.Parse(json, "tokenizer.json");
        string processor = $"{{\"scale\": 10, \"min_token\": {(file.IsByteLevel ? -300 : -261)}, \"vocab_size\": {file.Tokens.Length}}}";
        FastTokenizerDefinition definition =
            PublishedFolder.Read(json, "tokenizer.json", Utf8(processor), "processor_config.json");
        TokenizerUse.Exercise(new FastActionTokenizer(definition));
    }
}
