using System.Text.Json;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class OpenPiStatisticsTests : IDisposable
{
    private readonly StatisticsFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("openpi_trossen", "actions", 14)]
    [InlineData("openpi_trossen", "state", 14)]
    [InlineData("salmonn_ellsa_bridge", "bridge_robot", 7)]
    [InlineData("salmonn_ellsa_calvin", "calvin_abcd", 7)]
    [InlineData("salmonn_ellsa_libero_pre", "libero", 7)]
    public void A_real_file_is_read_to_the_last_digit(string name, string key, int dimensions)
    {
        string path = TestData.Locate("norm_stats", name, "norm_stats.json");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement feature = json.RootElement.GetProperty("norm_stats").GetProperty(key);
        double[] Field(string field) => [.. feature.GetProperty(field).EnumerateArray().Select(value => value.GetDouble())];

        ActionStatistics statistics = OpenPiStatistics.Read(path, key);

        Assert.Equal(dimensions, statistics.Dimensions);
        Assert.Equal(Field("mean"), statistics.Mean!);
        Assert.Equal(Field("std"), statistics.Std!);
        Assert.Equal(Field("q01"), statistics.Q01!);
        Assert.Equal(Field("q99"), statistics.Q99!);
        Assert.Null(statistics.Min);
        Assert.Null(statistics.Count);
        Assert.Equal(statistics.Q01, OpenPiStatistics.Read(Path.GetDirectoryName(path)!, key).Q01);
        Assert.Equal(NormalizationFormula.OpenPi, OpenPiStatistics.ReadNormalizer(path, key: key).Options.Formula);
    }

    [Fact]
    public void A_missing_key_is_refused_with_the_keys_that_are_there()
    {
        string path = TestData.Locate("norm_stats", "openpi_trossen", "norm_stats.json");
        Refusal.Says<InvalidDataException>($"{path} has no statistics of 'action'; it has state, actions",
            () => OpenPiStatistics.Read(path, "action"));
    }

    [Theory]
    [InlineData("""{"norm_stats": {"actions": {"q01": [-1, 0.5], "q99": [1, 2]}}}""")]
    [InlineData("""{"actions": {"q01": [-1, 0.5], "q99": [1, 2]}}""")]
    [InlineData("""{"actions": {"q01": [[-1, 0.5]], "q99": [[1], [2]]}, "state": {"q01": [0], "other": {"deep": [[{}]]}}}""")]
    [InlineData("""{"actions": {"mean": null, "mask": [true], "q01": [[[-1.0]], [[5e-1]]], "q99": [1, 2], "name": "x"}}""")]
    [InlineData("\uFEFF{\"actions\": {\"q01\": [-1, 0.5], \"q99\": [1, 2]}}")]
    public void Wrapped_and_bare_flat_and_nested_files_say_the_same(string json)
    {
        ActionStatistics statistics = OpenPiStatistics.Read(_files.Write("norm_stats.json", json));
        Assert.Equal([-1, 0.5], statistics.Q01!);
        Assert.Equal([1, 2], statistics.Q99!);
        Assert.Null(statistics.Mean);
    }

    [Fact]
    public void Padded_dimensions_are_cut_off_when_asked_and_too_few_are_named()
    {
        string path = _files.Write("padded.json", """{"actions": {"count": [5], "q01": [-1, -2, 0, 0], "q99": [1, 2, 0, 0]}}""");
        Assert.Equal([-1, -2], OpenPiStatistics.Read(path, dimensions: 2).Q01!);
        Assert.Equal(5, OpenPiStatistics.Read(path, dimensions: 2).Count);
        Assert.Equal(4, OpenPiStatistics.Read(path, dimensions: 4).Dimensions);
        Assert.Equal(2, OpenPiStatistics.ReadNormalizer(path, dimensions: 2).Dimensions);
        Refusal.Says<InvalidDataException>("q01 of 'actions' has 4 dimensions, 7 are asked for", () =>
            OpenPiStatistics.Read(path, dimensions: 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => OpenPiStatistics.Read(path, dimensions: 0));
    }

    [Theory]
    [InlineData("""{"actions": {"q01": [0, NaN], "q99": [1, 1]}}""", "q01 of 'actions', dimension 1, is NaN")]
    [InlineData("""{"actions": {"q01": [0, 1], "q99": [-Infinity, 1]}}""", "q99 of 'actions', dimension 0, is -Infinity")]
    [InlineData("""{"actions": {"q01": [0, 1], "q99": [1, 2, Infinity]}}""", "q99 of 'actions', dimension 2, is Infinity")]
    [InlineData("""{"actions": {"q01": [0, 1e999], "q99": [1, 1]}}""", "q01 of 'actions', dimension 1, is too large")]
    [InlineData("""{"actions": {"q01": [0, 1e101], "q99": [1, 1e102]}}""", "q01 of dimension 1 is 1E+101")]
    [InlineData("""{"actions": {"q01": [0, null], "q99": [1, 1]}}""", "q01 of 'actions', dimension 1, is null, expected a number")]
    [InlineData("""{"actions": {"q01": [0, "1"], "q99": [1, 1]}}""", "q01 of 'actions', dimension 1, is a text, expected a number")]
    [InlineData("""{"actions": {"q01": [true], "q99": [1]}}""", "q01 of 'actions', dimension 0, is true or false")]
    [InlineData("""{"actions": {"q01": [{}], "q99": [1]}}""", "q01 of 'actions', dimension 0, is an object")]
    [InlineData("""{"actions": {"q01": "0", "q99": [1]}}""", "q01 of 'actions' is a text, expected a list of numbers")]
    [InlineData("""{"actions": {"q01": 0, "q99": [1]}}""", "q01 of 'actions' is a number, expected a list of numbers")]
    [InlineData("""{"actions": {"q01": [[1, 2], [3, 4]], "q99": [1]}}""", "q01 of 'actions' is not one list")]
    [InlineData("""{"actions": {"q01": [[1], []], "q99": [1]}}""", "q01 of 'actions' is not one list")]
    [InlineData("""{"actions": {"q01": [1, [2]], "q99": [1]}}""", "q01 of 'actions', dimension 1, stands deeper")]
    [InlineData("""{"actions": {"q01": [], "q99": []}}""", "q01 is empty")]
    [InlineData("""{"actions": {"q01": [0, 0], "q99": [1, 1, 1]}}""", "q99 has 3 dimensions and q01 has 2")]
    [InlineData("""{"actions": {"q01": [0, 2], "q99": [1, 1]}}""", "q01 of dimension 1 is 2, above q99, which is 1")]
    [InlineData("""{"actions": {"mean": [0], "std": [-1]}}""", "std of dimension 0 is -1")]
    [InlineData("""{"actions": {}}""", "no field is given")]
    [InlineData("""{"actions": {"q01": [0], "q99": [1], "count": [0]}}""", "count of 'actions' is [0]")]
    [InlineData("""{"actions": {"q01": [0], "q99": [1], "count": [1.5]}}""", "count of 'actions' is [1.5]")]
    [InlineData("""{"actions": {"q01": [0], "q99": [1], "count": [1, 2]}}""", "count of 'actions' is [1, 2]")]
    [InlineData("""{"actions": {"q01": [0], "q01": [1]}}""", "'actions' has 'q01' twice")]
    [InlineData("""{"actions": {"q01": [0]}, "actions": {"q01": [1]}}""", "has 'actions' twice")]
    [InlineData("""{"norm_stats": {}, "norm_stats": {}}""", "has 'norm_stats' twice")]
    [InlineData("""{"actions": [1]}""", "'actions' is a list, expected an object of fields")]
    [InlineData("""{"norm_stats": 1}""", "'norm_stats' is a number, expected an object of features")]
    [InlineData("""{"state": {"mean": [NaN]}, "actions": {"q01": [0]}}""", "'state' is NaN")]
    [InlineData("""{"norm_stats": {}}""", "has no statistics of 'actions'; it has none")]
    [InlineData("""{"act\nions": {}}""", "has no statistics of 'actions'; it has act ions")]
    [InlineData("[]", "is a list, expected an object of features")]
    [InlineData("""{"actions": {"q01": [0], "q99": [1]}} x""", "'x' is invalid")]
    [InlineData("""{"actions": {"q01": [0""", "q01 of 'actions'")]
    [InlineData("", "norm_stats.json")]
    [InlineData("nonsense", "norm_stats.json")]
    [InlineData("""{"act\ud800ions": 1}""", "norm_stats.json")]
    public void Bad_statistics_are_named_by_file_field_and_dimension(string json, string message)
    {
        string path = _files.Write("norm_stats.json", json);
        var refusal = Assert.Throws<InvalidDataException>(() => OpenPiStatistics.Read(path));
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_the_method_needs_is_named_with_the_file()
    {
        string path = _files.Write("norm_stats.json", """{"actions": {"mean": [0], "std": [1], "q01": null, "q99": null}}""");
        var refusal = Assert.Throws<InvalidDataException>(() => OpenPiStatistics.ReadNormalizer(path));
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("needs q01", refusal.Message, StringComparison.Ordinal);
        var options = NormalizationOptions.Named("openpi", NormalizationMethod.MeanStd);
        Assert.Equal(1, OpenPiStatistics.ReadNormalizer(path, options).Dimensions);
    }

    [Fact]
    public void A_file_of_nothing_but_brackets_is_refused_without_reading_on()
    {
        string deep = _files.Write("deep.json", new string('[', 1 << 20));
        Refusal.Says<InvalidDataException>(deep, () => OpenPiStatistics.Read(deep));
        string inside = _files.Write("inside.json", "{\"actions\": {\"q01\": " + new string('[', 1 << 20));
        Refusal.Says<InvalidDataException>("q01 of 'actions'", () => OpenPiStatistics.Read(inside));

        string large = Path.Combine(_files.Folder, "large.json");
        using (FileStream stream = File.Create(large)) stream.SetLength(1L << 30);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Says<InvalidDataException>("large.json is longer than", () => OpenPiStatistics.Read(large));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void More_dimensions_than_any_robot_has_are_refused()
    {
        string path = _files.Write("wide.json", "{\"actions\": {\"q01\": " + StatisticsFiles.List(new double[70_000]) + "}}");
        Refusal.Says<InvalidDataException>("at most 65536 dimensions", () => OpenPiStatistics.Read(path));
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Contains("nowhere.json", Assert.Throws<FileNotFoundException>(() =>
        OpenPiStatistics.Read(Path.Combine(_files.Folder, "nowhere.json"))).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_written_is_read_back_bit_for_bit_and_python_sees_floats()
    {
        var statistics = new ActionStatistics(
            mean: [0, -0.0, 1e-300], std: [1, 0.1, 1e99], q01: [-1, 1.0 / 3, -123456789], q99: [1, 2.0 / 3, 1e20]);
        string path = _files.Write("norm_stats.json", "an older file");
        OpenPiStatistics.Write(path, statistics);

        ActionStatistics read = OpenPiStatistics.Read(path);
        Assert.Equal(statistics.Mean!.Select(BitConverter.DoubleToInt64Bits), read.Mean!.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(statistics.Std!, read.Std!);
        Assert.Equal(statistics.Q01!, read.Q01!);
        Assert.Equal(statistics.Q99!, read.Q99!);
        string text = File.ReadAllText(path);
        Assert.Contains("\"norm_stats\": {", text, StringComparison.Ordinal);
        Assert.Contains("-123456789.0", text, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(_files.Folder));
    }

    [Fact]
    public void Statistics_that_openpi_could_not_load_are_not_written()
    {
        string path = Path.Combine(_files.Folder, "norm_stats.json");
        Refusal.Says<ArgumentException>("have no mean", () => OpenPiStatistics.Write(path, new ActionStatistics(q01: [0], q99: [1])));
        Refusal.Says<ArgumentException>("have no std", () => OpenPiStatistics.Write(path, new ActionStatistics(mean: [0])));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_and_nothing_else()
    {
        byte[] whole = System.Text.Encoding.UTF8.GetBytes(
            """{"norm_stats": {"state": {"mean": [0.5]}, "actions": {"mean": [0.5, 1], "std": [0.1, 2], "q01": [[-1, 0]]}}}""");
        byte[] pieces = "[]{}\",:0-1eENaN.\\u\0\xFF"u8.ToArray();
        var random = new Random(44);
        int read = 0, refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            var bytes = whole.ToList();
            for (int edits = random.Next(1, 4); edits > 0; edits--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = pieces[random.Next(pieces.Length)]; break;
                    case 1: bytes.Insert(at, pieces[random.Next(pieces.Length)]); break;
                    case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)); break;
                    default: bytes.InsertRange(at, whole.Skip(at).Take(random.Next(1, 40))); break;
                }

                if (bytes.Count == 0) bytes.Add((byte)'{');
            }

            try
            {
                var (fields, _) = StatisticsParser.Parse(bytes.ToArray(), "damaged", "norm_stats", "actions");
                if (fields is null) throw StatisticsParser.Missing("damaged", "actions", []);
                Assert.True(StatisticsFile.ToStatistics(fields, "damaged", "actions").Dimensions > 0);
                read++;
            }
            catch (InvalidDataException problem)
            {
                Assert.StartsWith("damaged", problem.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(read > 500 && refused > 5000, $"{read} read and {refused} refused: the damage is too small or too large to tell");
    }
}
