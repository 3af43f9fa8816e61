using System.Text.Json;
using Fast.Tokenizer.Datasets.NumPy;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>The modes on the command line.</summary>
public sealed class EncodingModeTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_mode_takes_no_more_tokens_than_the_one_before()
    {
        int canonical = await CountAsync(), shortest = await CountAsync("--mode", "shortest");
        int cheap = await CountAsync("--mode", "rate-distortion", "--lambda", "0.7"), cheaper = await CountAsync("--mode", "rate-distortion", "--lambda", "2");
        Assert.True(canonical >= shortest && shortest > cheap && cheap > cheaper, $"{canonical}, {shortest}, {cheap}, {cheaper}");
    }

    [Fact]
    public async Task A_bound_on_the_error_holds_in_the_decoded_file()
    {
        const double Bound = 0.15;
        await CountAsync("--max-error", "0.15");
        string tokenizer = await trained.FolderAsync();
        (await ToolRun.Of("decode", "--tokenizer", tokenizer, "--input", _folder["ids.jsonl"], "--output", _folder["y.npy"])).Succeeds();
        double[] given = NpyReader.Read(_folder["x.npy"]).Data.ToArray(), decoded = NpyReader.Read(_folder["y.npy"]).Data.ToArray();
        Assert.Equal(given.Length, decoded.Length);
        Assert.All(given.Zip(decoded), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Bound));
    }

    [Fact]
    public async Task A_bound_out_of_reach_names_the_chunk_and_the_remedy()
    {
        (await RunAsync("--max-error", "0.000001")).Fails(ExitCode.InvalidData, "x.npy, chunk 0", "largest error of dimension", "scale");
        Assert.False(File.Exists(_folder["ids.jsonl"]));
    }

    [Fact]
    public async Task A_bound_out_of_reach_of_a_held_out_episode_is_no_fault_of_the_tool()
    {
        string data = _folder.WriteEpisodes("motion.npz", 2, [.. Enumerable.Range(0, 4).Select(i => Motion.Episode(60, 2, i))]);
        ToolRun run = await ToolRun.Of("train", "--data", data, "--horizon", "10", "--output", _folder["t"], "--max-error", "0.000001");
        run.Fails(ExitCode.InvalidData, "episode '", "largest error of dimension");
        Assert.DoesNotContain("Exception", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["t"]));
    }

    [Theory]
    [InlineData("needs a price: give --lambda", "--mode", "rate-distortion")]
    [InlineData("--lambda is the price in --mode rate-distortion", "--lambda", "1")]
    [InlineData("--max-error and --max-rmse exclude each other", "--max-error", "1", "--max-rmse", "1")]
    [InlineData("leave --mode out", "--max-error", "1", "--mode", "shortest")]
    [InlineData("--mode 'best' is unknown", "--mode", "best")]
    public async Task What_does_not_fit_together_is_a_wrong_usage(string says, params string[] options) =>
        (await RunAsync(options)).Fails(ExitCode.WrongUsage, says);

    [Theory]
    [InlineData("lambda is -1", "--mode", "rate-distortion", "--lambda", "-1")]
    [InlineData("'x' is no bound", "--max-error", "0.1,x")]
    [InlineData("'0' is no bound", "--max-rmse", "0")]
    public async Task A_number_out_of_range_is_named(string says, params string[] options)
    {
        ToolRun run = await RunAsync(options);
        Assert.NotEqual(ExitCode.Done, run.Code);
        Assert.Contains(says, run.Error);
    }

    [Fact]
    public async Task A_bound_per_dimension_must_fit_the_dimensions() =>
        (await RunAsync("--max-error", "1,1,1")).Fails(ExitCode.InvalidData, "3 error bounds for 7 dimensions");

    [Fact]
    public async Task Evaluate_reports_what_a_mode_gives()
    {
        string tokenizer = await trained.FolderAsync();
        double Figure(ToolRun run, string name) => JsonDocument.Parse(run.Succeeds().Output).RootElement.GetProperty(name).GetDouble();
        ToolRun plain = await ToolRun.Of("evaluate", "--tokenizer", tokenizer, "--data", TrainedTokenizer.Recording, "--stride", "10", "--json");
        ToolRun optimised = await ToolRun.Of(
            "evaluate", "--tokenizer", tokenizer, "--data", TrainedTokenizer.Recording, "--stride", "10", "--json",
            "--mode", "rate-distortion", "--lambda", "1");
        Assert.True(Figure(optimised, "mean_tokens") < Figure(plain, "mean_tokens"));
        Assert.True(Figure(optimised, "rmse") > Figure(plain, "rmse"));
    }

    private async Task<int> CountAsync(params string[] options)
    {
        (await RunAsync(options)).Succeeds();
        string[] lines = await File.ReadAllLinesAsync(_folder["ids.jsonl"], TestContext.Current.CancellationToken);
        return lines.Sum(line => JsonSerializer.Deserialize<int[]>(line)!.Length);
    }

    private async Task<ToolRun> RunAsync(params string[] options)
    {
        string tokenizer = await trained.FolderAsync();
        double[] values = [.. Enumerable.Range(0, 6).SelectMany(i => Motion.Episode(TrainedTokenizer.Horizon, TrainedTokenizer.Dims, i)).Select(value => value * 0.2)];
        string input = _folder.WriteArray("x.npy", values, 6, TrainedTokenizer.Horizon, TrainedTokenizer.Dims);
        return await ToolRun.Of(["encode", "--tokenizer", tokenizer, "--input", input, "--output", _folder["ids.jsonl"], .. options]);
    }
}
