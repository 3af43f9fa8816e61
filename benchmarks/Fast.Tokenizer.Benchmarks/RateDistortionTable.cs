using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Tokens at equal or smaller error against the published scheme, on held-out episodes.</summary>
/// <remarks>
/// The opponent is the published scheme itself: byte-level alphabet, scale 10, 1024 tokens, canonical, trained on the same windows (stride 1,
/// the first four fifths of the episodes). The tuner gets its error on the training episodes as the target
/// and chooses scale and price without a look at the held-out episodes, on which both rows are then measured.
/// </remarks>
internal static class RateDistortionTable
{
    private const double Holdout = 0.2;

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
        if (names.Except(_recordings.Select(recording => recording.Name)).FirstOrDefault() is { } unknown)
        {
            await Console.Error.WriteLineAsync($"there is no row {unknown}; the rows are {string.Join(", ", _recordings.Select(r => r.Name))}");
            return 2;
        }

        Console.WriteLine("| data set | T | published: tokens | RMSE | tuned: scale | lambda | tokens | RMSE | fewer tokens |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        var saved = new List<double>();
        foreach ((string name, int horizon) in _recordings.Where(recording => names.Length == 0 || names.Contains(recording.Name)))
        {
            if (await Recordings.TryReadAsync(name) is not { } episodes)
            {
                await Console.Error.WriteLineAsync($"no recording {name} under {Recordings.Root()}: set FAST_TOKENIZER_TESTDATA");
                return 3;
            }

            var watch = Stopwatch.StartNew();
            var clamp = new EncodeOptions { OutOfRange = OutOfRangePolicy.Clamp };
            var published = new TrainingOptions
            {
                Horizon = horizon, Alphabet = AlphabetKind.ByteLevel, HoldoutFraction = Holdout, HeldOutEncoding = clamp,
            };
            TrainingResult opponent = await new ActionTokenizerTrainer(published).TrainAsync(new EpisodeList(episodes));
            FidelityReport theirs = opponent.HeldOut!;
            Episode[] training = [.. episodes.Take(episodes.Count - (int)Math.Ceiling(episodes.Count * Holdout))];
            double target = Rmse(opponent.Tokenizer, training, horizon, clamp);

            var tuner = new ActionTokenizerTuner(new TuneOptions
            {
                Training = new TrainingOptions { Horizon = horizon, HoldoutFraction = Holdout },
                RmseNormalized = target,
                ValidationFraction = 0,
            });
            TuneResult ours = await tuner.TuneAsync(new EpisodeList(episodes));
            double fewer = 1 - (ours.HeldOut!.MeanTokens / theirs.MeanTokens);
            saved.Add(fewer);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {horizon} | {theirs.MeanTokens:F1} | {theirs.RmseNormalized:F5} | {ours.Chosen.Scale} | {ours.Chosen.Lambda:F2} "
                + $"| {ours.HeldOut.MeanTokens:F1} | {ours.HeldOut.RmseNormalized:F5} | {fewer:P1} |"));
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {watch.Elapsed.TotalSeconds:F0} s"));
        }

        saved.Sort();
        double median = (saved[saved.Count / 2] + saved[(saved.Count - 1) / 2]) / 2;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nmedian {median:P1}"));
        return 0;
    }

    private static double Rmse(FastActionTokenizer tokenizer, Episode[] episodes, int horizon, EncodeOptions encoding)
    {
        var shape = new ActionShape(horizon, episodes[0].Dimensions);
        var evaluator = new FidelityEvaluator(tokenizer, shape, tokenizer.Definition.Normalizer, encoding: encoding);
        foreach (Episode episode in episodes)
        {
            for (int start = 0; start + horizon <= episode.Steps; start += 5)
                evaluator.Add(ChunkWindows.Slice(episode, start, horizon), episode.Name, start);
        }

        return evaluator.ToReport().RmseNormalized!.Value;
    }
}
