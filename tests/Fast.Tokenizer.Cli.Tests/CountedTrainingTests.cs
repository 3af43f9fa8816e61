using System.Text.Json;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary><c>train --counts</c>, and <c>--memory</c>.</summary>
public sealed class CountedTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("integer")]
    [InlineData("byte-level")]
    public async Task Recorded_shards_give_the_folder_of_one_machine(string alphabet)
    {
        List<Episode> episodes = await RecordedEpisodes.ReadAsync(TestData.Locate("actions", "robosuite_panda.npz"));
        string[] shards =
        [
            .. episodes.Chunk((episodes.Count / 3) + 1).Select((shard, i) => _folder.WriteEpisodes(
                $"shard{i}.npz", shard[0].Dimensions, [.. shard.Select(episode => episode.Actions.ToArray())])),
        ];
        Assert.True(shards.Length > 1);
        string[] vocabulary = ["--vocab-size", "700", "--alphabet", alphabet];
        (await ToolRun.Of(
            ["train", "--data", .. shards, "--horizon", "1s", "--rate", "20", "--stride", "3", "--clip", "--scale", "12", "--holdout", "0",
            .. vocabulary, "--output", _folder["one"]])).Succeeds();
        string counts = await CountAsync("all", shards, ["--horizon", "1s", "--rate", "20", "--stride", "3"], ["--clip", "--scale", "12"]);

        foreach (string[] memory in (string[][])[[], ["--memory", "1KB"], ["--memory", "300KB", "--temporary-folder", _folder.FullPath]])
        {
            ToolRun run = await ToolRun.Of(["train", "--counts", counts, .. vocabulary, .. memory, "--json", "--output", _folder["counted"]]);
            using JsonDocument summary = JsonDocument.Parse(run.Succeeds().Output);

            Assert.Equal(3, summary.RootElement.GetProperty("stride").GetInt32());
            Assert.Equal(Files("one"), Files("counted"));
        }

        // What was counted with may be said again.
        (await ToolRun.Of(
            ["train", "--counts", counts, .. vocabulary, "--horizon", "1s", "--rate", "20", "--stride", "3", "--clip", "--scale", "12",
            "--holdout", "0", "--order", "frequency", "--formula", "exact", "--output", _folder["again"]])).Succeeds();
        Assert.Equal(Files("one"), Files("again"));

        // The folder says what it was made of, and is made again from what it says.
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["counted"], "train.json")));
        Assert.Equal(counts, config.RootElement.GetProperty("counts")[0].GetString());
        foreach (string option in (string[])["data", "horizon", "stride", "scale", "normalization", "holdout", "memory"])
            Assert.False(config.RootElement.TryGetProperty(option, out _), option);
        (await ToolRun.Of("train", "--config", Path.Combine(_folder["counted"], "train.json"), "--output", _folder["third"])).Succeeds();
        Assert.Equal(Files("one"), Files("third"));
    }

    [Theory]
    [InlineData("size")]
    [InlineData("equal")]
    public async Task Robots_that_were_counted_give_the_folder_of_one_machine(string shares)
    {
        string[] arms = [Episodes("arm1", 2, 80, 70), Episodes("arm2", 2, 60, 9, 90)], hands = [Episodes("hand", 3, 50, 40, 45)];
        string[] options = ["--vocab-size", "200", "--shares", shares, "--weight", "arm=1.5"];
        (await ToolRun.Of(
            ["train", "--data", $"arm={arms[0]},{arms[1]}", "--data", $"hand={hands[0]}", "--horizon", "10", "--stride", "2", "--holdout", "0",
            .. options, "--output", _folder["one"]])).Succeeds();
        string arm = await CountAsync("arm", arms, ["--horizon", "10", "--stride", "2"], []);
        string hand = await CountAsync("hand", hands, ["--horizon", "10", "--stride", "2"], []);

        foreach (string memory in (string[])["1GB", "1KB"])
        {
            ToolRun run = await ToolRun.Of(
                ["train", "--counts", $"arm={arm}", $"hand={hand}", .. options, "--memory", memory, "--json", "--output", _folder["counted"]]);
            using JsonDocument summary = JsonDocument.Parse(run.Succeeds().Output);

            Assert.Equal(
                ["arm", "hand"],
                summary.RootElement.GetProperty("embodiments").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
            Assert.Equal(Files("one"), Files("counted"));
        }
    }

    [Fact]
    public async Task What_does_not_go_with_counts_is_refused_by_name_before_anything_is_written()
    {
        string data = Episodes("arm", 2, 80, 70);
        string counts = await CountAsync("arm", [data], ["--horizon", "10", "--stride", "2"], ["--scale", "12", "--normalization", "minmax"]);

        await RefusedAsync("--data is for episodes", "--data", data);
        await RefusedAsync("--dims is for episodes", "--dims", "0");
        await RefusedAsync("--weights is for episodes", "--weights", "1,1");
        await RefusedAsync("--state-key is for episodes", "--state-key", "x");
        await RefusedAsync("--horizon 11 is given", "--horizon", "11");
        await RefusedAsync("--horizon 1 is given, but ", "--horizon", "1s");
        await RefusedAsync("--rate 10 is given, but ", "--rate", "10");
        await RefusedAsync("--stride 1 is given, but ", "--stride", "1");
        await RefusedAsync("--scale 10 is given, but ", "--scale", "10");
        await RefusedAsync("--normalization q01q99 is given, but ", "--normalization", "q01q99");
        await RefusedAsync("--formula lerobot is given, but ", "--formula", "lerobot");
        await RefusedAsync("--order dimension is given, but ", "--order", "dimension");
        await RefusedAsync("--clip True is given, but ", "--clip");
        await RefusedAsync("--per-timestep True is given, but ", "--per-timestep");
        await RefusedAsync("--estimate-statistics True is given, but ", "--estimate-statistics");
        await RefusedAsync("--holdout cannot be had from counts: counts do not say which window", "--holdout", "0.1");
        await RefusedAsync("--seed cannot be had from counts", "--seed", "1");
        await RefusedAsync("--prune-from cannot be had from counts: which tokens are needed", "--prune-from", "2");
        await RefusedAsync("--reconstruction centroid cannot be had from counts: the points are means", "--reconstruction", "centroid");
        await RefusedAsync("a target cannot be had from counts: a scale is chosen by", "--target-rmse-normalized", "0.02");
        await RefusedAsync("--weight is for data sets with names", "--weight", "arm=2");
        await RefusedAsync("--counts takes one file of a data set: merge the 2 first", "--counts", data);
        await RefusedAsync("--memory '2 bananas' is no amount of memory", "--memory", "2 bananas");
        await RefusedAsync("has no name, but 'arm' has", "--counts", $"arm={counts}");

        (await ToolRun.Of("train", "--counts", $"arm={counts}", "--leave-out", "arm", "--output", _folder["t"]))
            .Fails(ExitCode.WrongUsage, "--leave-out cannot be had from counts");
        (await ToolRun.Of("train", "--counts", $"arm={counts},{counts}", "--output", _folder["t"]))
            .Fails(ExitCode.WrongUsage, "data set 'arm' has 2 files: merge them first");
        (await ToolRun.Of("train", "--counts", counts, "--temporary-folder", _folder["none"], "--output", _folder["t"]))
            .Fails(ExitCode.InvalidData, "--temporary-folder", "there is no such folder");
        (await ToolRun.Of("train", "--counts", _folder["none"], "--output", _folder["t"])).Fails(ExitCode.InvalidData, "no such file");
        (await ToolRun.Of("train", "--counts", data, "--output", _folder["t"])).Fails(ExitCode.InvalidData, "is no part");
        (await ToolRun.Of("train", "--counts", _folder["arm.statistics"], "--output", _folder["t"]))
            .Fails(ExitCode.InvalidData, "holds statistics: count the coefficients");
        Assert.False(Directory.Exists(_folder["t"]));

        async Task RefusedAsync(string says, params string[] more)
        {
            (await ToolRun.Of(["train", "--counts", counts, .. more, "--output", _folder["t"]])).Fails(ExitCode.WrongUsage, says);
        }
    }

    [Fact]
    public async Task A_training_on_episodes_keeps_to_its_memory_and_leaves_nothing_beside_the_output()
    {
        string data = Episodes("arm", 2, 80, 70);
        string[] train = ["train", "--data", data, "--horizon", "10", "--holdout", "0", "--vocab-size", "300"];
        (await ToolRun.Of([.. train, "--output", _folder["one"]])).Succeeds();

        (await ToolRun.Of([.. train, "--memory", "1", "--output", _folder["small"]])).Succeeds();

        Assert.Equal(Files("one"), Files("small"));
        Assert.Equal(["arm.npz", "one", "small"], _folder.Entries());
        Assert.DoesNotContain("memory", File.ReadAllText(Path.Combine(_folder["small"], "train.json")), StringComparison.Ordinal);
    }

    private string Episodes(string name, int dims, params int[] steps) => _folder.WriteEpisodes(
        $"{name}.npz", dims, [.. steps.Select((count, i) => Motion.Episode(count, dims, (10 * name.Length) + i))]);

    // Both passes over shards, each file a shard.
    private async Task<string> CountAsync(string name, string[] shards, string[] cut, string[] quantised)
    {
        string statistics = _folder[$"{name}.statistics"], counts = _folder[$"{name}.counts"];
        string[] parts = [.. shards.Select((_, i) => _folder[$"{name}.{i}.part"])];
        foreach ((string shard, string part) in shards.Zip(parts))
            (await ToolRun.Of(["count", "--pass", "statistics", "--data", shard, .. cut, "--output", part])).Succeeds();
        (await ToolRun.Of(["merge", .. parts, "--output", statistics])).Succeeds();
        foreach ((string shard, string part) in shards.Zip(parts))
        {
            (await ToolRun.Of(
                ["count", "--pass", "coefficients", "--statistics", statistics, "--data", shard, .. quantised, "--output", part])).Succeeds();
        }

        (await ToolRun.Of(["merge", .. parts, "--output", counts])).Succeeds();
        return counts;
    }

    private SortedDictionary<string, string> Files(string folder) => new(
        Directory.EnumerateFiles(_folder[folder])
            .Where(path => Path.GetFileName(path) != "train.json")
            .ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(File.ReadAllBytes(path))),
        StringComparer.Ordinal);
}
