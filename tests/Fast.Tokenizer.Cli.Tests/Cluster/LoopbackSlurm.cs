using System.Text.RegularExpressions;
using Fast.Tokenizer.Cli.Tests.Documentation;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests.Cluster;

/// <summary>Slurm on this machine alone, by the sample's own script: a controller and three nodes, all ended when it is disposed.</summary>
internal sealed partial class LoopbackSlurm : IAsyncDisposable
{
    private static readonly string _script = Path.Combine(TestData.RepositoryRoot(), "samples", "Cluster", "loopback", "slurm.sh");

    private readonly TemporaryFolder _folder = new();
    private readonly Shell _shell;

    private LoopbackSlurm() => _shell = new Shell(_folder.FullPath);

    /// <summary>What clients of this Slurm have in their environment.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string> { ["SLURM_CONF"] = _folder["slurm.conf"] };

    /// <summary>Starts one; skips the running test where Slurm is not installed.</summary>
    public static async Task<LoopbackSlurm> StartAsync()
    {
        InstalledCommands.RequireSlurm();
        var slurm = new LoopbackSlurm();
        try
        {
            await slurm.ControlAsync("start");
            return slurm;
        }
        catch
        {
            await slurm.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills a node and all that runs on it.</summary>
    public Task KillAsync(string node) => ControlAsync("kill", node);

    /// <summary>Brings a node back.</summary>
    public Task ReviveAsync(string node) => ControlAsync("revive", node);

    /// <summary>The jobs that it knows, array tasks each by itself, as <c>scontrol</c> shows them in a line.</summary>
    public async Task<string[]> JobsAsync()
    {
        (int code, string output) = await _shell.BashAsync("scontrol --oneliner show job", Environment);
        Assert.True(code == 0, output);
        return [.. output.Split('\n').Where(line => line.StartsWith("JobId=", StringComparison.Ordinal))];
    }

    /// <summary>Waits until each job has succeeded; one that ends otherwise fails the test.</summary>
    public async Task<string[]> AllCompletedAsync()
    {
        while (true)
        {
            string[] jobs = await JobsAsync();
            string[] states = [.. jobs.Select(job => State().Match(job).Groups[1].Value)];
            if (states.All(state => state == "COMPLETED")) return jobs;
            int failed = Array.FindIndex(
                states, state => state is not ("COMPLETED" or "PENDING" or "RUNNING" or "COMPLETING" or "CONFIGURING" or "REQUEUED"));
            Assert.True(failed < 0, failed < 0 ? "" : jobs[failed]);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _shell.CleanUpAsync($"'{_script}' stop '{_folder.FullPath}'");
        _shell.Dispose();
        _folder.Dispose();
    }

    private async Task ControlAsync(string verb, string node = "")
    {
        (int code, string output) = await _shell.BashAsync($"'{_script}' {verb} '{_folder.FullPath}' {node}", Environment);
        Assert.True(code == 0, output);
    }

    [GeneratedRegex(" JobState=([A-Z_]+)")]
    private static partial Regex State();
}
