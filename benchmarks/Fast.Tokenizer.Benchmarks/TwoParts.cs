using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Two parts on two cores against one on one: both passes of the tool, a process a part, from files to merged counts.</summary>
internal static class TwoParts
{
    private const int StepsPerEpisode = 450;
    private const double LeastRatio = 1.7;

    private static readonly string _tool = ToolPath();

    /// <summary>Writes two shards, counts them both ways in turn, and prints the times.</summary>
    /// <param name="arguments"><c>--windows N</c> of both shards; <c>--rounds N</c>; <c>--work DIR</c> for the files.</param>
    /// <returns>The exit code: 0; 1 where the median is below 1.7 or counts differ; 2 for wrong usage.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (VerbOptions.TryParse(arguments, ("--windows", 1_000_000), ("--rounds", 3)) is not { } options)
        {
            await Console.Error.WriteLineAsync("usage: parts [--windows N] [--rounds N] [--work DIR]");
            return 2;
        }

        using var work = new WorkFolder(options.Work);
        double windows = options["--windows"];
        string[] shards = [await ShardAsync(work, 0, windows / 2), await ShardAsync(work, 1, windows / 2)];
        bool isPinned = OperatingSystem.IsLinux() && File.Exists("/usr/bin/taskset");
        string binding = isPinned
            ? "one part on one core, two parts on a core each, and merging on both"
            : "processes not bound to cores";
        Print($"{windows:F0} windows [50,7] in two shards, {binding}");
        Print($"");
        Print($"Processor time is that of the longer one of two processes: what two free cores would take, were merging on one.");
        Print($"");
        Print($"| round | one part, s | two parts, s | ratio | processor s: one | two, counting | merging | ratio | counting alone | load |");
        Print($"|---|---|---|---|---|---|---|---|---|---|");
        List<double> ratios = [];
        bool isSame = true;
        for (int round = 1; round <= options["--rounds"]; round++)
        {
            string statistics = work.File("one.statistics"), counts = work.File("one.counts");
            Took one = Add(
                Run(isPinned, Statistics(statistics, shards)),
                Run(isPinned, Coefficients(counts, statistics, shards)));

            string Path(int part, string pass) => work.File($"{part}.{pass}");
            string all = work.File("all.statistics"), merged = work.File("all.counts");
            Took counting = Run(isPinned, Statistics(Path(0, "statistics"), shards[0]), Statistics(Path(1, "statistics"), shards[1]));
            Took merging = RunOnBoth(isPinned, Merge(all, Path(0, "statistics"), Path(1, "statistics")));
            counting = Add(
                counting, Run(isPinned, Coefficients(Path(0, "counts"), all, shards[0]), Coefficients(Path(1, "counts"), all, shards[1])));
            merging = Add(merging, RunOnBoth(isPinned, Merge(merged, Path(0, "counts"), Path(1, "counts"))));
            Took two = Add(counting, merging);
            ratios.Add(one.Seconds / two.Seconds);
            isSame &= IsSame(CorpusPart.Open(counts), CorpusPart.Open(merged));
            (double alone, double pair) = (one.ProcessorSeconds, counting.ProcessorSeconds);
            Print($"| {round} | {one.Seconds:F1} | {two.Seconds:F1} | {ratios[^1]:F2} | {alone:F1} | {pair:F1} | {merging.ProcessorSeconds:F1} | {alone / two.ProcessorSeconds:F2} | {alone / pair:F2} | {Cost.LoadNow():F1} |");
        }

        ratios.Sort();
        double median = ratios[ratios.Count / 2];
        Print($"");
        Print($"median ratio  {median:F2}; at least {LeastRatio}");
        if (!isSame) Print($"the counts differ");
        return median >= LeastRatio && isSame ? 0 : 1;
    }

    private static string[] Statistics(string output, params string[] shards) =>
        ["count", "--pass", "statistics", "--horizon", "50", "--output", output, "--data", .. shards];

    private static string[] Coefficients(string output, string statistics, params string[] shards) =>
        ["count", "--pass", "coefficients", "--statistics", statistics, "--output", output, "--data", .. shards];

    private static string[] Merge(string output, params string[] parts) => ["merge", .. parts, "--output", output];

    private static async Task<string> ShardAsync(WorkFolder work, int shard, double windows)
    {
        int episodes = Math.Max(1, (int)(windows / (StepsPerEpisode - SimulatedChunks.Horizon + 1)));
        string path = work.File($"shard-{shard}.npy");
        using var file = new NpyStreamWriter(path, isFloat32: true, [StepsPerEpisode, SimulatedChunks.Dimensions]);
        var source = new GeneratedEpisodes(episodes, StepsPerEpisode, SimulatedChunks.Dimensions, seed: shard);
        await foreach (Episode episode in source.ReadEpisodesAsync())
            file.Append([.. episode.Actions.ToArray().Select(value => (float)value)]);
        file.Complete();
        return path;
    }

    private static bool IsSame(CorpusPart one, CorpusPart other) =>
        (one.Windows, one.DistinctWindows, one.MinCoefficient, one.MaxCoefficient)
        == (other.Windows, other.DistinctWindows, other.MinCoefficient, other.MaxCoefficient);

    private static Took Run(bool isPinned, params string[][] commands) =>
        Run([.. commands.Select((command, core) => (isPinned ? core.ToString(CultureInfo.InvariantCulture) : null, command))]);

    private static Took RunOnBoth(bool isPinned, string[] command) => Run([(isPinned ? "0,1" : null, command)]);

    // All at once, each on its cores where they are given. Processor time is that of the longest: what as many free cores would take.
    private static Took Run(IReadOnlyList<(string? Cores, string[] Command)> commands)
    {
        var watch = Stopwatch.StartNew();
        Process[] running = [.. commands.Select(bound =>
        {
            string[] tool = ["dotnet", _tool, .. bound.Command];
            string[] line = bound.Cores is null ? tool : ["taskset", "-c", bound.Cores, .. tool];
            return Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true })!;
        })];
        var times = new TimeSpan[running.Length];
        for (bool isRunning = true; isRunning; Thread.Sleep(5))
        {
            isRunning = false;
            for (int i = 0; i < running.Length; i++)
            {
                if (running[i].HasExited) continue;
                isRunning = true;
                try
                {
                    running[i].Refresh();
                    times[i] = running[i].TotalProcessorTime;
                }
                catch (Exception problem) when (problem is InvalidOperationException or Win32Exception)
                {
                    // It has just ended; the last look is good enough.
                }
            }
        }

        double seconds = watch.Elapsed.TotalSeconds;
        foreach (Process process in running)
        {
            using Process ended = process;
            if (ended.ExitCode == 0) continue;
            throw new InvalidOperationException($"{string.Join(' ', ended.StartInfo.ArgumentList)}: exit code {ended.ExitCode}");
        }

        return new Took(seconds, times.Max().TotalSeconds);
    }

    private static Took Add(Took a, Took b) => new(a.Seconds + b.Seconds, a.ProcessorSeconds + b.ProcessorSeconds);

    // Built with this project, in the folder beside its own.
    private static string ToolPath()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, "Fast.Tokenizer.Cli", own.Name, "fast-tokenizer.dll");
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private readonly record struct Took(double Seconds, double ProcessorSeconds);
}
