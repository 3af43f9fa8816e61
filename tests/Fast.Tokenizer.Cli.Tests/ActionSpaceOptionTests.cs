using System.Text.Json;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>The robot's own actions on the command line: an arm relative to its state, an angle, a gripper, padding.</summary>
public sealed class ActionSpaceOptionTests : IDisposable
{
    private const int Horizon = 10;
    private static readonly string[] _space = ["--relative", "0", "--delta", "1", "--angles", "2", "--binary", "3", "--dims", "0:4"];

    private readonly TemporaryFolder _folder = new();

    public ActionSpaceOptionTests()
    {
        Directory.CreateDirectory(_folder["actions"]);
        Directory.CreateDirectory(_folder["states"]);
        for (int episode = 0; episode < 6; episode++)
        {
            int steps = 40 + episode;
            double[] actions = new double[steps * 5], states = new double[steps * 3];
            for (int t = 0; t < steps; t++)
            {
                double place = (episode * 3) + (0.2 * t);
                double[] row = [place + 0.1, place, Math.IEEERemainder(0.4 * t, 2 * Math.PI), t % 20 < 10 ? -1 : 1, 9];
                row.CopyTo(actions, t * 5);
                ((ReadOnlySpan<double>)[place - 0.2, place - 0.1, 0]).CopyTo(states.AsSpan(t * 3));
            }

            NpyWriter.Write(_folder[$"actions/e{episode}.npy"], actions, [steps, 5]);
            NpyWriter.Write(_folder[$"states/e{episode}.npy"], states, [steps, 3]);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Options_reach_the_tokenizer_and_inspect_shows_them()
    {
        (await TrainAsync([.. _space, "--fill", "keep", "--state-map", "1,0"])).Succeeds();
        ActionSpace space = FastActionTokenizer.Load(_folder["t"]).Definition.ActionSpace!;
        Assert.Equal(
            [
                new() { Reference = ActionReference.State, StateIndex = 1, Fill = null },
                new() { Reference = ActionReference.Previous, StateIndex = 0, Fill = null },
                new() { Period = 2 * Math.PI, Fill = null },
                new() { Binary = new(-1, 1), Fill = null },
                new() { Encoded = false, Fill = null },
            ],
            space.Dimensions);

        string text = (await ToolRun.Of("inspect", _folder["t"])).Succeeds().Output;
        foreach (string said in (string[])
            [
                "relative to state 1", "delta, first to state 0", "angle from -3.142, period 6.283", "binary, -1 or 1 from 0 up",
                "the caller's value stays",
            ])
        {
            Assert.Contains(said, Joined(text), StringComparison.Ordinal);
        }

        using JsonDocument json = JsonDocument.Parse((await ToolRun.Of("inspect", _folder["t"], "--json")).Succeeds().Output);
        JsonElement rows = json.RootElement.GetProperty("dimensions");
        Assert.Equal(5, rows.GetArrayLength());
        Assert.Equal("relative to state 1", rows[0].GetProperty("encoding").GetString());
    }

    [Fact]
    public async Task A_report_divides_by_the_same_ranges_everywhere_with_statistics_per_time_step()
    {
        (await TrainAsync(["--relative", "0", "--delta", "1", "--binary", "3=-1..1", "--dims", "0:4", "--fill", "0", "--per-timestep"]))
            .Succeeds();
        (await ToolRun.Of(
            "report", "--tokenizer", _folder["t"], "--data", _folder["actions"], "--states", _folder["states"], "--windows", "5", "--output",
            _folder["r.html"])).Succeeds();

        string page = await File.ReadAllTextAsync(_folder["r.html"], TestContext.Current.CancellationToken);
        string text = page.Split("application/json")[1];
        int from = text.IndexOf('{', StringComparison.Ordinal), to = text.IndexOf("</script>", StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(text[from..to]);
        double[] halves = [.. json.RootElement.GetProperty("half_ranges").EnumerateArray().Select(half => half.GetDouble())];
        JsonElement[] rows = [.. json.RootElement.GetProperty("fidelity").GetProperty("per_dimension").EnumerateArray()];
        Assert.Equal(5, halves.Length);
        Assert.Equal(1, halves[4]);
        foreach ((JsonElement row, double half) in rows.Zip(halves).Take(4))
            Assert.Equal(row.GetProperty("rmse").GetDouble(), half * row.GetProperty("rmse_normalized").GetDouble(), 1e-9);
        double first = FastActionTokenizer.Load(_folder["t"]).Definition.Normalizer!.HalfRange[1];
        Assert.True(Math.Abs(first - halves[1]) > 0.01 * halves[1], "the first step's range would do");
    }

    [Fact]
    public async Task Inspect_keeps_names_and_values_whole_on_a_narrow_terminal()
    {
        string data = _folder.WriteEpisodes("e.npz", 2, [.. Enumerable.Range(0, 3).Select(i => Motion.Episode(40, 2, i))]);
        string[] names = ["left_wrist_rotation_of_arm", "right_forearm_roll_of_arm"];
        _folder.Write("e.json", $$"""{"hz": 10, "dim_names": ["{{names[0]}}", "{{names[1]}}"]}""");
        string binary = $"{names[1]}=-0.06495711207389832..0.9540639519691467";
        (await ToolRun.Of(
            "train", "--data", data, "--horizon", "10", "--vocab-size", "300", "--binary", binary, "--output", _folder["t"])).Succeeds();

        using var output = new StringWriter();
        using var console = new ToolConsole(output, TextWriter.Null);
        console.Tables.Profile.Width = 80;
        Assert.Equal(
            ExitCode.Done,
            await FastTokenizerTool.RunAsync(["inspect", _folder["t"]], console, TestContext.Current.CancellationToken));

        string text = output.ToString();
        foreach (string name in names) Assert.Contains($" {name} ", text, StringComparison.Ordinal);
        foreach (string value in (string[])["-0.06496", "0.9541", "0.4446"]) Assert.Contains(value, text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd('\r').Length <= 80, line));
    }

    [Theory]
    [InlineData("--angles 2=360", 360.0, null)]
    [InlineData("--angles 2=0..360", 360.0, 0.0)]
    [InlineData("--angles 2=-180..180", 360.0, -180.0)]
    public async Task An_angle_has_a_period_or_a_range(string options, double period, double? start)
    {
        (await TrainAsync(options.Split(' '))).Succeeds();
        Assert.Equal(
            new ActionDimension { Period = period, PeriodStart = start }, FastActionTokenizer.Load(_folder["t"]).Definition.ActionSpace!.Dimensions[2]);
    }

    [Fact]
    public async Task Fill_values_by_dimension()
    {
        (await TrainAsync(["--dims", "0:2", "--fill", "2,3=0.5,4=keep"])).Succeeds();
        Assert.Equal(
            [0, 0, 0.5, 0.5, null], FastActionTokenizer.Load(_folder["t"]).Definition.ActionSpace!.Dimensions.Select(dimension => dimension.Fill));
    }

    [Fact]
    public async Task Encode_and_decode_take_and_give_the_robots_own_actions()
    {
        (await TrainAsync([.. _space, "--scale", "40"])).Succeeds();
        (double[] chunks, double[] states) = Chunks(4);
        NpyWriter.Write(_folder["x.npy"], chunks, [4, Horizon, 5]);
        NpyWriter.Write(_folder["s.npy"], states, [4, 3]);
        (await ToolRun.Of("encode", "--tokenizer", _folder["t"], "--input", _folder["x.npy"], "--states", _folder["s.npy"], "--output", _folder["ids"])).Succeeds();
        (await ToolRun.Of(
            "decode", "--tokenizer", _folder["t"], "--input", _folder["ids"], "--states", _folder["s.npy"], "--output", _folder["y.npy"], "--dtype", "float64"))
            .Succeeds();
        NpyArray decoded = NpyReader.Read(_folder["y.npy"]);
        Assert.Equal([4, Horizon, 5], decoded.Shape);
        for (int i = 0; i < chunks.Length; i++)
        {
            double error = decoded.Data.Span[i] - chunks[i];
            if (i % 5 == 2) error = Math.IEEERemainder(error, 2 * Math.PI);
            if (i % 5 == 3) Assert.Equal(0, error);
            else if (i % 5 == 4) Assert.Equal(0, decoded.Data.Span[i]);
            else Assert.InRange(Math.Abs(error), 0, 0.3);
        }

        async Task Fails(string says, params string[] args) => (await ToolRun.Of(args)).Fails(
            says.Contains("give --states", StringComparison.Ordinal) ? ExitCode.WrongUsage : ExitCode.InvalidData, says);
        string[] encode = ["encode", "--tokenizer", _folder["t"], "--input", _folder["x.npy"], "--output", _folder["ids2"]];
        string[] decode = ["decode", "--tokenizer", _folder["t"], "--input", _folder["ids"], "--output", _folder["y2.npy"]];
        NpyWriter.Write(_folder["few.npy"], states.AsSpan(0, 9), [3, 3]);
        NpyWriter.Write(_folder["narrow.npy"], states.AsSpan(0, 4), [4, 1]);
        NpyWriter.Write(_folder["cube.npy"], states, [1, 4, 3]);
        NpyWriter.Write(_folder["many.npy"], (double[])[.. states, 0, 0, 0], [5, 3]);
        foreach (string[] command in (string[][])[encode, decode])
        {
            await Fails("dimension 0 is relative to the robot's state: give --states S.npy", command);
            await Fails("narrow.npy has 1 state values per chunk, the tokenizer refers to value 1", [.. command, "--states", _folder["narrow.npy"]]);
            await Fails("has the states of 3 chunks", [.. command, "--states", _folder["few.npy"]]);
            await Fails("has the states of 5 chunks, there are 4", [.. command, "--states", _folder["many.npy"]]);
            await Fails("has shape (1, 4, 3): expected states [N,S]", [.. command, "--states", _folder["cube.npy"]]);
        }

        Assert.False(File.Exists(_folder["ids2"]));
        Assert.False(File.Exists(_folder["y2.npy"]));
    }

    [Fact]
    public async Task What_is_kept_decodes_to_no_number()
    {
        (await TrainAsync(["--dims", "0:4", "--fill", "keep"])).Succeeds();
        NpyWriter.Write(_folder["x.npy"], Chunks(1).Chunks, [Horizon, 5]);
        (await ToolRun.Of("encode", "--tokenizer", _folder["t"], "--input", _folder["x.npy"], "--output", _folder["ids"])).Succeeds();
        (await ToolRun.Of("decode", "--tokenizer", _folder["t"], "--input", _folder["ids"], "--output", _folder["y.npy"])).Succeeds();
        byte[] bytes = File.ReadAllBytes(_folder["y.npy"])[^(Horizon * 5 * sizeof(float))..];
        for (int i = 0; i < Horizon * 5; i++) Assert.Equal(i % 5 == 4, float.IsNaN(BitConverter.ToSingle(bytes, i * sizeof(float))));
    }

    [Fact]
    public async Task Evaluate_and_verify_take_the_states_of_a_recording()
    {
        (await TrainAsync([.. _space, "--scale", "40", "--per-timestep"])).Succeeds();
        string[] with = ["--tokenizer", _folder["t"], "--data", _folder["actions"], "--states", _folder["states"]];
        using JsonDocument json = JsonDocument.Parse((await ToolRun.Of(["evaluate", .. with, "--json"])).Succeeds().Output);
        JsonElement rows = json.RootElement.GetProperty("per_dimension");
        Assert.Equal(0, rows[3].GetProperty("flips").GetInt64());
        Assert.True(rows[4].GetProperty("is_not_counted").GetBoolean());
        Assert.InRange(rows[2].GetProperty("max_error").GetDouble(), 0, 0.5);
        Assert.Contains("0 of dim_3", (await ToolRun.Of(["evaluate", .. with])).Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("per time step", Joined((await ToolRun.Of("inspect", _folder["t"])).Succeeds().Output), StringComparison.Ordinal);
        (await ToolRun.Of(["verify", .. with, "--max-error", "0.5"])).Succeeds();
        (await ToolRun.Of(["evaluate", .. with, "--max-error", "0.5"])).Succeeds();

        (await ToolRun.Of(["tokenize", .. with, "--output", _folder["ids"]])).Succeeds();
        (await ToolRun.Of(["report", .. with, "--output", _folder["report.html"]])).Succeeds();
        Assert.Contains("dim_2", File.ReadAllText(_folder["report.html"]), StringComparison.Ordinal);
        foreach (string command in (string[])["tokenize", "report"])
        {
            (await ToolRun.Of(command, "--tokenizer", _folder["t"], "--data", _folder["actions"], "--output", _folder[command]))
                .Fails(ExitCode.InvalidData, "has no states, and dimension 0 is relative to the robot's state: give --states");
        }

        (await ToolRun.Of("evaluate", "--tokenizer", _folder["t"], "--data", _folder["actions"]))
            .Fails(ExitCode.InvalidData, "has no states, and dimension 0 is relative to the robot's state: give --states");
        File.Delete(_folder["states/e5.npy"]);
        (await ToolRun.Of(["evaluate", .. with])).Fails(ExitCode.InvalidData, "ends before episode", "give the states of the same episodes");
    }

    [Theory]
    [InlineData("--relative 7", "--relative: there is no dimension 7; the recording has dimensions 0 to 4")]
    [InlineData("--relative 0 --delta 0", "dimension 0 is in --relative and in --delta")]
    [InlineData("--relative 0 --state-map 1,2", "--state-map names 2 state values for the 1 dimensions")]
    [InlineData("--relative arm", "'arm' is no dimension")]
    [InlineData("--angles 2=x", "--angles: 'x' is no period; give a number such as 360")]
    [InlineData("--angles 2=-1", "the period of dimension 2 is -1")]
    [InlineData("--angles 2=3..1", "the period of dimension 2 is -2")]
    [InlineData("--angles 2,2", "--angles 2,2 names dimension 2 twice")]
    [InlineData("--binary 4", "--binary: dimension 4 is 9 throughout")]
    [InlineData("--binary 3=1", "--binary: '1' are no two values; give them as 0..1")]
    [InlineData("--binary 3=1..0", "binary values of dimension 3 are 1 and 0")]
    [InlineData("--binary 2 --angles 2", "dimension 2 is binary")]
    [InlineData("--dims 0:4 --binary 4", "--binary: dimension 4 is not encoded, which --dims says")]
    [InlineData("--dims 0:4 --fill x", "--fill: 'x' is no fill value; give a number, or keep")]
    [InlineData("--fill 9=1", "--fill: there is no dimension 9")]
    public async Task A_mistake_is_one_line_and_nothing_is_written(string options, string says)
    {
        (await TrainAsync(options.Split(' '))).Fails(ExitCode.WrongUsage, says);
        Assert.False(Directory.Exists(_folder["t"]));
    }

    [Fact]
    public async Task Without_states_training_says_so()
    {
        (await ToolRun.Of(
            "train", "--data", _folder["actions"], "--horizon", "10", "--relative", "0", "--output", _folder["t"]))
            .Fails(
                ExitCode.InvalidData, "has no states, and dimension 0 is relative to the robot's state", "give the states as a recording");
    }

    private static string Joined(string table) => string.Join(' ', table.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));

    private Task<ToolRun> TrainAsync(string[] options) => ToolRun.Of(
    [
        "train", "--data", _folder["actions"], "--states", _folder["states"], "--horizon", "10", "--vocab-size", "400", "--output", _folder["t"], .. options,
    ]);

    private (double[] Chunks, double[] States) Chunks(int count)
    {
        double[] actions = NpyReader.Read(_folder["actions/e2.npy"]).Data.ToArray(), states = NpyReader.Read(_folder["states/e2.npy"]).Data.ToArray();
        return (
            [.. Enumerable.Range(0, count).SelectMany(i => actions.Skip(i * 3 * 5).Take(Horizon * 5))],
            [.. Enumerable.Range(0, count).SelectMany(i => states.Skip(i * 3 * 3).Take(3))]);
    }
}
