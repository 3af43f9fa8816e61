using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Tokens at equal or smaller error against the published scheme, on held-out episodes.</summary>
/// <remarks>
/// <para>The opponent is the published scheme itself: byte-level alphabet, scale 10, 1024 tokens, canonical, trained on the same windows
/// (stride 1, the first four fifths of the episodes). The tuner gets its error on the training episodes as the target and chooses scale and
/// price without a look at the held-out episodes, on which both are then measured: "chosen" is what a user gets.</para>
/// <para>There the errors are no longer the same. "At its error" asks what the tuned tokenizer takes at the opponent's error: the price is
/// changed until the errors on the held-out episodes are equal, with interpolation between the last two prices. That is for comparison
/// only, because nobody can choose a price so.</para>
/// </remarks>
internal static class RateDistortionTable
{
    private const double Holdout = 0.2;
    private const double LowestLambda = 0.05;
    private const double HighestLambda = 400;
    private const int Halvings = 7;

    private static readonly (string Name, int Horizon)[] _recordings =
    [
        ("franka_delta_eef", 30),
        ("robosuite_panda", 20),
        ("aloha_sim_insertion_human", 50),
        ("g1_inspire", 30),
        ("gr1_pickplace", 20),
        ("adroit_door", 100),
    ];

    /// <summary>Prints the table in Markdown on standard output.</summary>
    /// <param name="names">The recordings to measure; all where none is named.</param>
    /// <returns>The exit code: 0; 2 where a name is unknown, 3 where a recording is missing.</returns>
    public static async Task<int> PrintAsync(string[] names)
    {
        Console.WriteLine("| data set | T | published: tokens | RMSE | chosen: scale | lambda | tokens | RMSE | fewer tokens "
            + "| at its error: lambda | tokens | fewer tokens |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        List<double> saved = [], savedAtError = [];
        int code = await ForEachAsync(names, async (name, horizon, episodes) =>
        {
            (double chosen, double atError) = await PrintRowAsync(name, horizon, episodes);
            saved.Add(chosen);
            savedAtError.Add(atError);
        });
        if (code != 0) return code;

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\nmedian: {Median(saved):P1} fewer as chosen, {Median(savedAtError):P1} fewer at its error"));
        return 0;
    }

    /// <summary>Does something with each recording, and tells on standard error how long it took.</summary>
    /// <param name="names">The recordings; all where none is named.</param>
    /// <param name="row">Is given the name, the horizon in steps and the episodes.</param>
    /// <returns>The exit code: 0; 2 where a name is unknown, 3 where a recording is missing.</returns>
    public static async Task<int> ForEachAsync(string[] names, Func<string, int, IReadOnlyList<Episode>, Task> row)
    {
        if (names.Except(_recordings.Select(recording => recording.Name)).FirstOrDefault() is { } unknown)
        {
            await Console.Error.WriteLineAsync($"there is no row {unknown}; the rows are {string.Join(", ", _recordings.Select(r => r.Name))}");
            return 2;
        }

        foreach ((string name, int horizon) in _recordings.Where(recording => names.Length == 0 || names.Contains(recording.Name)))
        {
            if (await Recordings.TryReadAsync(name) is not { } episodes)
            {
                await Console.Error.WriteLineAsync($"no recording {name} under {Recordings.Root()}: set FAST_TOKENIZER_TESTDATA");
                return 3;
            }

            var watch = Stopwatch.StartNew();
            await row(name, horizon, episodes);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {watch.Elapsed.TotalSeconds:F0} s"));
        }

        return 0;
    }

    /// <summary>The episodes that train; the others are held out.</summary>
    public static Episode[] TrainingPart(IReadOnlyList<Episode> episodes) =>
        [.. episodes.Take(episodes.Count - (int)Math.Ceiling(episodes.Count * Holdout))];

    /// <summary>What a tokenizer does to windows of these episodes at one price after the other.</summary>
    public static OperatingPoints Points(FastActionTokenizer tokenizer, Episode[] episodes, int horizon, int stride)
    {
        SpreadWindow[] windows = [.. episodes.SelectMany(episode => Enumerable.Range(0, ChunkWindows.Count(episode.Steps, horizon, stride))
            .Select(i => new SpreadWindow(episode.Name, i * stride, ChunkWindows.Slice(episode, i * stride, horizon).ToArray(), [], [])))];
        return new OperatingPoints(tokenizer, tokenizer.VocabularySize, new ActionShape(horizon, episodes[0].Dimensions), windows);
    }

    /// <summary>The price at which a tokenizer has an error, and the tokens it then takes; not a number where none has.</summary>
    /// <remarks>
    /// The error grows with the price: the gap between a smaller and a larger error is halved, and what is left is interpolated.
    /// </remarks>
    public static (double Lambda, double Tokens) AtError(OperatingPoints points, double rmse)
    {
        var target = new TuneOptions { Training = new TrainingOptions { Horizon = 1 }, RmseNormalized = rmse };
        TunePoint low = points.At(LowestLambda, target), high = points.At(HighestLambda, target);
        if (!low.IsMet || high.IsMet) return (double.NaN, double.NaN);
        for (int i = 0; i < Halvings; i++)
        {
            TunePoint middle = points.At(Math.Sqrt(low.Lambda * high.Lambda), target);
            if (middle.IsMet) low = middle;
            else high = middle;
        }

        double share = (rmse - low.RmseNormalized) / (high.RmseNormalized - low.RmseNormalized);
        return (low.Lambda + (share * (high.Lambda - low.Lambda)), low.MeanTokens + (share * (high.MeanTokens - low.MeanTokens)));
    }

    /// <summary>How a tokenizer does on windows of these episodes.</summary>
    public static FidelityReport Report(FastActionTokenizer tokenizer, Episode[] episodes, int horizon, int stride, EncodeOptions encoding)
    {
        var shape = new ActionShape(horizon, episodes[0].Dimensions);
        var evaluator = new FidelityEvaluator(tokenizer, shape, tokenizer.Definition.Normalizer, encoding: encoding);
        foreach (Episode episode in episodes)
        {
            for (int start = 0; start + horizon <= episode.Steps; start += stride)
                evaluator.Add(ChunkWindows.Slice(episode, start, horizon), episode.Name, start);
        }

        return evaluator.ToReport();
    }

    private static async Task<(double Chosen, double AtError)> PrintRowAsync(string name, int horizon, IReadOnlyList<Episode> episodes)
    {
        var clamp = new EncodeOptions { OutOfRange = OutOfRangePolicy.Clamp };
        var published = new TrainingOptions
        {
            Horizon = horizon, Alphabet = AlphabetKind.ByteLevel, HoldoutFraction = Holdout, HeldOutEncoding = clamp,
        };
        TrainingResult opponent = await new ActionTokenizerTrainer(published).TrainAsync(new EpisodeList(episodes));
        FidelityReport theirs = opponent.HeldOut!;
        Episode[] training = TrainingPart(episodes);

        var tuner = new ActionTokenizerTuner(new TuneOptions
        {
            Training = new TrainingOptions { Horizon = horizon, HoldoutFraction = Holdout, Pruning = new VocabularyPruning() },
            RmseNormalized = Report(opponent.Tokenizer, training, horizon, stride: 5, clamp).RmseNormalized,
            ValidationFraction = 0,
        });
        TuneResult ours = await tuner.TuneAsync(new EpisodeList(episodes));
        OperatingPoints points = Points(ours.Tokenizer, [.. episodes.Skip(training.Length)], horizon, stride: 1);
        (double lambda, double tokens) = AtError(points, theirs.RmseNormalized!.Value);
        double fewer = 1 - (ours.HeldOut!.MeanTokens / theirs.MeanTokens), fewerAtError = 1 - (tokens / theirs.MeanTokens);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {horizon} | {theirs.MeanTokens:F1} | {theirs.RmseNormalized:F5} | {ours.Chosen.Scale} | {ours.Chosen.Lambda:F2} "
            + $"| {ours.HeldOut.MeanTokens:F1} | {ours.HeldOut.RmseNormalized:F5} | {fewer:P1} "
            + $"| {lambda:F2} | {tokens:F1} | {fewerAtError:P1} |"));
        return (fewer, fewerAtError);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[values.Count / 2] + values[(values.Count - 1) / 2]) / 2;
    }
}
