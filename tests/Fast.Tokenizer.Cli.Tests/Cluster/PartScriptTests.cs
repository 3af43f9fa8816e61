namespace Fast.Tokenizer.Cli.Tests.Cluster;

/// <summary>The script that makes one part, as any engine runs it.</summary>
public sealed class PartScriptTests
{
    private static readonly Dictionary<string, string> _plain = [];

    [Fact]
    public async Task Engines_number_tasks_in_their_own_way()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the scripts are for a Unix shell");
        using ClusterWork work = await ClusterWork.CreateAsync();
        Assert.Equal("3\n", await work.RunAsync("part.sh", "tasks"));

        // Four shards for three tasks: the first takes two.
        await work.RunAsync("part.sh", "statistics 3 0");
        Assert.Equal(["000000.part", "000003.part"], Parts(work));
        await work.RunAsync("part.sh", "statistics 3", new Dictionary<string, string> { ["SLURM_ARRAY_TASK_ID"] = "1" });
        Assert.Equal(["000000.part", "000001.part", "000003.part"], Parts(work));
        await work.RunAsync("part.sh", "statistics 3", new Dictionary<string, string> { ["JOB_COMPLETION_INDEX"] = "2" });
        Assert.Equal(["000000.part", "000001.part", "000002.part", "000003.part"], Parts(work));

        string[] bytes = Bytes(work);
        Directory.Delete(work["the run"], recursive: true);
        await work.Shell.RunAsync($"seq 0 2 | xargs -r -n 1 {ClusterWork.Script("part.sh")} settings.sh statistics 3");
        Assert.Equal(bytes, Bytes(work));
    }

    [Fact]
    public async Task What_is_there_is_made_again_only_where_its_command_or_its_shard_is_another()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the scripts are for a Unix shell");
        using ClusterWork work = await ClusterWork.CreateAsync();
        await work.RunAsync("part.sh", "statistics 1 0");
        string[] bytes = Bytes(work);
        Assert.Equal(4, await KeptAsync(work));

        File.SetLastWriteTimeUtc(work[work.Shards[2]], DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(3, await KeptAsync(work));
        Assert.Equal(bytes, Bytes(work));

        await work.Shell.RunAsync("sed -i 's/--stride 2/--stride 3/' settings.sh");
        Assert.Equal(0, await KeptAsync(work));
        Assert.NotEqual(bytes, Bytes(work));
    }

    [Theory]
    [InlineData("settings.sh", "usage: part.sh SETTINGS STEP")]
    [InlineData("settings.sh statistics", "statistics takes the number of tasks and which one it is")]
    [InlineData("settings.sh statistics 3 3", "statistics takes the number of tasks and which one it is")]
    [InlineData("settings.sh count", "no step is called count")]
    [InlineData("empty.sh tasks", "/dev/null names no shard")]
    public async Task Wrong_use_is_named(string arguments, string says)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the scripts are for a Unix shell");
        using ClusterWork work = await ClusterWork.CreateAsync();
        await work.Shell.RunAsync("sed 's/^SHARDS=[^ ]*/SHARDS=\\/dev\\/null/' settings.sh > empty.sh");
        (int code, string output) = await work.Shell.BashAsync($"{ClusterWork.Script("part.sh")} {arguments}", _plain);
        Assert.Equal(2, code);
        Assert.Contains($"part.sh: {says}", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(work["the run"]));
    }

    private static async Task<int> KeptAsync(ClusterWork work)
    {
        string[] lines = (await work.RunAsync("part.sh", "statistics 1 0")).Split('\n');
        return lines.Count(line => line.EndsWith(" is there already", StringComparison.Ordinal));
    }

    private static string[] Files(ClusterWork work) =>
        [.. Directory.GetFiles(work["the run/parts/statistics"]).Order(StringComparer.Ordinal)];

    private static string[] Parts(ClusterWork work) => [.. Files(work).Select(file => Path.GetFileName(file))];

    private static string[] Bytes(ClusterWork work) => [.. Files(work).Select(file => Convert.ToHexString(File.ReadAllBytes(file)))];
}
