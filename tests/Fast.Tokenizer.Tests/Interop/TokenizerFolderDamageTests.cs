using System.Text;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class TokenizerFolderDamageTests
{
    public static TheoryData<string> Files => [.. SavedFolder.Names];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_missing_is_named(string name)
    {
        using SavedFolder folder = Small();
        File.Delete(folder.PathOf(name));

        Assert.Contains(name, folder.RefusesToLoad().Message, StringComparison.Ordinal);

        // A folder is not a file either.
        Directory.CreateDirectory(folder.PathOf(name));
        Assert.Contains(name, folder.RefusesToLoad().Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_truncated_or_emptied_is_named(string name)
    {
        using SavedFolder folder = Small();
        byte[] saved = folder.Saved(name);
        for (int length = 0; length < saved.Length; length += Math.Max(1, saved.Length / 100))
        {
            folder.Write(name, saved[..length]);
            Assert.Contains(name, folder.RefusesToLoad().Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_garbage_is_named(string name)
    {
        using SavedFolder folder = Small();
        var random = new Random(37);
        byte[][] garbage =
        [
            [0], [0xff, 0xfe, 0xfd], "null"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "42"u8.ToArray(), "\"x\""u8.ToArray(),
            [0xef, 0xbb, 0xbf, .. folder.Saved(name)], [.. folder.Saved(name), (byte)'x'], Bytes(random, 5000),
            Encoding.ASCII.GetBytes(new string('[', 1 << 20)),
        ];
        foreach (byte[] bytes in garbage)
        {
            folder.Write(name, bytes);
            Assert.Contains(name, folder.RefusesToLoad().Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Any_single_byte_that_changes_is_noticed()
    {
        using SavedFolder folder = Small();
        var random = new Random(41);
        Assert.Equal(10, FastActionTokenizer.Load(folder.FullPath).Definition.Scale);
        foreach (string name in SavedFolder.Names)
        {
            byte[] saved = folder.Saved(name);
            for (int round = 0; round < Math.Min(800, saved.Length * 30); round++)
            {
                byte[] changed = [.. saved];
                int at = random.Next(saved.Length);
                changed[at] ^= (byte)(round % 2 == 0 ? 1 << random.Next(8) : random.Next(1, 256));
                folder.Write(name, changed);

                Assert.Contains(name, folder.RefusesToLoad().Message, StringComparison.Ordinal);
            }

            folder.Write(name, saved);
        }

        Assert.Equal(10, FastActionTokenizer.Load(folder.FullPath).Definition.Scale);
    }

    public static TheoryData<string, string, string, string> Inconsistencies => new()
    {
        // file, what it says, what it is made to say, what the message must name
        { SavedFolder.Manifest, "\"scale\": 10", "\"scale\": 20", "scale" },
        { SavedFolder.Manifest, "\"scale\": 10", "\"scale\": -10", "scale" },
        { SavedFolder.Manifest, "\"scale\": 10", "\"scale\": 1e999", "scale" },
        { SavedFolder.Manifest, "\"scale\": 10", "\"scale\": \"NaN\"", "scale" },
        { SavedFolder.Manifest, "\"scale\": 10", "\"scale\": NaN", "'N'" },
        { "processor_config.json", "\"scale\": 10", "\"scale\": 20", "processor_config.json" },
        { "processor_config.json", "\"min_token\": -261", "\"min_token\": -262", "the alphabet" },
        { "processor_config.json", "\"vocab_size\": 14", "\"vocab_size\": 15", "vocab_size" },
        { "processor_config.json", "\"time_horizon\": 6", "\"time_horizon\": 7", "processor_config.json" },
        { "processor_config.json", "\"action_dim\": 2", "\"action_dim\": null", "processor_config.json" },
        { SavedFolder.Manifest, "\"min_coefficient\": -5,\n    \"max", "\"min_coefficient\": -4,\n    \"max", "the alphabet" },
        { SavedFolder.Manifest, "\"max_coefficient\": 5\n", "\"max_coefficient\": 6\n", "the alphabet" },
        { SavedFolder.Manifest, "\"max_coefficient\": 5\n", "\"max_coefficient\": 2147483647\n", "the alphabet" },
        { SavedFolder.Manifest, "\"max_coefficient\": 5\n", "\"max_coefficient\": -1\n", "the alphabet" },
        { "processor_config.json", "\"min_token\": -261", "\"min_token\": -200", "minCoefficient" },
        { "processor_config.json", "\"min_token\": -261", "\"min_token\": 2147483647", "tokenizer.json" },
        { SavedFolder.Manifest, "\"type\": \"integer\"", "\"type\": \"runes\"", "the alphabet" },
        { SavedFolder.Manifest, "\"type\": \"integer\"", "\"type\": \"byte_level\"", "the alphabet" },
        { SavedFolder.Manifest, "\"formula\": \"exact\"", "\"formula\": \"secret\"", "'secret'" },
        { SavedFolder.Manifest, "frequency_major", "spiral", "'spiral'" },
        { SavedFolder.Manifest, "\"method\": \"quantile_01_99\"", "\"method\": \"guess\"", "'guess'" },
        { SavedFolder.Manifest, "\"method\": \"quantile_01_99\"", "\"method\": null", "method" },
        { SavedFolder.Manifest, "\"method\": \"quantile_01_99\"", "\"method\": \"quantile_10_90\"", "q10" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": [true]", "mask" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": [1]", "1 weights and the actions have 2 dimensions" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": []", "0 weights" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": [1, 0]", "the weight of dimension 1 is 0" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": [-2, 1]", "the weight of dimension 0 is -2" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": [1, 1e999]", "the weight of dimension 1 is Infinity" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": [1, \"NaN\"]", "weights[1]" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": [1, NaN]", "'N'" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": [1, null]", "weights[1]" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": [1, 1e9]", "a weight of 1000000000" },
        { SavedFolder.Manifest, "\"mask\": null", "\"mask\": null, \"weights\": [1e-200, 1]", "a weight of 1E-200" },
        { SavedFolder.Manifest, "\"q01\": [\n        -1,", "\"q01\": [\n        -1, -2,", "q01" },
        { SavedFolder.Manifest, "\"q01\": [\n        -1,", "\"q01\": [\n        \"NaN\",", "q01" },
        { SavedFolder.Manifest, "\"q01\": [\n        -1,", "\"q01\": [\n        null,", "q01" },
        { SavedFolder.Manifest, "\"q01\": [\n        -1,", "\"q01\": [\n        -1e999,", "q01" },
        { SavedFolder.Manifest, "\"q01\": [\n        -1,", "\"q01\": [\n        5,", "q01 of dimension 0 is 5, above q99" },
        { SavedFolder.Manifest, "\"count\": null", "\"count\": 0", "count" },
        { SavedFolder.Manifest, "\"q50\": null", "\"q50\": []", "q50" },
        { SavedFolder.Manifest, "\"dimensions\": 2", "\"dimensions\": 3", "dimensions" },
        { SavedFolder.Manifest, "\"horizon\": 6", "\"horizon\": 0", "horizon" },
        { SavedFolder.Manifest, "\"horizon\": 6", "\"horizon\": 2000000000", "more than" },
        { SavedFolder.Manifest, "\"rate\": 5", "\"rate\": -5", "rate" },
        { SavedFolder.Manifest, "\"rate\": 5", "\"rate\": 1e999", "rate" },
        { SavedFolder.Manifest, "\"x\",", "\"x\", \"y\",", "names" },
        { SavedFolder.Manifest, "\"x\",", "null,", "names" },
        { SavedFolder.Manifest, "\"actions\": {", "\"actions\": null, \"more\": {", "actions" },
        { SavedFolder.Manifest, "\"order\":", "\"colour\": 1, \"order\":", "colour" },
        { SavedFolder.Manifest, "\"rate\": 5", "\"rate\": 5, \"colour\": 1", "colour" },
        { SavedFolder.Manifest, "\"order\":", "\"scale\": 10, \"order\":", "scale" },
        { SavedFolder.Manifest, "\"order\":", "\"\\ud800rder\":", SavedFolder.Manifest },
        { SavedFolder.Manifest, "\"x\",", "\"\\udc00\",", SavedFolder.Manifest },
        { SavedFolder.Manifest, "\"checksum\":", "\"\\ud800ecksum\": 1, \"checksum\":", SavedFolder.Manifest },
        { SavedFolder.Manifest, "\"schema_version\": 1", "\"schema_version\": 4", "schema version 4" },
        { SavedFolder.Manifest, "\"schema_version\": 1", "\"schema_version\": 2147483647", "update the library" },
        { SavedFolder.Manifest, "\"schema_version\": 1", "\"schema_version\": 99999999999", "schema_version" },
        { SavedFolder.Manifest, "\"schema_version\": 1", "\"schema_version\": 0", "schema_version" },
        { SavedFolder.Manifest, "\"schema_version\": 1", "\"schema_version\": \"1\"", "schema_version" },
        { SavedFolder.Manifest, "\"schema_version\": 1,", "", "schema_version" },
        { SavedFolder.Manifest, "\"checksum\":", "\"sum\":", "checksum" },
        { SavedFolder.Manifest, "\"tokenizer.json\":", "\"../tokenizer.json\":", "'../tokenizer.json'" },
        { SavedFolder.Manifest, "\"tokenizer.json\":", "\"fast_tokenizer.json\":", "fast_tokenizer.json" },
        { "tokenizer.json", "\"\u0100\": 0", "\"\u0200\": 0", "token 1 is not U+0201" },
        { "tokenizer.json", "\"\u0100\": 0,\n      \"\u0101\": 1", "\"\u0100\": 1,\n      \"\u0101\": 0", "token 1 is not U+0102" },
        { "tokenizer.json", "\"\u0101\": 1", "\"\u0100\": 1", "\u0100" },
        { "tokenizer.json", "\"\u0105 \u0105\",\n", "", "merge 0 joins tokens 11 and 11" },
        { "tokenizer.json", "\"\u0105 \u0105\",\n", "\"\u0105 \u0200\",\n", "merge 0 names '\u0200'" },
        { "tokenizer.json", "\"\u0105\u0105 \u0105\u0105\"", "\"\u0105 \u0105\"", "merge 1 makes token 11" },
        { "tokenizer.json", "\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"ByteLevel\"}", "decoder" },
    };

    [Theory]
    [MemberData(nameof(Inconsistencies))]
    public void A_sealed_folder_that_contradicts_itself_is_refused(string name, string before, string after, string named)
    {
        using SavedFolder folder = Small();
        folder.EditAndReseal(name, before, after);

        Assert.Contains(named, folder.RefusesToLoad().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merges_in_another_order_are_refused()
    {
        using SavedFolder folder = Small();
        folder.EditAndReseal(
            "tokenizer.json",
            "\"\u0105 \u0105\",\n      \"\u0105\u0105 \u0105\u0105\"",
            "\"\u0105\u0105 \u0105\u0105\",\n      \"\u0105 \u0105\"");

        Assert.Contains("merge 0 joins tokens 11 and 11, of which no earlier merge makes one", folder.RefusesToLoad().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_the_manifest_does_not_list_is_named()
    {
        using SavedFolder folder = Small();
        string manifest = Encoding.UTF8.GetString(folder.Saved(SavedFolder.Manifest));
        string line = manifest.Split('\n').Single(text => text.Contains("\"tokenizer.json\"", StringComparison.Ordinal));
        folder.EditAndReseal(SavedFolder.Manifest, line + "\n", "");

        Assert.Contains("does not list tokenizer.json", folder.RefusesToLoad().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_level_vocabulary_does_not_pass_for_an_integer_one()
    {
        using SavedFolder folder = Small();
        string text = Encoding.UTF8.GetString(folder.Saved("tokenizer.json"))
            .Replace("\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"ByteLevel\"}", StringComparison.Ordinal)
            .Replace("\"Fuse\"", "\"ByteLevel\"", StringComparison.Ordinal);
        folder.Write("tokenizer.json", Encoding.UTF8.GetBytes(text));
        folder.Reseal();

        Assert.Contains("tokenizer.json", folder.RefusesToLoad().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_no_tokenizer_says_what_it_lacks()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["it"]);
        var nothing = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Load(folder["it"]));
        File.WriteAllText(folder["it", "tokenizer.json"], "{}");
        var other = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Load(folder["it"]));

        Assert.Contains("is not a tokenizer folder: it has no tokenizer.json", nothing.Message, StringComparison.Ordinal);
        Assert.Contains("is not a tokenizer folder: it has no processor_config.json", other.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("norm_stats.json")]
    [InlineData("stats.json")]
    public void Statistics_are_not_lost_with_the_manifest(string remaining)
    {
        using SavedFolder folder = Small();
        File.Delete(folder.PathOf(SavedFolder.Manifest));
        File.Delete(folder.PathOf(remaining == "stats.json" ? "norm_stats.json" : "stats.json"));

        string message = folder.RefusesToLoad().Message;

        Assert.Contains($"holds {remaining} but no fast_tokenizer.json", message, StringComparison.Ordinal);

        // Without any statistics it is a folder as others publish it.
        File.Delete(folder.PathOf(remaining));
        Assert.Null(FastActionTokenizer.Load(folder.FullPath).Definition.Normalizer);
    }

    [Fact]
    public void Resealing_an_unchanged_folder_changes_nothing()
    {
        using SavedFolder folder = Small();
        folder.Reseal();

        foreach (string name in SavedFolder.Names) Assert.Equal(folder.Saved(name), File.ReadAllBytes(folder.PathOf(name)));
    }

    // Ids 0 to 10 are the coefficients -5 to 5, spelt U+0100 to U+010A; 11 to 13 are two, four and eight zeros.
    private static SavedFolder Small() => new(new FastTokenizerDefinition
    {
        Scale = 10,
        Alphabet = new Fast.Tokenizer.Vocabulary.IntegerAlphabet(-5, 5),
        Vocabulary = new(11, [new(5, 5, 11), new(11, 11, 12), new(12, 12, 13)]),
        Normalizer = new(new(min: [-2, 0], max: [2, 1], mean: [0, 0.1], std: [0.5, 0.2], q01: [-1, 0], q99: [1, 0.5]), new()),
        Metadata = new() { Horizon = 6, Dimensions = 2, Rate = 5, DimensionNames = ["x", "grip"] },
    });

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
