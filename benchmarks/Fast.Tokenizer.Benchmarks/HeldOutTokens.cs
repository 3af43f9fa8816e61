using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>The table of tokens per one-second chunk, on episodes that were kept back from training.</summary>
/// <remarks>
/// The first 80 % of the episodes of a recording train: windows at stride 1, scale 10, 1024 tokens. Every window of the others is encoded
/// and decoded. The last column repeats it with the normaliser's statistics taken over all episodes, held-out ones included: figures made
/// that way flatter a tokenizer, and are shown only to compare with such figures.
/// </remarks>
internal static class HeldOutTokens
{
    /// <summary>Prints the table in Markdown on standard output, and what each row took on standard error.</summary>
    /// <param name="names">The recordings to measure; all where none is named.</param>
    /// <returns>The exit code: 0; 2 where a name is unknown, 3 where a recording is missing.</returns>
    public static Task<int> PrintAsync(string[] names)
    {
        Console.WriteLine("| data set | T | D | training windows | held-out windows | mean tokens | p99 | compression | RMSE normalised | clipped "
            + "| mean tokens, statistics of all episodes |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        return Recordings.ForEachAsync(names, PrintRowAsync);
    }

    private static async Task PrintRowAsync(string name, int horizon, IReadOnlyList<Episode> episodes)
    {
        var watch = Stopwatch.StartNew();
        TrainingResult honest = await TrainAsync(episodes, horizon, new NormalizationOptions());
        TimeSpan once = watch.Elapsed;
        TrainingResult flattered = await TrainAsync(
            NormalizedByAll(episodes), horizon, new NormalizationOptions { Method = NormalizationMethod.Identity });
        Console.WriteLine(Row(name, honest.Tokenizer.Definition.Training!, honest.HeldOut!, flattered.HeldOut!));
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {once.TotalSeconds:F1} s to train and evaluate, {Environment.WorkingSet >> 20} MB working set"));
    }

    private static async Task<TrainingResult> TrainAsync(IReadOnlyList<Episode> episodes, int horizon, NormalizationOptions normalization) =>
        await new ActionTokenizerTrainer(new TrainingOptions { Horizon = horizon, HoldoutFraction = 0.2, Normalization = normalization })
            .TrainAsync(new EpisodeList(episodes));

    private static Episode[] NormalizedByAll(IReadOnlyList<Episode> episodes)
    {
        var accumulator = new StatisticsAccumulator(episodes[0].Dimensions);
        foreach (Episode episode in episodes) accumulator.Add(episode.Actions.Span);
        var normalizer = new ActionNormalizer(accumulator.ToStatistics(), new NormalizationOptions());

        return [.. episodes.Select(episode =>
        {
            var normalized = new double[episode.Actions.Length];
            normalizer.Normalize(episode.Actions.Span, normalized);
            return new Episode(episode.Name, normalized, episode.Dimensions);
        })];
    }

    private static string Row(string name, TrainingFacts facts, FidelityReport report, FidelityReport flattered) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {report.Horizon} | {report.Dimensions} | {facts.Windows} | {report.Chunks} | {report.MeanTokens:F1} | {report.P99Tokens:F0} "
        + $"| {report.CompressionRatio:F1} | {report.RmseNormalized:F4} | {report.Clipped} | {flattered.MeanTokens:F1} |");
}
