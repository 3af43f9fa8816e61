using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A foreign <c>processor_config.json</c> beside a sound <c>tokenizer.json</c>.</summary>
internal sealed class ProcessorConfigJson() : FuzzTarget("processor-config-json")
{
    private readonly Lazy<byte[]> _tokenizer = new(() => SampleFolders.File("tokenizer.json"));

    public override IReadOnlyList<string> Words { get; } =
        ["\"scale\"", "\"min_token\"", "\"vocab_size\"", "\"time_horizon\"", "\"action_dim\"", "14", "-261", "1e-300", "1e300"];

    public override IEnumerable<byte[]> Seeds() => [SampleFolders.File("processor_config.json")];

    public override void Run(ReadOnlySpan<byte> input) => TokenizerUse.Exercise(new FastActionTokenizer(
        PublishedFolder.Read(_tokenizer.Value, "tokenizer.json", input.ToArray(), "processor_config.json")));
}
