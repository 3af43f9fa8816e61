namespace Fast.Tokenizer.Cli.Tests.Cluster;

/// <summary>The sample on a real Slurm, whose nodes die.</summary>
public sealed class SlurmTests
{
    private const int TimeLimit = 180_000;

    // The tool; but the first time that it is to write one of these, it is halted when some of its output is there, and stays so.
    private const string HaltingTool = """
        #!/usr/bin/env bash
        for output in 'the run/parts/statistics/000001.part' 'the run/tokens/000002'; do
            mark=halted-in-$(basename "$output")
            if [ "${*: -1}" = "$output" ] && mkdir "$mark" 2> /dev/null; then
                fast-tokenizer "$@" &
                while kill -0 $! 2> /dev/null; do
                    if compgen -G "$output.*" > /dev/null || compgen -G "$output/shard-*" > /dev/null; then break; fi
                    sleep 0.01
                done
                kill -STOP $! 2> /dev/null
                echo "$SLURMD_NODENAME" > "$mark/new"
                mv "$mark/new" "$mark/node"
                sleep 1000
            fi
        done
        exec fast-tokenizer "$@"

        """;

    [Fact(Timeout = TimeLimit)]
    public async Task Nodes_killed_in_the_middle_of_jobs_change_no_byte()
    {
        InstalledCommands.RequireSlurm();
        using ClusterWork work = await ClusterWork.CreateAsync("bash halting-tool.sh");
        await File.WriteAllTextAsync(work["halting-tool.sh"], HaltingTool, TestContext.Current.CancellationToken);
        await using LoopbackSlurm slurm = await LoopbackSlurm.StartAsync();

        string[] steps = (await work.RunAsync("submit.sh", environment: slurm.Environment)).Trim().Split('\n');
        Assert.Equal(
            ["statistics", "merge-statistics", "coefficients", "merge-coefficients", "train", "tokenize"],
            steps.Select(line => line.Split('\t')[1]));
        foreach (string halted in (string[])["000001.part", "000002"])
        {
            string node = await HaltedOnAsync(work[$"halted-in-{halted}/node"], slurm);
            await slurm.KillAsync(node);
            await slurm.ReviveAsync(node);
        }

        // Meanwhile the job that was queued again waits until a message to the dead node cannot start it any more.
        SortedDictionary<string, string> expected = await work.OneMachineAsync();
        string[] jobs = await slurm.AllCompletedAsync();
        Assert.Equal(2, jobs.Count(job => job.Contains(" Restarts=1 ", StringComparison.Ordinal)));
        Assert.Equal(expected, work.Results());
    }

    // The node on which the tool was halted; a job that fails before ends the waiting.
    private static async Task<string> HaltedOnAsync(string mark, LoopbackSlurm slurm)
    {
        while (!File.Exists(mark))
        {
            Assert.DoesNotContain(await slurm.JobsAsync(), job => job.Contains(" JobState=FAILED ", StringComparison.Ordinal));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        return (await File.ReadAllTextAsync(mark, TestContext.Current.CancellationToken)).Trim();
    }
}
