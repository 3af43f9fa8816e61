using System.Globalization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>What a pruned vocabulary gives against plain BPE of the same size, on held-out episodes.</summary>
/// <remarks>
/// Scale 12, 1024 tokens, trained on the first four fifths of the episodes. The error is that of the plain vocabulary at lambda 1; the
/// pruned one is asked what it takes at the same error. Canonical encoding, which depends on merges, pays for it.
/// </remarks>
internal static class PruningTable
{
    private const int Stride = 5;

    /// <summary>Prints the table in Markdown on standard output.</summary>
    /// <param name="names">The recordings to measure; all where none is named.</param>
    /// <returns>The exit code: 0; 2 where a name is unknown, 3 where a recording is missing.</returns>
    public static Task<int> PrintAsync(string[] names)
    {
        Console.WriteLine("| data set | plain: tokens at lambda 1 | RMSE | pruned: tokens at that RMSE | fewer "
            + "| canonical: plain | pruned | more | tokens without a merge |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        return RateDistortionTable.ForEachAsync(names, PrintRowAsync);
    }

    private static async Task PrintRowAsync(string name, int horizon, IReadOnlyList<Episode> episodes)
    {
        var options = new TrainingOptions { Horizon = horizon, Scale = 12 };
        Episode[] training = RateDistortionTable.TrainingPart(episodes), heldOut = [.. episodes.Skip(training.Length)];
        FastActionTokenizer plain = await TrainAsync(options);
        FastActionTokenizer pruned = await TrainAsync(options with { Pruning = new VocabularyPruning() });

        OperatingPoints before = RateDistortionTable.Points(plain, heldOut, horizon, Stride);
        OperatingPoints after = RateDistortionTable.Points(pruned, heldOut, horizon, Stride);
        TunePoint point = before.At(1, new TuneOptions { Training = options, RmseNormalized = 1 });
        (_, double tokens) = RateDistortionTable.AtError(after, point.RmseNormalized);
        double canonical = Canonical(plain), canonicalPruned = Canonical(pruned);
        int unmerged = pruned.VocabularySize - pruned.Definition.Vocabulary.SymbolCount - pruned.Definition.Vocabulary.Merges.Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {point.MeanTokens:F1} | {point.RmseNormalized:F5} | {tokens:F1} | {1 - (tokens / point.MeanTokens):P1} "
            + $"| {canonical:F1} | {canonicalPruned:F1} | {(canonicalPruned / canonical) - 1:P1} | {unmerged} |"));

        async Task<FastActionTokenizer> TrainAsync(TrainingOptions with) =>
            (await new ActionTokenizerTrainer(with).TrainAsync(new EpisodeList(training))).Tokenizer;

        double Canonical(FastActionTokenizer tokenizer) => RateDistortionTable
            .Report(tokenizer, heldOut, horizon, Stride, new EncodeOptions { OutOfRange = OutOfRangePolicy.Clamp }).MeanTokens;
    }
}
