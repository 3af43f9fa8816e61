using System.Text.Json;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Options from a file.</summary>
public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public ConfigFileTests() =>
        _data = _folder.WriteEpisodes("motion.npz", 2, [.. Enumerable.Range(0, 6).Select(i => Motion.Episode(60, 2, i))]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kebab",
        """{"data": "DATA", "horizon": 10, "vocab-size": 300, "holdout": 0, "clip": true,"weights":["1", 0.5], "rate":null, "stride":2}""")]
    [InlineData("snake",
        """{"data": ["DATA"], "horizon": "10", "vocab_size": 300, "holdout": 0.0, "clip": true, "weights": "1,0.5", "stride": 2}""")]
    [InlineData("comments",
        """{"data": "DATA", /* steps */ "horizon": 10, "vocab-size": 300, "holdout": 0, "clip": true, "weights": "1,0.5", "stride": 2,}""")]
    public async Task A_file_says_what_the_command_line_would(string name, string json)
    {
        string config = _folder.Write($"{name}.json", json.Replace("DATA", _data.Replace("\\", "\\\\", StringComparison.Ordinal),
            StringComparison.Ordinal));
        (await ToolRun.Of("train", "--config", config, "--output", _folder["a"])).Succeeds();
        (await ToolRun.Of(
            "train", "--data", _data, "--horizon", "10", "--vocab-size", "300", "--holdout", "0", "--clip", "--weights", "1,0.5",
                "--stride", "2",
            "--output", _folder["b"])).Succeeds();
        AssertSameFolders("a", "b", but: "train.json");
    }

    [Theory]
    [InlineData()]
    [InlineData("--mode", "rate-distortion", "--lambda", "0.7", "--scale", "12.5", "--clip", "--weights", "1,0.5", "--seed", "3")]
    [InlineData("--max-error", "0.5", "--reconstruction", "centroid", "--estimate-statistics")]
    [InlineData("--target-rmse-normalized", "0.05", "--validation", "0")]
    [InlineData("--alphabet", "byte-level", "--unnormalized-dims", "1", "--normalization", "minmax", "--skip-bad", "--threads", "1")]
    [InlineData("--prune-from", "2", "--vocab-size", "250", "--holdout", "0")]
    public async Task The_configuration_that_was_saved_trains_the_same_bytes_again(params string[] options)
    {
        string[] size = options.Contains("--vocab-size") ? [] : ["--vocab-size", "400"];
        (await ToolRun.Of(["train", "--data", _data, "--horizon", "10", "--output", _folder["a"], .. size,
            .. options])).SucceedsWithNotes();
        (await ToolRun.Of("train", "--config", Path.Combine(_folder["a"], "train.json"), "--output", _folder["b"], "--json", "--threads",
            "2"))
            .SucceedsWithNotes();
        AssertSameFolders("a", "b");
        Assert.NotNull(FastActionTokenizer.Load(_folder["b"]).Definition.Training);
    }

    [Fact]
    public async Task The_command_line_wins()
    {
        string config = Config("""{"data": "no-such-file", "horizon": 10, "vocab_size": 7, "clip": true}""");
        ToolRun run = await ToolRun.Of(
            "train", "--config", config, "--data", _data, "--vocab-size", "300", "--clip", "false", "--output", _folder["t"], "--json");
        Assert.Equal(300, JsonDocument.Parse(run.Succeeds().Output).RootElement.GetProperty("vocabulary_size").GetInt32());
        Assert.False(FastActionTokenizer.Load(_folder["t"]).Definition.Normalizer!.Options.Clip);
    }

    [Theory]
    [InlineData("""{"horizn": 10}""", "train has no option 'horizn' (did you mean 'horizon'?)")]
    [InlineData("""{"vocab_sze": 10}""", "did you mean 'vocab-size'?")]
    [InlineData("""{"--horizon": 10}""", "train has no option '--horizon'")]
    [InlineData("""{"config": "x"}""", "train has no option 'config'")]
    [InlineData("""{"help": true}""", "train has no option 'help'")]
    [InlineData("""{"vocab_size": 10, "vocab-size": 10}""", "gives vocab-size twice")]
    [InlineData("""{"vocab_size": "many"}""", "vocab_size is \"many\": give a whole number")]
    [InlineData("""{"vocab_size": 10.5}""", "vocab_size is 10.5: give a whole number")]
    [InlineData("""{"scale": true}""", "scale is true: give a number")]
    [InlineData("""{"clip": 1}""", "clip is 1: give true or false")]
    [InlineData("""{"data": [1]}""", "data is [1]: give a text, or an array of texts")]
    [InlineData("""{"data": []}""", "data is []: give a text, or an array of texts")]
    [InlineData("""{"alphabet": 5}""", "alphabet is 5: give a text")]
    [InlineData("""{"output": ""}""", "output is \"\": give a text")]
    [InlineData("""{"horizon": {"steps": 1}}""", "horizon is {\"steps\": 1}: give a number")]
    public async Task What_is_wrong_is_named(string json, string says) =>
        (await ToolRun.Of("train", "--config", Config(json), "--data", _data, "--output", _folder["t"])).Fails(ExitCode.WrongUsage,
            "train.json", says);

    [Theory]
    [InlineData("""{"horizon": 10, "alphabet": "runes"}""", "train.json: --alphabet 'runes' is unknown")]
    [InlineData("""{"horizon": 10, "stride": 0}""", "train.json: --stride 0 is too small")]
    [InlineData("""{"horizon": -3}""", "train.json: --horizon '-3' is no length")]
    [InlineData("""{"horizon": 10, "vocab-size": 99999999999}""", "train.json: ")]
    [InlineData("""{"lambda": 1, "horizon": 10}""", "--lambda is the price in --mode rate-distortion")]
    [InlineData("""{"vocab-size": 300}""", "'--horizon' is required")]
    public async Task What_the_parser_refuses_says_where_it_comes_from(string json, string says) =>
        (await ToolRun.Of("train", "--config", Config(json), "--data", _data, "--output", _folder["t"])).Fails(ExitCode.WrongUsage, says);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"\\ud800\": 1}")]
    [InlineData("{\"data\": [\"\\ud800\"]}")]
    [InlineData("[1]")]
    [InlineData("{\"horizon\": 1e}")]
    public async Task A_file_that_is_no_object_is_named(string json) =>
        (await ToolRun.Of("train", "--config", Config(json), "--data", _data, "--output", _folder["t"])).Fails(ExitCode.InvalidData,
            "train.json");

    [Fact]
    public async Task A_file_that_is_not_there_is_named() =>
        (await ToolRun.Of("train", "--config", "no-such.json", "--data", _data)).Fails(ExitCode.InvalidData, "no-such.json: no such file");

    [Theory]
    [InlineData("@response")]
    [InlineData("--version")]
    [InlineData("./a=b:c")]
    public async Task A_text_stays_a_text_whatever_it_looks_like(string path) =>
        (await ToolRun.Of("train", "--config", Config($$"""{"horizon": 10, "data": "{{path}}"}"""), "--output", _folder["t"]))
            .Fails(ExitCode.InvalidData, $"no such file or folder: {path}");

    [Theory]
    [InlineData("sweep", """{"data": "DATA", "horizon": 10, "scale": [8, 10.5], "lambda": 0.7, "vocab_size": "300"}""")]
    [InlineData("evaluate", """{"tokenizer": "TOKENIZER", "data": "DATA", "stride": 5, "max-error": [0.5, 1]}""")]
    [InlineData("verify", """{"tokenizer": "TOKENIZER", "data": "DATA", "max-rmse": 1, "dim-limit": ["dim_0.rmse=1"]}""")]
    [InlineData("tokenize", """{"tokenizer": "TOKENIZER", "data": "DATA", "output": "IDS", "stride": 5, "output-format": "jsonl"}""")]
    public async Task Other_long_commands_take_a_file_too(string command, string json)
    {
        (await ToolRun.Of("train", "--data", _data, "--horizon", "10", "--vocab-size", "300", "--output", _folder["tokenizer"])).Succeeds();
        string config = Config(json
            .Replace("DATA", _data, StringComparison.Ordinal)
            .Replace("TOKENIZER", _folder["tokenizer"], StringComparison.Ordinal)
            .Replace("IDS", _folder["ids"], StringComparison.Ordinal));
        Assert.Equal(ExitCode.Done, (await ToolRun.Of(command, "--config", config)).Code);
    }

    [Fact]
    public async Task A_saved_configuration_goes_with_its_folder_and_is_no_part_of_the_tokenizer()
    {
        (await ToolRun.Of("train", "--data", _data, "--horizon", "10", "--vocab-size", "300", "--output", _folder["t"])).Succeeds();
        string before = FastActionTokenizer.Load(_folder["t"]).Checksum();
        await File.AppendAllTextAsync(Path.Combine(_folder["t"], "train.json"), " ", TestContext.Current.CancellationToken);
        Assert.Equal(before, FastActionTokenizer.Load(_folder["t"]).Checksum());
        Assert.Contains(before, await File.ReadAllTextAsync(Path.Combine(_folder["t"], "fast_tokenizer.json"),
            TestContext.Current.CancellationToken));

        (await ToolRun.Of("train", "--data", _data, "--horizon", "12", "--vocab-size", "300", "--output", _folder["t"])).Succeeds();
        Assert.Contains("\"12\"", await File.ReadAllTextAsync(Path.Combine(_folder["t"], "train.json"),
            TestContext.Current.CancellationToken));
        Assert.Equal(["motion.npz", "t"], _folder.Entries());
    }

    private string Config(string json) => _folder.Write("train.json", json);

    private void AssertSameFolders(string first, string second, string? but = null)
    {
        string[] names = [.. Directory.GetFiles(_folder[first]).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.GetFiles(_folder[second]).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Contains("train.json", names);
        foreach (string name in names.Where(name => name != but))
            Assert.Equal(File.ReadAllText(Path.Combine(_folder[first], name)), File.ReadAllText(Path.Combine(_folder[second], name)));
    }
}
