using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Reads LeRobot data sets of two million steps, from opening the folder to the last window, and says how fast.</summary>
internal static class LeRobotReading
{
    private const int Dimensions = 14, StepsPerEpisode = 500, Episodes = 4000, EpisodesPerFile = 400, Horizon = 50, Passes = 3;

    /// <summary>Writes the data sets, reads them, prints the table, removes them.</summary>
    public static async Task<int> PrintAsync()
    {
        Print($"{Episodes} episodes of {StepsPerEpisode} steps with {Dimensions} actions and {Dimensions} states, float32, snappy:");
        Console.WriteLine();
        Console.WriteLine("| data set | MB | million steps/s | CPU s | CPU us per step |");
        Console.WriteLine("|---|---|---|---|---|");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fast-tokenizer-lerobot-");
        try
        {
            await MeasureAsync("v2.1, a file per episode", folder.CreateSubdirectory("v2.1"), WriteVersion2Async);
            await MeasureAsync(
                "v3.0, a row group per episode", folder.CreateSubdirectory("v3.0"), path => WriteVersion3Async(path, StepsPerEpisode));
            await MeasureAsync(
                "v3.0, a row group per file",
                folder.CreateSubdirectory("v3.0-large"),
                path => WriteVersion3Async(path, StepsPerEpisode * EpisodesPerFile));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(string name, DirectoryInfo folder, Func<string, Task> write)
    {
        await write(folder.FullName);
        double bytes = folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        double best = double.MaxValue, cpu = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            using var process = Process.GetCurrentProcess();
            TimeSpan before = process.TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            await ReadAsync(folder.FullName);
            double took = watch.Elapsed.TotalSeconds;
            process.Refresh();
            if (took < best) (best, cpu) = (took, (process.TotalProcessorTime - before).TotalSeconds);
        }

        const double Steps = (double)Episodes * StepsPerEpisode;
        Print($"| {name} | {bytes / 1e6:F0} | {Steps / best / 1e6:F2} | {cpu:F2} | {cpu / Steps * 1e6:F3} |");
        folder.Delete(recursive: true);
    }

    private static async Task ReadAsync(string folder)
    {
        long windows = 0;
        double sum = 0;
        await foreach (Episode episode in EpisodeDataset.Open(folder).ReadEpisodesAsync())
        {
            int count = ChunkWindows.Count(episode.Steps, Horizon, 1);
            for (int start = 0; start < count; start++) sum += ChunkWindows.Slice(episode, start, Horizon)[0] + episode.States.Span[start];
            windows += count;
        }

        if (windows != Episodes * (StepsPerEpisode - Horizon + 1L) || !double.IsFinite(sum))
            throw new InvalidDataException($"{windows} windows");
    }

    private static async Task WriteVersion2Async(string path)
    {
        var folder = new LeRobotFolder(path);
        folder.WriteInfo("v2.1", Episodes, Dimensions);
        folder.WriteLines([.. Enumerable.Repeat(StepsPerEpisode, Episodes)]);
        for (int episode = 0; episode < Episodes; episode++)
        {
            long first = (long)episode * StepsPerEpisode;
            await LeRobotFolder.Table(Motion(episode, 1), Motion(episode + 1, 1), Dimensions, episode, first, StepsPerEpisode)
                .WriteAsync(folder.DataFile(episode / 1000, episode, isVersion3: false));
        }
    }

    private static async Task WriteVersion3Async(string path, int rowsPerGroup)
    {
        var folder = new LeRobotFolder(path);
        folder.WriteInfo("v3.0", Episodes, Dimensions);
        var rows = Enumerable.Range(0, Episodes).Select(i => (
            (long)i, (long)StepsPerEpisode, 0L, (long)(i / EpisodesPerFile), (long)i * StepsPerEpisode, (i + 1L) * StepsPerEpisode));
        await LeRobotFolder.Episodes([.. rows]).WriteAsync(folder.EpisodesFile);
        int[] lengths = [.. Enumerable.Repeat(StepsPerEpisode, EpisodesPerFile)];
        const int Rows = StepsPerEpisode * EpisodesPerFile;
        for (int file = 0; file < Episodes / EpisodesPerFile; file++)
        {
            int episode = file * EpisodesPerFile;
            float[] actions = Motion(episode, EpisodesPerFile), states = Motion(episode + 1, EpisodesPerFile);
            await LeRobotFolder.Table(actions, states, Dimensions, episode, (long)file * Rows, lengths)
                .WriteAsync(folder.DataFile(0, file, isVersion3: true), groups: [.. Enumerable.Repeat(rowsPerGroup, Rows / rowsPerGroup)]);
        }
    }

    private static float[] Motion(int seed, int episodes)
    {
        var random = new Random(seed);
        var values = new float[episodes * StepsPerEpisode * Dimensions];
        for (int i = 0; i < values.Length; i++)
            values[i] = (i < Dimensions ? 0 : values[i - Dimensions]) + ((random.NextSingle() - 0.5f) * 0.1f);
        return values;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
