using System.Runtime.ExceptionServices;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests.Actions;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests;

/// <summary>One tokenizer in the hands of many more threads than cores, which begin at once: each gets what one thread gets.</summary>
public sealed class ConcurrencyTests
{
    private const int Threads = 24;
    private const int FirstUses = 6;
    private const int JobsOfThread = 8;

    // Bounds that a binary value between the two and a clipped one keep as well.
    private static readonly EncodeMode[] _modes =
    [
        EncodeMode.Canonical, EncodeMode.Shortest, EncodeMode.RateDistortion(0.7), EncodeMode.Sampled(3), EncodeMode.MaxError(0.4, 2, 2),
        EncodeMode.MaxRmse(0.2, 1, 1),
    ];

    public static TheoryData<string> Tokenizers => ["integer", "byte-level", "reconstructing", "own actions", "embodiments"];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public async Task Every_way_to_encode_and_decode_gives_what_one_thread_gets(string kind)
    {
        (FastTokenizerDefinition definition, Func<FastActionTokenizer, FastActionTokenizer> view, int dimensions) = await MakeAsync(kind);
        FastActionTokenizer alone = view(new FastActionTokenizer(definition));
        Job[] jobs = Jobs(alone, dimensions);
        string[] expected = [.. jobs.Select(job => job.Run(alone))];

        // All plans and tables are made anew each time, by whoever comes first.
        for (int round = 0; round < FirstUses; round++)
        {
            var shared = new FastActionTokenizer(definition);
            RunOnThreads(thread =>
            {
                var random = new Random((round * Threads) + thread);
                FastActionTokenizer tokenizer = view(shared);
                int[] order = [.. Enumerable.Range(0, jobs.Length)];
                random.Shuffle(order);

                // The first one is the same for all.
                order[0] = round % jobs.Length;
                foreach (int i in order.Take(JobsOfThread)) Assert.Equal(expected[i], jobs[i].Run(tokenizer));
            });
        }
    }

    [Fact]
    public void A_grammar_and_its_states_are_shared()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();
        var shape = new ActionShape(12, 3);
        int[] ids = tokenizer.Encode(SampleTokenizers.Motion(new Random(1), shape), shape);
        string Masks(TokenGrammar grammar)
        {
            var constraint = new TokenConstraint(grammar);
            var mask = new bool[tokenizer.VocabularySize];
            var counts = new List<int>();
            foreach (int id in ids)
            {
                constraint.AllowedTokens(mask);
                counts.Add(mask.Count(allowed => allowed));
                constraint.Accept(id);
            }

            return string.Join(' ', counts) + constraint.IsComplete;
        }

        string expected = Masks(new TokenGrammar(SampleTokenizers.Tokenizer(), shape));
        var shared = new TokenGrammar(tokenizer, shape);
        RunOnThreads(_ =>
        {
            for (int i = 0; i < 5; i++) Assert.Equal(expected, Masks(shared));
        });
    }

    private static async Task<(FastTokenizerDefinition, Func<FastActionTokenizer, FastActionTokenizer>, int)> MakeAsync(string kind)
    {
        const int Dimensions = 3;
        switch (kind)
        {
            case "own actions":
                FastTokenizerDefinition own = SampleTokenizers.Definition(min: -600, max: 600) with
                {
                    ActionSpace = new(new() { Period = 2 * Math.PI }, new() { Encoded = false, Fill = 1 }, new() { Binary = new() }),
                };
                return (own, tokenizer => tokenizer, Dimensions);
            case "embodiments":
                return (EmbodimentTests.Shared(), tokenizer => tokenizer.For("arm"), Dimensions);
            default:
                var random = new Random(31);
                Episode[] episodes = [.. Enumerable.Range(0, 12).Select(i =>
                    new Episode($"e{i}", SampleTokenizers.Motion(random, new ActionShape(60, Dimensions)), Dimensions))];
                TrainingResult trained = await new ActionTokenizerTrainer(new()
                {
                    Horizon = 12,
                    Alphabet = kind == "byte-level" ? AlphabetKind.ByteLevel : AlphabetKind.Integer,
                    Reconstruction = kind == "reconstructing" ? EncodeMode.Canonical : null,
                    Vocabulary = new() { VocabularySize = 400 },
                }).TrainAsync(new EpisodeList(episodes, kind));
                return (trained.Tokenizer.Definition, tokenizer => tokenizer, Dimensions);
        }
    }

    private static Job[] Jobs(FastActionTokenizer tokenizer, int dimensions)
    {
        // More horizons than a tokenizer keeps plans for, so that threads also take plans from each other. Points are for one horizon.
        int[] horizons = tokenizer.Definition.Reconstruction is null ? [12, 5, .. Enumerable.Range(13, 18)] : [12];
        var random = new Random(37);
        var jobs = new List<Job>();
        foreach (int horizon in horizons)
        {
            var shape = new ActionShape(horizon, dimensions);
            for (int i = 0; i < (horizon <= 12 ? _modes.Length : 1); i++)
            {
                double[] actions = SampleTokenizers.Motion(random, shape);
                var encoding = new EncodeOptions { Mode = _modes[i], OutOfRange = OutOfRangePolicy.Clamp };
                int[] ids = tokenizer.EncodeBatch(actions, shape, encoding)[0];
                foreach (Way way in Enum.GetValues<Way>()) jobs.Add(new Job(way, shape, encoding, actions, ids));
            }
        }

        return [.. jobs];
    }

    private static void RunOnThreads(Action<int> work)
    {
        using var start = new Barrier(Threads);
        var problems = new Exception?[Threads];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                work(i);
            }
            catch (Exception problem)
            {
                problems[i] = problem;
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (problems.OfType<Exception>().FirstOrDefault() is { } first) ExceptionDispatchInfo.Throw(first);
    }

    private enum Way
    {
        Encode,
        EncodeSingle,
        EncodeBatch,
        Decode,
        DecodeSingle,
        DecodePrefix,
        DecodeBatch,
        Stream,
    }

    /// <summary>One thing to do with a chunk; what comes of it, to the last bit, as text.</summary>
    private sealed record Job(Way Way, ActionShape Shape, EncodeOptions Encoding, double[] Actions, int[] Ids)
    {
        public string Run(FastActionTokenizer tokenizer)
        {
            var tokens = new int[tokenizer.MaxTokenCount(Shape)];
            var doubles = new double[2 * Shape.Count];
            var singles = new float[Shape.Count];
            Span<double> decoded = doubles.AsSpan(0, Shape.Count);
            switch (Way)
            {
                case Way.Encode:
                    return Text(tokens.AsSpan(0, tokenizer.Encode(Actions, Shape, tokens, Encoding).Count));
                case Way.EncodeSingle:
                    return Text(tokens.AsSpan(0, tokenizer.Encode(SampleTokenizers.ToSingle(Actions), Shape, tokens, Encoding).Count));
                case Way.EncodeBatch:
                    double[] chunks = [.. Actions, .. Actions.Select(value => value / 2)];
                    return string.Join('|', tokenizer.EncodeBatch(chunks, Shape, Encoding).Select(ids => Text(ids)));
                case Way.Decode:
                    return $"{tokenizer.TryDecode(Ids, Shape, decoded)} {Text(decoded)}";
                case Way.DecodeSingle:
                    return $"{tokenizer.TryDecode(Ids, Shape, singles)} {Text(singles)}";
                case Way.DecodePrefix:
                    return $"{tokenizer.Decode(Ids.AsSpan(0, Ids.Length / 2), Shape, decoded, DecodePolicy.Prefix)} {Text(decoded)}";
                case Way.DecodeBatch:
                    tokenizer.DecodeBatch([Ids, Ids], Shape, doubles);
                    return Text<double>(doubles);
                default:
                    var stream = new StreamingActionDecoder(tokenizer, Shape);
                    foreach (int id in Ids) stream.Push(id);
                    stream.Read(decoded);
                    return Text(decoded);
            }
        }

        private static string Text<T>(ReadOnlySpan<T> values)
            where T : struct => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));

        private static string Text<T>(Span<T> values)
            where T : struct => Text((ReadOnlySpan<T>)values);

        private static string Text(int[] values) => Text<int>(values);

        private static string Text(float[] values) => Text<float>(values);
    }
}
