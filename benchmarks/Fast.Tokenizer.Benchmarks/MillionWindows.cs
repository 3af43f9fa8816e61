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

    public static async Task<int> PrintAsync(string? windows)
    {
        int wanted = windows is null ? 1_000_000 : int.Parse(windows, CultureInfo.InvariantCulture);
        int episodes = (wanted + WindowsPerEpisode - 1) / WindowsPerEpisode;
        var source = new GeneratedEpisodes(episodes, WindowsPerEpisode + Horizon - 1, Dimensions, seed: 1);

        var phases = new Phases();
        var watch = Stopwatch.StartNew();
        TrainingResult result = await new ActionTokenizerTrainer(new TrainingOptions { Horizon = Horizon }).TrainAsync(source, phases);
        double seconds = watch.Elapsed.TotalSeconds;
        using var process = Process.GetCurrentProcess();
        double peak = process.PeakWorkingSet64 / 1e9;

        FastActionTokenizer tokenizer = result.Tokenizer;
        TrainingFacts facts = tokenizer.Definition.Training!;
        Print($"windows       {facts.Windows}, distinct {facts.DistinctWindows}");
        Print($"coefficients  {facts.Windows * Horizon * Dimensions}, from {facts.MinCoefficient} to {facts.MaxCoefficient}");
        foreach ((TrainingStage stage, double took) in phases.Seconds) Print($"{stage,-13} {took:F1} s");
        Print($"all           {seconds:F1} s");
        Print($"peak memory   {peak:F2} GB");
        Print($"tokens/chunk  {await MeanTokensAsync(tokenizer, source):F1}, of every 50th window");
        Print($"vocabulary    {tokenizer.VocabularySize} tokens, checksum {Checksum(tokenizer.Definition.Vocabulary)}");
        return 0;
    }

    private static async Task<double> MeanTokensAsync(FastActionTokenizer tokenizer, GeneratedEpisodes source)
    {
        var shape = new ActionShape(Horizon, Dimensions);
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        long count = 0, chunks = 0;
        await foreach (Episode episode in source.ReadEpisodesAsync())
        {
            for (int start = 0; start < WindowsPerEpisode; start += 50, chunks++)
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
