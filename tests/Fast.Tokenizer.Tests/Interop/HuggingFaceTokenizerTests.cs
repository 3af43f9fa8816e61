using System.Text;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class HuggingFaceTokenizerTests
{
    private const string Small = """
        {
          "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
          "pre_tokenizer": null, "post_processor": null, "decoder": {"type": "Fuse"},
          "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null,
            "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
            "vocab": {"a": 0, "b": 1, "ab": 2, "abb": 3},
            "merges": ["a b", "ab b"]
          }
        }
        """;

    private const string ByteLevel = """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}""";

    [Fact]
    public void A_vocabulary_without_a_pre_tokenizer_is_read()
    {
        HuggingFaceTokenizer tokenizer = Parse(Small);

        Assert.Equal(["a", "b", "ab", "abb"], tokenizer.Tokens);
        Assert.Equal([new BpeMerge(0, 1, 2), new BpeMerge(2, 1, 3)], tokenizer.Merges);
        Assert.False(tokenizer.IsByteLevel);
        Assert.False(tokenizer.SplitsWords);
    }

    [Theory]
    [InlineData("""["a b", "ab b"]""")]
    [InlineData("""[["a", "b"], ["ab", "b"]]""")]
    [InlineData("""["a b", ["ab", "b"]]""")]
    public void Both_forms_of_merges_are_read(string merges)
    {
        HuggingFaceTokenizer tokenizer = Parse(Small.Replace("""["a b", "ab b"]""", merges, StringComparison.Ordinal));

        Assert.Equal([new BpeMerge(0, 1, 2), new BpeMerge(2, 1, 3)], tokenizer.Merges);
    }

    [Fact]
    public void A_merge_of_pairs_may_hold_a_blank()
    {
        HuggingFaceTokenizer tokenizer = Parse(Small
            .Replace("\"a\": 0", "\" \": 0", StringComparison.Ordinal)
            .Replace("\"ab\": 2, \"abb\": 3", "\" b\": 2", StringComparison.Ordinal)
            .Replace("[\"a b\", \"ab b\"]", "[[\" \", \"b\"]]", StringComparison.Ordinal));

        Assert.Equal([new BpeMerge(0, 1, 2)], tokenizer.Merges);
    }

    [Theory]
    [InlineData(ByteLevel, true)]
    [InlineData("""{"type": "ByteLevel"}""", true)]
    [InlineData("""{"type": "ByteLevel", "use_regex": false}""", false)]
    public void A_byte_level_vocabulary_is_recognised(string preTokenizer, bool splits)
    {
        HuggingFaceTokenizer tokenizer = Parse(Small
            .Replace("\"pre_tokenizer\": null", "\"pre_tokenizer\": " + preTokenizer, StringComparison.Ordinal)
            .Replace("\"post_processor\": null", "\"post_processor\": {\"type\": \"ByteLevel\"}", StringComparison.Ordinal)
            .Replace("Fuse", "ByteLevel", StringComparison.Ordinal));

        Assert.True(tokenizer.IsByteLevel);
        Assert.Equal(splits, tokenizer.SplitsWords);
    }

    [Fact]
    public void Empty_prefixes_are_none() => Assert.Equal(4, Parse(Small
        .Replace("\"continuing_subword_prefix\": null", "\"continuing_subword_prefix\": \"\"", StringComparison.Ordinal)
        .Replace("\"end_of_word_suffix\": null", "\"end_of_word_suffix\": \"\"", StringComparison.Ordinal)).Tokens.Length);

    [Theory]
    [InlineData("fast_plus", 2048)]
    [InlineData("calvin_s50", 0)]
    [InlineData("libero_s10", 0)]
    public void Published_vocabularies_are_read(string name, int count)
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Parse(
            File.ReadAllBytes(TestData.Locate("tokenizers", name, "tokenizer.json")), name);

        Assert.True(tokenizer is { IsByteLevel: true, SplitsWords: true });
        if (count > 0) Assert.Equal(count, tokenizer.Tokens.Length);
        Assert.All(tokenizer.Tokens, token => Assert.False(string.IsNullOrEmpty(token)));
        Assert.All(tokenizer.Merges, merge => Assert.Equal(
            tokenizer.Tokens[merge.Left] + tokenizer.Tokens[merge.Right], tokenizer.Tokens[merge.Token]));
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "\"normalizer\": null", "\"normalizer\": {\"type\": \"NFC\"}", "'normalizer'" },
        { "\"truncation\": null", "\"truncation\": {}", "'truncation'" },
        { "\"padding\": null", "\"padding\": {}", "'padding'" },
        { "\"added_tokens\": []", "\"added_tokens\": [{\"id\": 9}]", "added_tokens are not supported" },
        { "\"added_tokens\": []", "\"added_tokens\": null", "added_tokens is Null" },
        { "\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"Whitespace\"}", "'pre_tokenizer'" },
        { "\"pre_tokenizer\": null", "\"pre_tokenizer\": {}", "has no type" },
        { "\"pre_tokenizer\": null", "\"pre_tokenizer\": []", "expected Object" },
        { "\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"ByteLevel\"}", "the decoder is Fuse, expected ByteLevel" },
        { "\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": true}", "add_prefix_space" },
        { "\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"colour\": 1}", "pre_tokenizer.colour" },
        { "\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"use_regex\": 1}", "'use_regex' is '1'" },
        { "\"post_processor\": null", "\"post_processor\": {\"type\": \"TemplateProcessing\"}", "'post_processor'" },
        { "{\"type\": \"Fuse\"}", "{\"type\": \"WordPiece\"}", "'decoder'" },
        { "{\"type\": \"Fuse\"}", "{\"type\": \"ByteLevel\"}", "the decoder is ByteLevel, expected Fuse" },
        { ", \"decoder\": {\"type\": \"Fuse\"}", "", "the decoder is missing" },
        { "\"version\": \"1.0\"", "\"colour\": 1", "'colour'" },
        { "\"version\": \"1.0\"", "\"version\": \"1.0\", \"version\": \"1.0\"", "version" },
        { "\"type\": \"BPE\"", "\"type\": \"Unigram\"", "'model.type'" },
        { "\"type\": \"BPE\"", "\"type\": 7", "'model.type'" },
        { "\"dropout\": null", "\"dropout\": 0.1", "'model.dropout'" },
        { "\"unk_token\": null", "\"unk_token\": \"<unk>\"", "'model.unk_token'" },
        { "\"continuing_subword_prefix\": null", "\"continuing_subword_prefix\": \"##\"", "'model.continuing_subword_prefix'" },
        { "\"end_of_word_suffix\": null", "\"end_of_word_suffix\": \"</w>\"", "'model.end_of_word_suffix'" },
        { "\"byte_fallback\": false", "\"byte_fallback\": true", "'model.byte_fallback'" },
        { "\"ignore_merges\": false", "\"ignore_merges\": true", "'model.ignore_merges'" },
        { "\"ignore_merges\": false", "\"ignore_merges\": null", "'ignore_merges' is 'null'" },
        { "\"fuse_unk\": false", "\"colour\": false", "model.colour" },
        { "\"vocab\":", "\"fuse_unk\":", "fuse_unk" },
        { "{\"a\": 0, \"b\": 1, \"ab\": 2, \"abb\": 3}", "{}", "model.vocab is empty" },
        { "{\"a\": 0, \"b\": 1, \"ab\": 2, \"abb\": 3}", "[]", "model.vocab is Array" },
        { "\"abb\": 3", "\"abb\": 4", "token 'abb' has id 4, but there are only 4 tokens" },
        { "\"abb\": 3", "\"abb\": 2", "tokens 'ab' and 'abb' both have id 2" },
        { "\"abb\": 3", "\"ab\": 3", "ab" },
        { "\"abb\": 3", "\"abb\": -1", "'-1'" },
        { "\"abb\": 3", "\"abb\": 3.5", "'3.5'" },
        { "\"abb\": 3", "\"abb\": \"3\"", "expected a number" },
        { "\"abb\": 3", "\"abb\": 1048576", "below 1048576" },
        { "\"abb\": 3", "\"abb\": 1e10", "'1e10'" },
        { "\"abb\": 3", "\"\": 3", "an empty token" },
        { "\"abb\": 3", "\"\\ud800\": 3", "it.json" },
        { "\"ab b\"", "\"ab c\"", "merge 1 names 'c'" },
        { "\"ab b\"", "\"b b\"", "merge 1 names 'bb'" },
        { "\"ab b\"", "\"ab\"", "merge 1 is" },
        { "\"ab b\"", "\"ab b b\"", "merge 1 is" },
        { "\"ab b\"", "\" ab\"", "merge 1 is" },
        { "\"ab b\"", "\"\"", "merge 1 is" },
        { "\"ab b\"", "[\"ab\"]", "merge 1 is" },
        { "\"ab b\"", "[\"ab\", \"b\", \"b\"]", "merge 1 is" },
        { "\"ab b\"", "[\"ab\", 1]", "merge 1 is" },
        { "\"ab b\"", "17", "merge 1 is '17'" },
        { "\"ab b\"", "\"\\ud800 b\"", "it.json" },
        { "\"ab b\"", "[\"\\udc00\", \"b\"]", "it.json" },
        { "[\"a b\", \"ab b\"]", "{}", "model.merges is Object" },
        { "\"type\": \"BPE\"", "\"t\\ud800pe\": \"BPE\"", "it.json" },
        { "{\"type\": \"Fuse\"}", "{\"type\": \"\\ud800\"}", "it.json" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_is_not_supported_or_malformed_is_refused_by_name(string before, string after, string named)
    {
        Assert.Contains(before, Small, StringComparison.Ordinal);

        string message = Refuses(Encoding.UTF8.GetBytes(Small.Replace(before, after, StringComparison.Ordinal)));

        Assert.Contains("it.json", message, StringComparison.Ordinal);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("vocab")]
    [InlineData("merges")]
    public void A_part_that_is_missing_is_named(string part)
    {
        string text = part switch
        {
            "model" => Small[..Small.IndexOf(",\n  \"model\"", StringComparison.Ordinal)] + "}",
            "vocab" => Small.Replace("\"vocab\": {\"a\": 0, \"b\": 1, \"ab\": 2, \"abb\": 3},", "", StringComparison.Ordinal),
            _ => Small.Replace(",\n    \"merges\": [\"a b\", \"ab b\"]", "", StringComparison.Ordinal),
        };

        Assert.Contains($"{part}' is missing", Refuses(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"model\":")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":")]
    public void Brackets_without_end_are_refused(string bracket)
    {
        var text = new StringBuilder();
        while (text.Length < 1 << 20) text.Append(bracket);

        Assert.Contains("it.json", Refuses(Encoding.UTF8.GetBytes(text.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_text_are_refused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Small);
        bytes[Small.IndexOf("abb", StringComparison.Ordinal)] = 0xff;

        Assert.Contains("it.json", Refuses(bytes), StringComparison.Ordinal);
        Assert.Contains("it.json", Refuses([]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_quotes_little_and_on_one_line()
    {
        string name = new string('x', 100_000) + "\\u000a";
        string text = Small.Replace("\"abb\": 3", $"\"\\u000a{name}\": 77", StringComparison.Ordinal);

        string message = Refuses(Encoding.UTF8.GetBytes(text));

        Assert.InRange(message.Length, 1, 300);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Whatever_bytes_a_file_holds_it_is_read_or_is_invalid_data()
    {
        var random = new Random(47);
        byte[] small = Encoding.UTF8.GetBytes(Small);
        string[] pieces =
            ["null", "[", "]", "{", "}", "\"", ",", ":", "-1", "1e999", "\"\\ud800\"", "\\", "true", "\"a\"", "\"ab b\"", "\u0080", "0"];
        int read = 0, refused = 0;
        for (int round = 0; round < 6000; round++)
        {
            List<byte> bytes = [.. small];
            if (round % 4 == 0) bytes[random.Next(bytes.Count)] = (byte)random.Next(' ', 'z');
            for (int count = round % 4; count > 0; count--)
            {
                int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 12), bytes.Count - at);
                if (round % 3 != 0) bytes.RemoveRange(at, length);
                if (round % 3 != 1) bytes.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                if (round % 5 == 0) bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
            }

            try
            {
                HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Parse(bytes.ToArray(), "it.json");
                Assert.All(tokenizer.Merges, merge => Assert.Equal(
                    tokenizer.Tokens[merge.Left] + tokenizer.Tokens[merge.Right], tokenizer.Tokens[merge.Token]));
                read++;
            }
            catch (InvalidDataException problem)
            {
                Assert.StartsWith("it.json: ", problem.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(read > 20 && refused > 3000, $"{read} were read, {refused} refused");
    }

    private static HuggingFaceTokenizer Parse(string text) => HuggingFaceTokenizer.Parse(Encoding.UTF8.GetBytes(text), "it.json");

    private static string Refuses(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => HuggingFaceTokenizer.Parse(bytes, "it.json")).Message;
}
