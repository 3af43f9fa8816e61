namespace Fast.Tokenizer.Cli.Tests.Cluster;

/// <summary>Programs of this machine that tests of the cluster sample need.</summary>
/// <remarks>Where one is missing, the running test is skipped with the reason; with its variable set to 1, that is a failure.</remarks>
internal static class InstalledCommands
{
    /// <summary>Skips the running test where Slurm or munge is not installed; see <c>FAST_TOKENIZER_SLURM_REQUIRED</c>.</summary>
    public static void RequireSlurm() => Require(
        "FAST_TOKENIZER_SLURM_REQUIRED", "Debian's packages slurm-wlm and munge", "munged", "slurmctld", "slurmd", "sbatch", "squeue");

    /// <summary>Skips the running test where GNU parallel is not installed; see <c>FAST_TOKENIZER_PARALLEL_REQUIRED</c>.</summary>
    public static void RequireParallel() => Require("FAST_TOKENIZER_PARALLEL_REQUIRED", "Debian's package parallel", "parallel");

    private static void Require(string variable, string packages, params string[] commands)
    {
        // Daemons are where only root's path leads.
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/sbin"];
        string[] missing = [.. commands.Where(command => !folders.Any(folder => File.Exists(Path.Combine(folder, command))))];
        if (missing.Length == 0) return;
        string reason = $"{string.Join(", ", missing)} not found: install {packages}";
        if (Environment.GetEnvironmentVariable(variable) == "1") Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
