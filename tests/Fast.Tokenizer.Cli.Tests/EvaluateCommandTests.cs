using System.Text.Json;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Tests;

public sealed class EvaluateCommandTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_agrees_with_a_plain_recount()
    {
        string folder = await trained.FolderAsync();
        ToolRun run = await ToolRun.Of("evaluate", "--tokenizer", folder, "--data", TrainedTokenizer.Recording, "--json");
        using JsonDocument document = JsonDocument.Parse(run.Succeeds().Output);
        JsonElement json = document.RootElement;

        FastActionTokenizer tokenizer = FastActionTokenizer.Load(folder);
        var shape = new ActionShape(TrainedTokenizer.Horizon, TrainedTokenizer.Dims);
        double[] halfRange = tokenizer.Definition.Normalizer!.HalfRange.ToArray();
        var lengths = new List<int>();
        var decoded = new double[shape.Count];
        double[] squares = new double[7], sums = new double[7], largest = new double[7];
        foreach (Episode episode in await RecordedEpisodes.ReadAsync(TrainedTokenizer.Recording))
        {
            foreach (double[] chunk in RecordedEpisodes.Chunks(episode, shape.Horizon, stride: 1))
            {
                int[] tokens = tokenizer.Encode(chunk, shape);
                tokenizer.Decode(tokens, shape, decoded);
                lengths.Add(tokens.Length);
                for (int i = 0; i < chunk.Length; i++)
                {
                    double error = decoded[i] - chunk[i];
                    sums[i % 7] += error;
                    squares[i % 7] += error * error;
                    largest[i % 7] = Math.Max(largest[i % 7], Math.Abs(error));
                }
            }
        }

        lengths.Sort();
        double values = (double)lengths.Count * shape.Horizon, p99 = (lengths.Count - 1) * 0.99;
        double Number(string name) => json.GetProperty(name).GetDouble();
        Assert.Equal(3723 - (5 * 19), Number("chunks"));
        Assert.Equal(lengths.Count, Number("chunks"));
        Assert.Equal((20, 7, 0), (Number("horizon"), Number("dims"), Number("clipped")));
        Assert.Equal(lengths.Average(), Number("mean_tokens"), 1e-9);
        Assert.Equal((lengths[(lengths.Count - 1) / 2] + lengths[lengths.Count / 2]) / 2.0, Number("p50_tokens"), 1e-9);
        Assert.Equal(lengths[(int)p99] + ((p99 - (int)p99) * (lengths[(int)p99 + 1] - lengths[(int)p99])), Number("p99_tokens"), 1e-9);
        Assert.Equal(lengths[^1], Number("max_tokens"));
        Assert.Equal(140 / lengths.Average(), Number("compression_ratio"), 1e-9);
        Assert.Equal(Math.Sqrt(squares.Sum() / (values * 7)), Number("rmse"), 1e-12);
        Assert.Equal(largest.Max(), Number("max_error"), 1e-15);
        Assert.Equal(
            Math.Sqrt(squares.Select((square, d) => square / halfRange[d] / halfRange[d]).Sum() / (values * 7)),
            Number("rmse_normalized"),
            1e-12);
        Assert.Equal(largest.Select((error, d) => error / halfRange[d]).Max(), Number("max_error_normalized"), 1e-12);

        JsonElement[] rows = [.. json.GetProperty("per_dimension").EnumerateArray()];
        Assert.Equal(["dx", "dy", "dz", "drx", "dry", "drz", "gripper"], rows.Select(row => row.GetProperty("name").GetString()));
        for (int d = 0; d < rows.Length; d++)
        {
            Assert.Equal(Math.Sqrt(squares[d] / values), rows[d].GetProperty("rmse").GetDouble(), 1e-12);
            Assert.Equal(largest[d], rows[d].GetProperty("max_error").GetDouble(), 1e-15);
            Assert.Equal(sums[d] / values, rows[d].GetProperty("mean_error").GetDouble(), 1e-12);
            Assert.Equal(Math.Sqrt(squares[d] / values) / halfRange[d], rows[d].GetProperty("rmse_normalized").GetDouble(), 1e-12);
        }
    }

    [Fact]
    public async Task Report_does_not_depend_on_the_number_of_threads()
    {
        string[] args = await ArgumentsAsync("--stride", "3", "--json");
        ToolRun one = await ToolRun.OfProcess(new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = "1" }, args);
        ToolRun four = await ToolRun.OfProcess(new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = "4" }, args);
        Assert.Equal(one.Succeeds().Output, four.Succeeds().Output);
    }

    [Fact]
    public async Task Tables_have_a_row_for_each_dimension()
    {
        ToolRun run = await ToolRun.Of(await ArgumentsAsync("--stride", "50"));
        string[] lines = run.Succeeds().Output.Split('\n');
        string[] names =
            ["dx", "dy", "dz", "drx", "dry", "drz", "gripper", "chunks", "values per token", "rmse", "first 25 %", "first 75 %"];
        foreach (string name in names)
            Assert.Contains(lines, line => line.TrimStart().StartsWith($"{name} ", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task Only_the_encoded_dimensions_are_evaluated()
    {
        string data = TestData.Locate("actions", "bridge.npz");
        (await ToolRun.Of("train", "--data", data, "--horizon", "5", "--dims", "gripper,1", "--output", _folder["t"]))
            .Succeeds();
        ToolRun run = await ToolRun.Of("evaluate", "--tokenizer", _folder["t"], "--data", data, "--json");
        using JsonDocument json = JsonDocument.Parse(run.Succeeds().Output);
        Assert.Equal(
            ["gripper", "y"],
            json.RootElement.GetProperty("per_dimension").EnumerateArray().Select(row => row.GetProperty("name").GetString()));

        string narrow = _folder.WriteEpisodes("narrow.npz", 3, Motion.Episode(60, 3));
        (await ToolRun.Of("evaluate", "--tokenizer", _folder["t"], "--data", narrow))
            .Fails(ExitCode.InvalidData, "3 dimensions", "encodes dimension 6");
    }

    [Fact]
    public async Task Published_tokenizer_takes_its_input_as_normalised()
    {
        string tokenizer = TestData.Locate("tokenizers", "fast_plus"), data = TestData.Locate("actions", "bridge.npz");
        (await ToolRun.Of("evaluate", "--tokenizer", tokenizer, "--data", data)).Fails(ExitCode.WrongUsage, "give --horizon");

        ToolRun run = await ToolRun.Of("evaluate", "--tokenizer", tokenizer, "--data", data, "--horizon", "5", "--json");
        using JsonDocument json = JsonDocument.Parse(run.Succeeds().Output);
        Assert.Equal(25 * 6, json.RootElement.GetProperty("chunks").GetInt64());
        Assert.Equal(json.RootElement.GetProperty("rmse").GetDouble(), json.RootElement.GetProperty("rmse_normalized").GetDouble());
    }

    [Fact]
    public async Task Short_episodes_are_left_out_and_said()
    {
        string data = await TwoDimensionsAsync();
        string mixed = _folder.WriteEpisodes("mixed.npz", 2, Motion.Episode(60, 2), Motion.Episode(3, 2), Motion.Episode(10, 2));
        ToolRun run = await ToolRun.Of("evaluate", "--tokenizer", data, "--data", mixed, "--json");
        Assert.Equal(
            (ExitCode.Done, "fast-tokenizer: 1 episodes shorter than 10 steps were left out\n"),
            (run.Code, run.Error.ReplaceLineEndings("\n")));
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(51 + 1, json.RootElement.GetProperty("chunks").GetInt64());
    }

    [Fact]
    public async Task Recording_that_cannot_be_evaluated_is_named()
    {
        string tokenizer = await TwoDimensionsAsync();
        double[] bad = Motion.Episode(60, 2);
        bad[11] = double.NaN;
        (string Data, string[] Says)[] cases =
        [
            (_folder["nope.npz"], ["no such file"]),
            (_folder.WriteEpisodes("short.npz", 2, Motion.Episode(9, 2)), ["none of the 1 episodes", "longest has 9", "shorter"]),
            (_folder.WriteEpisodes("wide.npz", 3, Motion.Episode(60, 3)), ["'episode_000' has 3 dimensions, the tokenizer 2"]),
            (_folder.WriteEpisodes("nan.npz", 2, Motion.Episode(60, 2), bad), ["'episode_001' is NaN at step 5, dimension 1"]),
            (_folder.WriteEpisodes("huge.npz", 2, Motion.Episode(60, 2).Select(value => value * 1e200)), ["'episode_000', chunk from"]),
        ];
        foreach ((string data, string[] says) in cases)
        {
            (await ToolRun.Of("evaluate", "--tokenizer", tokenizer, "--data", data)).Fails(ExitCode.InvalidData, says);
            (await ToolRun.Of("verify", "--tokenizer", tokenizer, "--data", data, "--max-rmse", "1")).Fails(ExitCode.InvalidData, says);
        }
    }

    [Fact]
    public async Task Stopped_evaluation_says_so() =>
        (await ToolRun.Of(new CancellationToken(canceled: true), await ArgumentsAsync())).Fails(ExitCode.Interrupted);

    private async Task<string[]> ArgumentsAsync(params string[] more) =>
        ["evaluate", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, .. more];

    private async Task<string> TwoDimensionsAsync()
    {
        string data = _folder.WriteEpisodes("e.npz", 2, Motion.Episode(60, 2, 1), Motion.Episode(60, 2, 2));
        (await ToolRun.Of("train", "--data", data, "--horizon", "10", "--output", _folder["t"])).Succeeds();
        return _folder["t"];
    }
}
