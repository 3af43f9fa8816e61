using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Trains on a million generated windows [50,14], from episodes to tokenizer, and says what it took.</summary>
internal static class MillionWindows
{
    private const int Horizon = 50, Dimensions = 14, WindowsPerEpisode = 400;

    /// <summary>Trains, and prints what it took.</summary>
    /// <param name="windows">How many windows; a million where none is given.</param>
    /// <returns>The exit code: 0, or 2 for what is no number of windows.</returns>
    public static async Task<int> PrintAsync(string? windows)
    {
        int wanted = 1_000_000;
        if (windows is not null && (!int.TryParse(windows, NumberStyles.None, CultureInfo.InvariantCulture, out wanted) || wanted < 1))
        {
            await Console.Error.WriteLineAsync($"'{windows}' is no number of windows; give 1 or more, such as 1000000");
            return 2;
        }

        Run run = await TrainAsync(wanted);
        TrainingFacts facts = run.Tokenizer.Definition.Training!;
        Print($"windows       {facts.Windows}, distinct {facts.DistinctWindows}");
        Print($"coefficients  {facts.Windows * Horizon * Dimensions}, from {facts.MinCoefficient} to {facts.MaxCoefficient}");
        foreach ((TrainingStage stage, double took) in run.Stages) Print($"{stage,-13} {took:F1} s");
        Print($"all           {run.Seconds:F1} s");
        Print($"peak memory   {run.PeakGigabytes:F2} GB");
        Print($"tokens/chunk  {await MeanTokensAsync(run.Tokenizer, Source(wanted)):F1}, of every 50th window");
        Print($"vocabulary    {run.Tokenizer.VocabularySize} tokens, checksum {Checksum(run.Tokenizer.Definition.Vocabulary)}");
        return 0;
    }

    /// <summary>Trains on at least this many windows.</summary>
    public static async Task<Run> TrainAsync(int windows)
    {
        var phases = new Phases();
        var watch = Stopwatch.StartNew();
        TrainingResult result = await new ActionTokenizerTrainer(new TrainingOptions { Horizon = Horizon }).TrainAsync(Source(windows), phases);
        double seconds = watch.Elapsed.TotalSeconds;
        using var process = Process.GetCurrentProcess();
        return new Run(result.Tokenizer, seconds, [.. phases.Seconds], process.PeakWorkingSet64 / 1e9);
    }

    private static GeneratedEpisodes Source(int windows)
    {
        int perEpisode = Math.Min(windows, WindowsPerEpisode);
        return new GeneratedEpisodes((windows + perEpisode - 1) / perEpisode, perEpisode + Horizon - 1, Dimensions, seed: 1);
    }

    private static async Task<double> MeanTokensAsync(FastActionTokenizer tokenizer, GeneratedEpisodes source)
    {
        var shape = new ActionShape(Horizon, Dimensions);
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        long count = 0, chunks = 0;
        await foreach (Episode episode in source.ReadEpisodesAsync())
        {
            for (int start = 0; start + Horizon <= episode.Steps; start += 50, chunks++)
                count += tokenizer.Encode(ChunkWindows.Slice(episode, start, Horizon), shape, tokens).Count;
        }

        return (double)count / chunks;
    }

    private static string Checksum(BpeVocabulary vocabulary)
    {
        int[] numbers = [.. vocabulary.Merges.ToArray().SelectMany(merge => new[] { merge.Left, merge.Right, merge.Token })];
        return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<int>(numbers)))[..16];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>What a training took.</summary>
    internal sealed record Run(FastActionTokenizer Tokenizer, double Seconds, (TrainingStage Stage, double Seconds)[] Stages, double PeakGigabytes)
    {
        public long Windows => Tokenizer.Definition.Training!.Windows;

        public double SecondsOf(TrainingStage stage) => Stages.Where(entry => entry.Stage == stage).Sum(entry => entry.Seconds);
    }

    // A stage lasts from the last report of the one before to its own last.
    private sealed class Phases : IProgress<TrainingProgress>
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly SortedDictionary<TrainingStage, double> _ends = [];

        public IEnumerable<(TrainingStage Stage, double Seconds)> Seconds
        {
            get
            {
                double before = 0;
                foreach ((TrainingStage stage, double end) in _ends)
                {
                    yield return (stage, end - before);
                    before = end;
                }
            }
        }

        public void Report(TrainingProgress value) => _ends[value.Stage] = _watch.Elapsed.TotalSeconds;
    }
}
