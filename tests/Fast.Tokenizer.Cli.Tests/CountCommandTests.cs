using System.Text.Json.Nodes;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Both passes of counting, and the merging between them.</summary>
public sealed class CountCommandTests : IDisposable
{
    private const int Dims = 4;

    private readonly TemporaryFolder _folder = new();

    public CountCommandTests()
    {
        for (int shard = 0; shard < 3; shard++)
        {
            Directory.CreateDirectory(_folder[$"s{shard}"]);
            for (int i = 0; i < 3; i++)
            {
                int steps = 25 + (10 * i), seed = (shard * 3) + i;
                NpyWriter.Write(_folder[$"s{shard}/e{seed}.npy"], Motion.Episode(steps, Dims, seed), [steps, Dims]);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Shards_are_counted_and_merged_in_both_passes()
    {
        (await StatisticsAsync(0)).Succeeds();
        JsonNode report = JsonNode.Parse((await StatisticsAsync(1, "--json")).Succeeds().Output)!;
        Assert.Equal(
            (_folder["1.statistics"], "statistics", 1, 3L, 0L, 10, Dims, 2, (8 + 13 + 18)),
            ((string)report["output"]!, (string)report["pass"]!, (int)report["shards"]!, (long)report["episodes"]!,
                (long)report["skipped_episodes"]!, (int)report["horizon"]!, (int)report["dims"]!, (int)report["stride"]!,
                (int)report["windows"]!));
        Assert.Null(report["scale"]);
        Assert.Equal(new FileInfo(_folder["1.statistics"]).Length, (long)report["bytes"]!);
        (await MergeAsync("all.statistics", "1.statistics", "0.statistics")).Succeeds();

        (await CoefficientsAsync(0, "all.statistics")).Succeeds();
        report = JsonNode.Parse((await MergeAsync("half.counts", "0.counts", "--json")).Succeeds().Output)!;
        Assert.Equal([_folder["s1"]], report["missing_shards"]!.AsArray().Select(name => (string)name!));
        (await CoefficientsAsync(1, "all.statistics")).Succeeds();
        (await MergeAsync("all.counts", "0.counts", "1.counts")).Succeeds();
        string first = Hex("all.counts");
        (await MergeAsync("all.counts", "1.counts", "half.counts")).Succeeds();
        Assert.Equal(first, Hex("all.counts"));

        CorpusPart part = CorpusPart.Open(_folder["all.counts"]);
        Assert.Equal((CorpusPartKind.Coefficients, 2 * 39L, 6L, 10.0), (part.Kind, part.Windows, part.Episodes, part.Scale));
        Assert.Empty(part.MissingShards);
        report = JsonNode.Parse((await ToolRun.Of("inspect", _folder["all.counts"], "--json")).Succeeds().Output)!;
        Assert.Equal(
            ("coefficients", part.Checksum, part.DistinctWindows),
            ((string)report["pass"]!, (string)report["checksum"]!, (long?)report["distinct_windows"]));
        string table = (await ToolRun.Of("inspect", _folder["all.counts"])).Succeeds().Output;
        Assert.Contains("78 of [10,4]", table, StringComparison.Ordinal);
        Assert.Contains(part.Checksum, table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_threads_and_repetition_change_no_byte()
    {
        (await StatisticsAsync(0)).Succeeds();
        (await CoefficientsAsync(0, "0.statistics")).Succeeds();
        (string statistics, string counts) = (Hex("0.statistics"), Hex("0.counts"));
        foreach (string[] options in (string[][])[[], ["--memory", "2KB", "--threads", "1"], ["--memory", "1", "--threads", "3"]])
        {
            (await StatisticsAsync(0, options)).Succeeds();
            (await CoefficientsAsync(0, "0.statistics", options)).Succeeds();
            Assert.Equal((statistics, counts), (Hex("0.statistics"), Hex("0.counts")));
        }
    }

    [Fact]
    public async Task What_the_first_pass_fixed_is_accepted_again_and_nothing_else()
    {
        string[] first = ["--dims", "2,0", "--rate", "10", "--relative", "0", "--angles", "2=360"];
        for (int shard = 0; shard < 2; shard++)
        {
            for (int i = 0; i < 3; i++)
            {
                int steps = 25 + (10 * i), seed = (shard * 3) + i;
                Directory.CreateDirectory(_folder[$"states{shard}"]);
                NpyWriter.Write(_folder[$"states{shard}/e{seed}.npy"], Motion.Episode(steps, Dims, seed), [steps, Dims]);
            }
        }

        string[] states = ["--states", _folder["states0"]];
        (await StatisticsAsync(0, [.. first, .. states])).Succeeds();
        (await CoefficientsAsync(0, "0.statistics", states)).Succeeds();
        string counts = Hex("0.counts");
        (await CoefficientsAsync(0, "0.statistics", [.. first, .. states, "--horizon", "1s", "--stride", "2"])).Succeeds();
        Assert.Equal(counts, Hex("0.counts"));

        foreach ((string option, string value, string says) in ((string, string, string)[])
        [
            ("--horizon", "11", "10 steps"), ("--horizon", "2s", "10 steps"), ("--stride", "3", "has 2"), ("--dims", "2", "has 0,2"),
            ("--rate", "20", "10 steps per second"), ("--relative", "2", "another action space"),
            ("--angles", "0=360", "another action space"),
        ])
        {
            ToolRun run = await CoefficientsAsync(0, "0.statistics", [.. states, option, value]);
            run.Fails(ExitCode.WrongUsage, $"{option} says otherwise than {_folder["0.statistics"]}", says, "leave it out");
        }

        foreach (string flag in (string[])["--per-timestep", "--estimate-statistics"])
            (await CoefficientsAsync(0, "0.statistics", [.. states, flag])).Fails(ExitCode.WrongUsage, $"{flag} says otherwise");
    }

    [Theory]
    [InlineData("--pass coefficients --data s0 --output x", ExitCode.WrongUsage, "give --statistics")]
    [InlineData("--pass statistics --data s0 --output x", ExitCode.WrongUsage, "give --horizon")]
    [InlineData("--pass other --data s0 --output x", ExitCode.WrongUsage, "other")]
    [InlineData("--pass statistics --data s0 --horizon 9 --scale 4 --output x", ExitCode.WrongUsage, "--scale belongs to --pass coef")]
    [InlineData("--pass statistics --data s0 --horizon 9 --clip --output x", ExitCode.WrongUsage, "--clip belongs to --pass coefficients")]
    [InlineData("--pass statistics --data s0 --horizon 9 --binary 1 --output x", ExitCode.WrongUsage, "one shard does not know the values")]
    [InlineData("--pass statistics --data s0 --horizon 9 --memory lots --output x", ExitCode.WrongUsage, "'lots' is no amount of memory")]
    [InlineData("--pass statistics --data s0 --horizon 9 --memory 0 --output x", ExitCode.WrongUsage, "'0' is no amount of memory")]
    [InlineData("--pass statistics --data s0 --horizon 9 --output s1", ExitCode.InvalidData, "is a folder")]
    [InlineData("--pass coefficients --statistics absent --data s0 --output x", ExitCode.InvalidData, "no such file")]
    [InlineData("--pass coefficients --statistics s0/e0.npy --data s0 --output x", ExitCode.InvalidData, "is no part")]
    public async Task What_cannot_be_counted_is_one_line(string line, int code, string says)
    {
        string[] paths = ["s0", "s1", "x", "absent", "s0/e0.npy"];
        ToolRun run = await ToolRun.Of(["count", .. line.Split(' ').Select(word => paths.Contains(word) ? _folder[word] : word)]);
        run.Fails(code, says);
        Assert.False(File.Exists(_folder["x"]));
    }

    [Fact]
    public async Task What_must_not_be_merged_is_one_line_and_leaves_the_output()
    {
        (await StatisticsAsync(0)).Succeeds();
        (await StatisticsAsync(1)).Succeeds();
        (await StatisticsAsync(2, "--per-timestep")).Succeeds();
        (await CoefficientsAsync(0, "0.statistics")).Succeeds();
        File.WriteAllText(_folder["out"], "as before");
        (await MergeAsync("out", "0.statistics", "0.statistics")).Fails(ExitCode.InvalidData, "both hold shard", "count twice");
        (await MergeAsync("out", "0.statistics", "2.statistics")).Fails(ExitCode.InvalidData, "statistics per time step");
        (await MergeAsync("out", "0.statistics", "0.counts")).Fails(ExitCode.InvalidData, "merge parts of one pass");
        (await MergeAsync("out", "0.statistics", "absent")).Fails(ExitCode.InvalidData, "no such file");
        (await CoefficientsAsync(1, "0.statistics")).Fails(ExitCode.InvalidData, "is not among the 1 shards of");
        byte[] cut = File.ReadAllBytes(_folder["1.statistics"])[..^1];
        File.WriteAllBytes(_folder["cut"], cut);
        (await MergeAsync("out", "0.statistics", "cut")).Fails(ExitCode.InvalidData, "cut is damaged: it ends too early");
        cut = File.ReadAllBytes(_folder["1.statistics"]);
        cut[40] ^= 1;
        File.WriteAllBytes(_folder["cut"], cut);
        (await MergeAsync("out", "0.statistics", "cut")).Fails(ExitCode.InvalidData, "cut is damaged");
        Assert.Equal("as before", File.ReadAllText(_folder["out"]));
        (await ToolRun.Of("inspect", _folder["0.counts"], "--embodiment", "arm")).Fails(ExitCode.WrongUsage, "has no robots");
    }

    [Fact]
    public async Task A_shard_without_chunks_is_told_of()
    {
        ToolRun run = await ToolRun.Of(
            "count", "--pass", "statistics", "--data", _folder["s0"], "--horizon", "90", "--output", _folder["0.statistics"]);
        Assert.Contains("no episode has 90 steps: the part holds no chunks", run.SucceedsWithNotes().Error, StringComparison.Ordinal);
    }

    private Task<ToolRun> StatisticsAsync(int shard, params string[] options) => ToolRun.Of(
    [
        "count", "--pass", "statistics", "--data", _folder[$"s{shard}"], "--horizon", "10", "--stride", "2", "--output",
        _folder[$"{shard}.statistics"], .. options,
    ]);

    private Task<ToolRun> CoefficientsAsync(int shard, string statistics, params string[] options) => ToolRun.Of(
    [
        "count", "--pass", "coefficients", "--statistics", _folder[statistics], "--data", _folder[$"s{shard}"], "--output",
        _folder[$"{shard}.counts"], .. options,
    ]);

    private Task<ToolRun> MergeAsync(string output, params string[] parts) => ToolRun.Of(
        ["merge", .. parts.Select(part => part.StartsWith('-') ? part : _folder[part]), "--output", _folder[output]]);

    private string Hex(string name) => Convert.ToHexString(File.ReadAllBytes(_folder[name]));
}
