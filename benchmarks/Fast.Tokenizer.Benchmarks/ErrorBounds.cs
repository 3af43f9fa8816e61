using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Whether the bounds on the error hold: every one-second window of every recording, decoded to float64 and to float32.</summary>
/// <remarks>
/// Windows follow each other without overlap. Bounds are shares of the half range of each dimension, not of what the tokenizer reaches, so
/// some chunks are out of reach and refused. The integer tokenizer of a recording is trained on its first four fifths; FAST+ as published
/// gets normalised windows, every fifth of them.
/// </remarks>
internal static class ErrorBounds
{
    private const string Published = "fast_plus";
    private const int PublishedStride = 5;

    private static readonly double[] _shares = [0.08, 0.12, 0.25];

    private static readonly (string Name, int Horizon)[] _recordings =
    [
        ("adroit_door", 100),
        ("aloha_sim_insertion_human", 50),
        ("bridge", 5),
        ("franka_delta_eef", 30),
        ("g1_inspire", 30),
        ("gr1_pickplace", 20),
        ("pusht", 10),
        ("robosuite_panda", 20),
        ("robosuite_panda_wipe", 20),
    ];

    /// <summary>Prints the table in Markdown on standard output.</summary>
    /// <param name="names">The recordings to measure; all where none is named.</param>
    /// <returns>The exit code: 0; 1 where a bound was broken, 2 where a name is unknown, 3 where a recording or FAST+ is missing.</returns>
    public static async Task<int> PrintAsync(string[] names)
    {
        if (names.Except(_recordings.Select(recording => recording.Name)).FirstOrDefault() is { } unknown)
        {
            await Console.Error.WriteLineAsync($"there is no row {unknown}; the rows are {string.Join(", ", _recordings.Select(r => r.Name))}");
            return 2;
        }

        string published = Path.Combine(Recordings.Root(), "tokenizers", Published);
        if (!Directory.Exists(published))
        {
            await Console.Error.WriteLineAsync($"no tokenizer {published}: set FAST_TOKENIZER_TESTDATA");
            return 3;
        }

        FastActionTokenizer plus = FastActionTokenizer.Load(published);
        Console.WriteLine("| data set | tokenizer | bound | of the half range | windows | refused | violations | canonical tokens | bounded | fewer |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        int broken = 0;
        foreach ((string name, int horizon) in _recordings.Where(recording => names.Length == 0 || names.Contains(recording.Name)))
        {
            if (await Recordings.TryReadAsync(name) is not { } episodes)
            {
                await Console.Error.WriteLineAsync($"no recording {name} under {Recordings.Root()}: set FAST_TOKENIZER_TESTDATA");
                return 3;
            }

            var watch = Stopwatch.StartNew();
            var options = new TrainingOptions { Horizon = horizon, HoldoutFraction = episodes.Count < 5 ? 0 : 0.2 };
            FastActionTokenizer own = (await new ActionTokenizerTrainer(options).TrainAsync(new EpisodeList(episodes))).Tokenizer;
            ActionNormalizer normalizer = own.Definition.Normalizer!;
            var shape = new ActionShape(horizon, normalizer.Dimensions);
            double[][] windows = [.. episodes.SelectMany(episode => Enumerable.Range(0, episode.Steps / horizon)
                .Select(i => ChunkWindows.Slice(episode, i * horizon, horizon).ToArray()))];
            double[] half = [.. normalizer.HalfRange.ToArray().Select(range => Math.Max(range, 1e-6))];
            broken += Print(name, own, "integer", windows, shape, half);

            double[][] normalised = [.. windows.Where((_, i) => i % PublishedStride == 0).Select(window =>
            {
                var values = new double[window.Length];
                normalizer.Normalize(window, values);
                return values;
            })];
            broken += Print(name, plus, "FAST+", normalised, shape, [.. half.Select(_ => 1.0)]);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {watch.Elapsed.TotalSeconds:F0} s"));
        }

        Console.WriteLine($"\n{broken} violations");
        return broken == 0 ? 0 : 1;
    }

    private static int Print(string name, FastActionTokenizer tokenizer, string kind, double[][] windows, ActionShape shape, double[] half)
    {
        int broken = 0;
        foreach (bool isRmse in (bool[])[false, true])
        {
            foreach (double share in _shares)
            {
                double[] bounds = [.. half.Select(range => range * share)];
                EncodeMode mode = isRmse ? EncodeMode.MaxRmse(bounds) : EncodeMode.MaxError(bounds);
                Count count = Measure(tokenizer, windows, shape, mode, bounds, isRmse);
                broken += count.Violations;
                string fewer = count.Canonical == 0
                    ? "-"
                    : (1 - (count.Bounded / (double)count.Canonical)).ToString("P1", CultureInfo.InvariantCulture);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {name} | {kind} | {(isRmse ? "rmse" : "error")} | {share} | {windows.Length} | {count.Refused} | {count.Violations} "
                    + $"| {count.Canonical} | {count.Bounded} | {fewer} |"));
            }
        }

        return broken;
    }

    private static Count Measure(
        FastActionTokenizer tokenizer, double[][] windows, ActionShape shape, EncodeMode mode, double[] bounds, bool isRmse)
    {
        int refused = 0, violations = 0, canonical = 0, bounded = 0;
        Parallel.ForEach(windows, window =>
        {
            var tokens = new int[tokenizer.MaxTokenCount(shape)];
            int count;
            try
            {
                count = tokenizer.Encode(window, shape, tokens, new EncodeOptions { Mode = mode }).Count;
            }
            catch (ErrorBoundException)
            {
                Interlocked.Increment(ref refused);
                return;
            }

            var decoded = new double[shape.Count];
            var single = new float[shape.Count];
            bool isWhole = tokenizer.TryDecode(tokens.AsSpan(0, count), shape, decoded).IsComplete
                && tokenizer.TryDecode(tokens.AsSpan(0, count), shape, single).IsComplete;
            double[] widened = [.. single.Select(value => (double)value)];
            if (!isWhole || !Holds(window, decoded, bounds, isRmse) || !Holds(window, widened, bounds, isRmse)) Interlocked.Increment(ref violations);
            Interlocked.Add(ref bounded, count);
            Interlocked.Add(ref canonical, tokenizer.Encode(window, shape, tokens, new EncodeOptions { OutOfRange = OutOfRangePolicy.Clamp }).Count);
        });
        return new(refused, violations, canonical, bounded);
    }

    private static bool Holds(double[] given, double[] decoded, double[] bounds, bool isRmse)
    {
        var squares = new double[bounds.Length];
        for (int i = 0; i < given.Length; i++)
        {
            double error = Math.Abs(decoded[i] - given[i]);
            if (!isRmse && !(error <= bounds[i % bounds.Length])) return false;
            squares[i % bounds.Length] += error * error;
        }

        return !isRmse || squares.Select((sum, d) => Math.Sqrt(sum * bounds.Length / given.Length) <= bounds[d]).All(holds => holds);
    }

    private readonly record struct Count(int Refused, int Violations, int Canonical, int Bounded);
}
