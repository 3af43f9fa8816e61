namespace Fast.Tokenizer.Cli.Tests.Cluster;

/// <summary>The sample under GNU parallel.</summary>
public sealed class ParallelTests
{
    [Fact]
    public async Task Parts_side_by_side_give_the_bytes_of_one_machine()
    {
        InstalledCommands.RequireParallel();
        using ClusterWork work = await ClusterWork.CreateAsync();
        await work.RunAsync("parallel.sh", "--jobs 2");
        Assert.Equal(await work.OneMachineAsync(), work.Results());
    }
}
