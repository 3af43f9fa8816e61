using System.Text.Json;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Several data sets under one vocabulary, from <c>train</c> to <c>decode</c>.</summary>
public sealed class UniversalTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_robot_is_encoded_decoded_and_evaluated_by_name()
    {
        string[] train = [.. Data(), "--horizon", "10", "--vocab-size", "200", "--holdout", "0.3", "--output", _folder["t"]];
        using JsonDocument json = JsonDocument.Parse((await ToolRun.Of([.. train, "--json"])).Succeeds().Output);
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(_folder["t"]);

        JsonElement[] rows = [.. json.RootElement.GetProperty("embodiments").EnumerateArray()];
        Assert.Equal(["arm", "hand"], rows.Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(200, json.RootElement.GetProperty("vocabulary_size").GetInt32());
        foreach ((string name, int dims, JsonElement row) in new[] { ("arm", 2, rows[0]), ("hand", 3, rows[1]) })
        {
            double[] chunk = Motion.Episode(10, dims, 7);
            string input = _folder.WriteArray($"{name}.npy", chunk, 10, dims);
            string[] robot = ["--tokenizer", _folder["t"], "--embodiment", name];
            (await ToolRun.Of(["encode", .. robot, "--input", input, "--output", _folder["ids"]])).Succeeds();
            string[] decode = ["decode", .. robot, "--input", _folder["ids"], "--output", _folder["y.npy"], "--dtype", "float64"];
            (await ToolRun.Of(decode)).Succeeds();
            int[] tokens = tokenizer.For(name).Encode(chunk, new ActionShape(10, dims));
            Assert.Equal(tokens, JsonSerializer.Deserialize<int[]>(File.ReadAllText(_folder["ids"])));
            var decoded = new double[chunk.Length];
            tokenizer.For(name).TryDecode(tokens, new(10, dims), decoded);
            Assert.Equal(decoded, NpyReader.Read(_folder["y.npy"]).Data.ToArray());

            string data = _folder[$"{name}.npz"];
            ToolRun evaluated = await ToolRun.Of(["evaluate", .. robot, "--data", data, "--json"]);
            using JsonDocument report = JsonDocument.Parse(evaluated.Succeeds().Output);
            Assert.Equal(dims, report.RootElement.GetProperty("dims").GetInt32());
            Assert.Equal(0, (await ToolRun.Of(["verify", .. robot, "--data", data, "--max-rmse-normalized", "0.1"])).Code);
            Assert.True(row.GetProperty("held_out").GetProperty("mean_tokens").GetDouble() > 1);
            Assert.Equal(JsonValueKind.Null, row.GetProperty("left_out").ValueKind);

            string inspected = (await ToolRun.Of("inspect", _folder["t"], "--embodiment", name)).Succeeds().Output;
            Assert.Contains($"dim_{dims - 1}", inspected, StringComparison.Ordinal);
        }

        string all = (await ToolRun.Of("inspect", _folder["t"])).Succeeds().Output;
        foreach (string text in (string[])["arm", "hand", "each robot's own", "q01q99", "200 tokens"])
            Assert.Contains(text, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_robot_must_be_named_and_known_where_there_are_several()
    {
        (await ToolRun.Of([.. Data(), "--horizon", "10", "--vocab-size", "200", "--output", _folder["t"]])).Succeeds();
        string input = _folder.WriteArray("x.npy", Motion.Episode(10, 2), 10, 2);
        string[] encode = ["encode", "--tokenizer", _folder["t"], "--input", input, "--output", _folder["ids"]];

        (await ToolRun.Of(encode)).Fails(ExitCode.WrongUsage, "for 2 robots: give --embodiment with one of arm, hand");
        (await ToolRun.Of([.. encode, "--embodiment", "hands"]))
            .Fails(ExitCode.WrongUsage, "no robot 'hands' (did you mean 'hand'?)", "arm, hand");
        (await ToolRun.Of("evaluate", "--tokenizer", _folder["t"], "--data", _folder["arm.npz"]))
            .Fails(ExitCode.WrongUsage, "--embodiment");
        (await ToolRun.Of("inspect", _folder["t"], "--embodiment", "leg")).Fails(ExitCode.WrongUsage, "no robot 'leg'");
        (await ToolRun.Of([.. encode, "--embodiment", "hand"])).Fails(ExitCode.InvalidData, "2 dimensions");
        Assert.False(File.Exists(_folder["ids"]));
    }

    [Fact]
    public async Task The_only_robot_need_not_be_named_and_none_can_be_where_there_are_no_names()
    {
        Data();
        string[] train = ["train", "--horizon", "10", "--vocab-size", "200"];
        (await ToolRun.Of([.. train, "--data", $"arm={_folder["arm.npz"]}", "--output", _folder["one"]])).Succeeds();
        (await ToolRun.Of([.. train, "--data", _folder["arm.npz"], "--output", _folder["plain"]])).Succeeds();
        string input = _folder.WriteArray("x.npy", Motion.Episode(10, 2), 10, 2);

        (await ToolRun.Of("encode", "--tokenizer", _folder["one"], "--input", input, "--output", _folder["a"])).Succeeds();
        (await ToolRun.Of("encode", "--tokenizer", _folder["plain"], "--input", input, "--output", _folder["b"])).Succeeds();
        Assert.Equal(File.ReadAllText(_folder["b"]), File.ReadAllText(_folder["a"]));
        (await ToolRun.Of("encode", "--tokenizer", _folder["plain"], "--embodiment", "arm", "--input", input, "--output", _folder["c"]))
            .Fails(ExitCode.WrongUsage, "one robot without a name; leave --embodiment out");
    }

    [Fact]
    public async Task Left_out_data_sets_are_reported_in_json_and_in_the_table()
    {
        string[] train =
        [
            .. Data(), "--horizon", "10", "--vocab-size", "200", "--margin", "0.5", "--holdout", "0.3", "--weight", "arm=3",
            "--leave-out", "each", "--output", _folder["t"],
        ];

        using JsonDocument json = JsonDocument.Parse((await ToolRun.Of([.. train, "--json"])).Succeeds().Output);
        string table = (await ToolRun.Of(train)).Succeeds().Output;

        JsonElement[] rows = [.. json.RootElement.GetProperty("embodiments").EnumerateArray()];
        Assert.Equal([3L, 1L], rows.Select(row => row.GetProperty("repetitions").GetInt64()));
        Assert.Equal(1, rows.Sum(row => row.GetProperty("share").GetDouble()), 1e-9);
        foreach (JsonElement row in rows)
        {
            double[] tokens = [.. ((string[])["held_out", "left_out", "own"])
                .Select(which => row.GetProperty(which).GetProperty("mean_tokens").GetDouble())];
            Assert.Equal(3, tokens.Distinct().Count());
            foreach (double mean in tokens) Assert.Contains(FigureTable.Text(mean), table, StringComparison.Ordinal);
        }

        foreach (string text in (string[])["x3", "without", "alone", "arm, hand"]) Assert.Contains(text, table, StringComparison.Ordinal);

        ToolRun single = await ToolRun.Of([.. train[..^4], "--leave-out", "hand", "--json", .. train[^2..]]);
        using JsonDocument one = JsonDocument.Parse(single.Succeeds().Output);
        JsonElement[] others = [.. one.RootElement.GetProperty("embodiments").EnumerateArray()];
        Assert.Equal([JsonValueKind.Null, JsonValueKind.Object], others.Select(row => row.GetProperty("left_out").ValueKind));
        Assert.Equal(rows[1].GetProperty("left_out").GetRawText(), others[1].GetProperty("left_out").GetRawText());
    }

    [Fact]
    public async Task Equal_shares_and_several_paths_reach_the_training()
    {
        string[] data = Data();
        string more = _folder.WriteEpisodes("more.npz", 2, Motion.Episode(50, 2, 9), Motion.Episode(60, 2, 10));
        string[] train =
        [
            "train", "--data", $"arm={_folder["arm.npz"]},{more}", data[^1], "--horizon", "10", "--vocab-size", "200", "--shares", "equal",
            "--json", "--output", _folder["t"],
        ];

        using JsonDocument json = JsonDocument.Parse((await ToolRun.Of(train)).Succeeds().Output);

        JsonElement[] rows = [.. json.RootElement.GetProperty("embodiments").EnumerateArray()];
        Assert.All(rows, row => Assert.Equal(0.5, row.GetProperty("share").GetDouble(), 1e-3));
        Assert.Equal(6, rows[0].GetProperty("training").GetProperty("episodes").GetInt32()
            + rows[0].GetProperty("training").GetProperty("held_out_episodes").GetInt32());
    }

    [Fact]
    public async Task Any_number_of_threads_trains_the_same_bytes()
    {
        string[] train =
            [.. Data(), "--horizon", "10", "--vocab-size", "200", "--holdout", "0.3", "--weight", "hand=0.7", "--leave-out", "each"];
        foreach (string threads in (string[])["1", "2", "7"])
        {
            var environment = new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = threads };
            ToolRun run = await ToolRun.OfProcess(environment, [.. train, "--output", _folder[threads]]);
            Assert.Equal((0, ""), (run.Code, run.Error));
        }

        foreach (string file in Directory.EnumerateFiles(_folder["1"]).Select(path => Path.GetFileName(path)!))
        {
            foreach (string other in (string[])["2", "7"])
                Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["1"], file)), File.ReadAllBytes(Path.Combine(_folder[other], file)));
        }
    }

    [Fact]
    public async Task A_whole_data_set_is_tokenized_for_one_robot_and_not_gone_on_with_for_another()
    {
        string brief = _folder.WriteEpisodes("twin.npz", 2, [.. Enumerable.Range(30, 3).Select(i => Motion.Episode(60, 2, i))]);
        (await ToolRun.Of([.. Data(), $"twin={brief}", "--horizon", "10", "--vocab-size", "200", "--output", _folder["t"]])).Succeeds();
        string[] tokenize =
        [
            "tokenize", "--tokenizer", _folder["t"], "--data", _folder["arm.npz"], "--output-format", "jsonl", "--shard-chunks", "80",
            "--output", _folder["ids"],
        ];

        (await ToolRun.Of(tokenize)).Fails(ExitCode.WrongUsage, "for 3 robots: give --embodiment with one of arm, hand, twin");
        (await ToolRun.Of([.. tokenize, "--embodiment", "amr"])).Fails(ExitCode.WrongUsage, "no robot 'amr' (did you mean 'arm'?)");
        Assert.False(Directory.Exists(_folder["ids"]));
        (await ToolRun.Of([.. tokenize, "--embodiment", "arm"])).Succeeds();
        Dictionary<string, byte[]> whole = Directory.GetFiles(_folder["ids"]).ToDictionary(path => path, File.ReadAllBytes);
        Assert.True(whole.Count > 2);
        FastActionTokenizer arm = FastActionTokenizer.Load(_folder["t"]).For("arm");
        using JsonDocument row = JsonDocument.Parse(File.ReadLines(Path.Combine(_folder["ids"], "shard-00000.jsonl")).First());
        Assert.Equal(
            arm.Encode(Motion.Episode(80, 2, 0).Take(20).ToArray(), new ActionShape(10, 2)),
            row.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));

        // Of the same shape, so that nothing but the robot tells them apart.
        File.Delete(Path.Combine(_folder["ids"], "shard-00001.jsonl"));
        (await ToolRun.Of([.. tokenize, "--embodiment", "twin"])).Fails(ExitCode.InvalidData, "the tokenizer was sha256:");
        (await ToolRun.Of([.. tokenize, "--embodiment", "arm"])).Succeeds();
        foreach ((string path, byte[] bytes) in whole) Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData("--weight", "arm=3", "--leave-out", "each", "--holdout", "0.3")]
    [InlineData("--shares", "equal", "--per-timestep", "--alphabet", "byte-level", "--binary", "1", "--stride", "2")]
    public async Task The_configuration_that_was_saved_trains_the_same_bytes_again(params string[] options)
    {
        (await ToolRun.Of([.. Data(), "--horizon", "10", "--vocab-size", "300", .. options, "--output", _folder["a"]])).Succeeds();
        (await ToolRun.Of("train", "--config", Path.Combine(_folder["a"], "train.json"), "--threads", "1", "--output", _folder["b"]))
            .Succeeds();

        string[] names = [.. Directory.GetFiles(_folder["a"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Contains("train.json", names);
        Assert.Equal(names, Directory.GetFiles(_folder["b"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        foreach (string name in names)
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["a"], name)), File.ReadAllBytes(Path.Combine(_folder["b"], name)));
    }

    [Fact]
    public async Task Episodes_that_were_left_out_are_told()
    {
        double[] broken = Motion.Episode(40, 2, 40);
        broken[7] = double.NaN;
        string torn = _folder.WriteEpisodes("torn.npz", 2, Motion.Episode(60, 2, 41), broken, Motion.Episode(50, 2, 42));
        string[] train =
            [.. Data(), $"torn={torn}", "--horizon", "10", "--vocab-size", "200", "--skip-bad", "--json", "--output", _folder["t"]];

        ToolRun run = (await ToolRun.Of(train)).SucceedsWithNotes();

        Assert.Contains("left out because they cannot be read: 1", run.Error, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement bad = Assert.Single(json.RootElement.GetProperty("bad_episodes").EnumerateArray().ToArray());
        Assert.Equal("episode_001", bad.GetProperty("episode").GetString());
    }

    [Fact]
    public async Task Names_of_data_sets_are_refused_where_there_is_one()
    {
        (await ToolRun.Of([.. Data(), "--horizon", "10", "--vocab-size", "200", "--output", _folder["t"]])).Succeeds();
        string[] named = ["--data", $"arm={_folder["arm.npz"]}"];
        foreach (string[] command in (string[][])[["evaluate"], ["verify", "--max-tokens", "9"], ["tokenize", "--output", _folder["ids"]]])
        {
            (await ToolRun.Of([.. command, "--tokenizer", _folder["t"], "--embodiment", "arm", .. named]))
                .Fails(ExitCode.WrongUsage, "only train gives data sets names", "--embodiment arm");
        }

        ToolRun sweep = await ToolRun.Of(["sweep", "--horizon", "10", "--output", _folder["s"], .. named]);
        sweep.Fails(ExitCode.WrongUsage, "give the path alone");
        Assert.DoesNotContain("--embodiment", sweep.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_alphabet_needs_the_recordings_of_all_robots()
    {
        (await ToolRun.Of([.. Data(), "--horizon", "10", "--vocab-size", "200", "--output", _folder["t"]])).Succeeds();
        (await ToolRun.Of(
            "convert", "--tokenizer", _folder["t"], "--data", _folder["arm.npz"], "--alphabet", "byte-level", "--horizon", "10", "--output",
            _folder["u"]))
            .Fails(ExitCode.WrongUsage, "for several robots", "--data NAME=PATH");
        Assert.False(Directory.Exists(_folder["u"]));
    }

    [Theory]
    [InlineData("there is no data set 'amm' (did you mean 'arm'?)", "--weight", "amm=2")]
    [InlineData("is no weight of a data set", "--weight", "arm=0")]
    [InlineData("is no weight of a data set", "--weight", "arm=-1")]
    [InlineData("is no weight of a data set", "--weight", "arm=NaN")]
    [InlineData("is no weight of a data set", "--weight", "arm")]
    [InlineData("has a weight already", "--weight", "arm=1", "arm=2")]
    [InlineData("1000000 times apart", "--weight", "arm=1e9")]
    [InlineData("there is no data set 'hands' (did you mean 'hand'?)", "--leave-out", "hands")]
    [InlineData("nothing is held out of data set 'hand'", "--leave-out", "hand", "--holdout", "0")]
    [InlineData("a target is for one data set", "--target-tokens", "20")]
    [InlineData("pruning counts uses in chunks of one shape", "--prune-from", "2")]
    [InlineData("does not say its rate", "--resample", "5")]
    [InlineData("give --resample too", "--hold-dims", "1")]
    public async Task What_does_not_fit_is_wrong_usage_and_writes_nothing(string says, params string[] options)
    {
        ToolRun run = await ToolRun.Of([.. Data(), "--horizon", "10", "--output", _folder["t"], .. options]);

        run.Fails(ExitCode.WrongUsage, says);
        Assert.False(Directory.Exists(_folder["t"]));
    }

    [Fact]
    public async Task Data_that_does_not_fit_is_told_with_its_name()
    {
        string[] data = Data();
        string brief = _folder.WriteEpisodes("brief.npz", 2, Motion.Episode(5, 2));
        (await ToolRun.Of([.. data, $"brief={brief}", "--horizon", "10", "--holdout", "0", "--output", _folder["t"]]))
            .Fails(ExitCode.InvalidData, "data set 'brief': none of the 1 episodes");
        (await ToolRun.Of([.. data, "--horizon", "1s", "--holdout", "0", "--output", _folder["t"]]))
            .Fails(ExitCode.WrongUsage, "data set 'arm'", "does not say its rate");
        (await ToolRun.Of([.. data, brief, "--horizon", "10", "--output", _folder["t"]]))
            .Fails(ExitCode.WrongUsage, "has no name, but 'arm' has");
        (await ToolRun.Of("train", "--data", _folder["arm.npz"], "--weight", "arm=2", "--horizon", "10", "--output", _folder["t"]))
            .Fails(ExitCode.WrongUsage, "--weight is for data sets with names");
        Assert.False(Directory.Exists(_folder["t"]));
    }

    [Fact]
    public async Task A_recording_is_trained_on_at_another_rate()
    {
        Data();
        ToolRun run = await ToolRun.Of(
            "train", "--data", _folder["arm.npz"], "--rate", "20", "--resample", "10", "--hold-dims", "1", "--horizon", "1s",
            "--vocab-size", "200", "--json", "--output", _folder["t"]);

        using JsonDocument json = JsonDocument.Parse(run.Succeeds().Output);

        // 80, 70, 60 and 90 steps become 40, 35, 30 and 45; the last is held out.
        Assert.Equal((10, 10.0), (json.RootElement.GetProperty("horizon").GetInt32(), json.RootElement.GetProperty("rate").GetDouble()));
        Assert.Equal(31 + 26 + 21, json.RootElement.GetProperty("windows").GetInt64());
        Assert.Equal(10, FastActionTokenizer.Load(_folder["t"]).Definition.Metadata.Rate);
    }

    [Fact]
    public async Task A_recording_is_evaluated_at_the_rate_that_the_tokenizer_was_trained_at()
    {
        string data = TestData.Locate("actions", "robosuite_panda.npz");
        string[] train = ["train", "--data", data, "--resample", "5", "--hold-dims", "gripper", "--horizon", "2s", "--vocab-size", "300"];
        (await ToolRun.Of([.. train, "--output", _folder["t"]])).Succeeds();
        string[] evaluate = ["evaluate", "--tokenizer", _folder["t"], "--data", data, "--json"];

        using JsonDocument resampled = JsonDocument.Parse(
            (await ToolRun.Of([.. evaluate, "--resample", "5", "--hold-dims", "gripper"])).Succeeds().Output);
        ToolRun recorded = await ToolRun.Of(evaluate);

        // 412, 532, 1036, 1482 and 261 steps at 20 Hz are 103, 133, 259, 371 and 66 at 5 Hz.
        Assert.Equal(103 + 133 + 259 + 371 + 66 - (5 * 9), resampled.RootElement.GetProperty("chunks").GetInt64());
        Assert.Contains("has 20 steps per second, the tokenizer was trained at 5: --resample 5", recorded.Error, StringComparison.Ordinal);
        using JsonDocument asRecorded = JsonDocument.Parse(recorded.Output);
        Assert.Equal(3723 - (5 * 9), asRecorded.RootElement.GetProperty("chunks").GetInt64());

        string[] tokenize = ["tokenize", "--tokenizer", _folder["t"], "--data", data, "--json", "--output"];
        using JsonDocument ids = JsonDocument.Parse(
            (await ToolRun.Of([.. tokenize, _folder["ids"], "--resample", "5", "--hold-dims", "gripper"])).Succeeds().Output);
        Assert.Equal(103 + 133 + 259 + 371 + 66 - (5 * 9), ids.RootElement.GetProperty("chunks").GetInt64());
        Assert.Contains("--resample 5", (await ToolRun.Of([.. tokenize, _folder["fast"]])).Error, StringComparison.Ordinal);
        ToolRun other = await ToolRun.Of([.. tokenize, _folder["ids"]]);
        Assert.Equal(ExitCode.InvalidData, other.Code);
        Assert.Contains("holds ids of other recordings", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Angles_and_binary_dimensions_are_resampled_as_what_they_are()
    {
        // An angle that turns by 20 degrees a step, which is 10 at twice the rate, and a gripper that opens once.
        double[] angle = [.. Enumerable.Range(0, 80).Select(i => Math.IEEERemainder(20 * i, 360))];
        string data = _folder.WriteEpisodes("e.npz", 2, Enumerable.Range(0, 80).SelectMany(i => (double[])[angle[i], i < 41 ? 0 : 1]));
        string[] train = ["train", "--data", data, "--rate", "10", "--resample", "20", "--horizon", "10", "--vocab-size", "300"];
        await ToolRun.Of([.. train, "--holdout", "0", "--angles", "0=360", "--binary", "1=0..1", "--output", _folder["t"]]);

        // Of the angle, unwrapped from the start of each window, there are 150 windows from any direction on, each 90 degrees long.
        ActionStatistics statistics = FastActionTokenizer.Load(_folder["t"]).Definition.Normalizer!.Statistics;
        Assert.InRange(statistics.Min![0], -180.001, -170);
        Assert.InRange(statistics.Max![0], 260, 270.001);
        Assert.Equal((0.0, 1.0), (statistics.Min[1], statistics.Max[1]));

        // Half a step through the wrap would be at 0, in windows that begin near it a jump of 170 degrees either way.
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(_folder["t"]);
        double[] chunk = [.. Enumerable.Range(0, 10).SelectMany(i => (double[])[Math.IEEERemainder(140 + (10 * i), 360), 0])];
        Assert.InRange(tokenizer.Encode(chunk, new ActionShape(10, 2)).Length, 1, 6);
    }

    [Fact]
    public async Task Notes_and_mistakes_name_the_data_set()
    {
        string[] data = Data();
        string one = _folder.WriteEpisodes("one.npz", 1, Motion.Episode(40, 1));
        ToolRun run = await ToolRun.Of(
            [.. data, $"one={one}", "--horizon", "10", "--vocab-size", "200", "--leave-out", "each", "--output", _folder["t"]]);
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Equal(
            "fast-tokenizer: data set 'one': only one episode is long enough: it is trained on, and nothing is held out for a report",
            run.Error.Trim());

        (await ToolRun.Of([.. data, "--horizon", "10", "--dims", "elbow", "--output", _folder["u"]]))
            .Fails(ExitCode.WrongUsage, "data set 'arm': --dims: 'elbow' is no dimension");
        (await ToolRun.Of([.. data, "--horizon", "10", "--dims", "2", "--output", _folder["u"]]))
            .Fails(ExitCode.WrongUsage, "data set 'arm': there is no dimension 2");
    }

    [Fact]
    public async Task States_beside_several_data_sets_are_refused()
    {
        string[] data = Data();
        (await ToolRun.Of([.. data, "--states", _folder["arm.npz"], "--horizon", "10", "--output", _folder["t"]]))
            .Fails(ExitCode.WrongUsage, "--states cannot say whose states they are");
    }

    private string[] Data()
    {
        string arm = _folder.WriteEpisodes("arm.npz", 2, [.. ((int[])[80, 70, 60, 90]).Select((steps, i) => Motion.Episode(steps, 2, i))]);
        string hand = _folder.WriteEpisodes(
            "hand.npz", 3, [.. ((int[])[50, 40, 45]).Select((steps, i) => Motion.Episode(steps, 3, 20 + i))]);
        return ["train", "--data", $"arm={arm}", "--data", $"hand={hand}"];
    }
}
