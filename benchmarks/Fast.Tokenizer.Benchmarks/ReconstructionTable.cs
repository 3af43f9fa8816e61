using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>The error on held-out episodes with reconstruction points and without.</summary>
/// <remarks>
/// The first 80 % of the episodes of a recording train: windows at stride 1, scale 10, 1024 tokens; points are measured on the same
/// windows, encoded in the mode of the row. Every window of the other episodes is encoded and decoded. Canonical encoding gives the same
/// tokens with points and without; RateDistortion chooses by what the decoder will give, so its tokens differ. The last column counts
/// that in: the squared error that tokens more or less are worth at the price of the mode, which is the slope of its curve, is added to
/// that with points.
/// </remarks>
internal static class ReconstructionTable
{
    private const double Lambda = 0.7;

    /// <summary>Prints the table in Markdown on standard output, and what each row took on standard error.</summary>
    /// <param name="names">The recordings to measure; all where none is named.</param>
    /// <returns>The exit code: 0; 2 where a name is unknown, 3 where a recording is missing.</returns>
    public static Task<int> PrintAsync(string[] names)
    {
        Console.WriteLine("| data set | T | mode | tokens | RMSE | tokens with points | RMSE | error | at equal tokens |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        return Recordings.ForEachAsync(names, PrintRowsAsync);
    }

    private static async Task PrintRowsAsync(string name, int horizon, IReadOnlyList<Episode> episodes)
    {
        foreach (double lambda in (double[])[0, Lambda])
        {
            EncodeMode mode = lambda > 0 ? EncodeMode.RateDistortion(lambda) : EncodeMode.Canonical;
            var watch = Stopwatch.StartNew();
            var plain = new TrainingOptions
            {
                Horizon = horizon,
                HoldoutFraction = 0.2,
                HeldOutEncoding = new EncodeOptions { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp },
            };
            FidelityReport integers = await HeldOutAsync(plain);
            FidelityReport points = await HeldOutAsync(plain with { Reconstruction = mode });
            double steps = plain.Scale * plain.Scale * horizon * integers.Dimensions;
            double worth = lambda * (points.MeanTokens - integers.MeanTokens) / steps;
            double? equal = Math.Sqrt((points.RmseNormalized!.Value * points.RmseNormalized.Value) + worth);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {horizon} | {mode} | {integers.MeanTokens:F1} | {integers.RmseNormalized:F5} | {points.MeanTokens:F1} "
                + $"| {points.RmseNormalized:F5} | {(points.RmseNormalized / integers.RmseNormalized) - 1:+0.0 %;-0.0 %;0.0 %} "
                + $"| {(equal / integers.RmseNormalized) - 1:+0.0 %;-0.0 %;0.0 %} |"));
            await Console.Error.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"{name}, {mode}: {watch.Elapsed.TotalSeconds:F0} s"));
        }

        async Task<FidelityReport> HeldOutAsync(TrainingOptions options) =>
            (await new ActionTokenizerTrainer(options).TrainAsync(new EpisodeList(episodes))).HeldOut!;
    }
}
