using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Tests.RateDistortion;

/// <summary>The modes under parameters, shapes and values that nobody should give them.</summary>
public sealed class HostileModeTests
{
    private static readonly EncodeMode[] _modes =
    [
        EncodeMode.Canonical, EncodeMode.Shortest, EncodeMode.RateDistortion(double.Epsilon), EncodeMode.RateDistortion(1e-300),
        EncodeMode.RateDistortion(0.7), EncodeMode.RateDistortion(1e300), EncodeMode.RateDistortion(double.MaxValue),
        EncodeMode.Sampled(0, 1e-12), EncodeMode.Sampled(ulong.MaxValue, double.PositiveInfinity), EncodeMode.Sampled(7),
        EncodeMode.MaxError(double.Epsilon), EncodeMode.MaxError(0.1), EncodeMode.MaxError(1e300), EncodeMode.MaxError(double.PositiveInfinity),
        EncodeMode.MaxRmse(double.Epsilon), EncodeMode.MaxRmse(0.1), EncodeMode.MaxRmse(1e300), EncodeMode.MaxRmse(double.PositiveInfinity),
    ];

    private static readonly ActionShape[] _shapes = [new(1, 1), new(1, 5), new(7, 1), new(20, 3), new(1000, 2)];

    public static TheoryData<string> Kinds => ["integer", "dimension-major", "byte-level", "clipped", "narrow", "raw", "fast_plus", "calvin_s50"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Each_mode_decodes_to_a_whole_chunk_or_says_why_not(string kind)
    {
        var random = new Random(kind.Length);
        foreach (ActionShape shape in _shapes)
        {
            FastActionTokenizer tokenizer = await MakeAsync(kind, shape);
            bool isLong = shape.Count > 100;
            for (int i = 0; i < (isLong ? 2 : 14); i++)
            {
                double[] chunk = Chunk(random, shape, isLong ? 5 * i : i);
                foreach (OutOfRangePolicy policy in isLong ? [OutOfRangePolicy.Clamp] : Enum.GetValues<OutOfRangePolicy>())
                    foreach (EncodeMode mode in _modes) Check(tokenizer, chunk, shape, new EncodeOptions { Mode = mode, OutOfRange = policy });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_price_close_to_nothing_gives_canonical_coefficients_and_a_huge_one_or_a_wide_bound_the_fewest_tokens(string kind)
    {
        var random = new Random(3);
        var shape = new ActionShape(20, 3);
        FastActionTokenizer tokenizer = await MakeAsync(kind, shape);
        for (int i = 0; i < 20; i++)
        {
            double[] chunk = Smooth(random, shape, i % 2 == 0 ? 1 : 30);
            int[] Encode(EncodeMode mode) => HostileModeTests.Encode(tokenizer, chunk, shape, new() { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp });
            int[] canonical = Encode(EncodeMode.Canonical), cheap = Encode(EncodeMode.RateDistortion(1e-12));
            Assert.Equal(tokenizer.Decode(canonical, shape), tokenizer.Decode(cheap, shape));
            int fewest = Encode(EncodeMode.RateDistortion(1e9)).Length;
            Assert.Equal(fewest, Encode(EncodeMode.RateDistortion(1e300)).Length);
            Assert.Equal(fewest, Encode(EncodeMode.RateDistortion(double.MaxValue)).Length);
            Assert.Equal(fewest, Encode(EncodeMode.MaxError(1e9)).Length);
        }
    }

    [Fact]
    public void Modes_with_equal_parameters_are_equal()
    {
        Assert.Equal(EncodeMode.MaxError(1, 2), EncodeMode.MaxError(1, 2));
        Assert.Equal(EncodeMode.MaxError(1, 2).GetHashCode(), EncodeMode.MaxError(1, 2).GetHashCode());
        Assert.NotEqual(EncodeMode.MaxError(1, 2), EncodeMode.MaxError(1, 3));
        Assert.NotEqual(EncodeMode.MaxError(1), EncodeMode.MaxRmse(1));
        Assert.Equal(new EncodeOptions { Mode = EncodeMode.MaxRmse(1) }, new EncodeOptions { Mode = EncodeMode.MaxRmse(1) });
    }

    [Fact]
    public async Task A_bound_that_no_scale_reaches_is_refused_without_naming_one()
    {
        var shape = new ActionShape(20, 3);
        FastActionTokenizer tokenizer = await MakeAsync("integer", shape);
        double[] chunk = Smooth(new Random(1), shape, 1);
        var refused = Assert.Throws<ErrorBoundException>(
            () => Encode(tokenizer, chunk, shape, new EncodeOptions { Mode = EncodeMode.MaxError(double.Epsilon) }));
        Assert.True(double.IsFinite(refused.Error) && refused.Error > 0, refused.Message);
        Assert.DoesNotContain("∞", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("scale of about", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_that_share_a_tokenizer_get_what_one_alone_gets()
    {
        var shape = new ActionShape(20, 3);
        var random = new Random(5);
        double[][] chunks = [.. Enumerable.Range(0, 60).Select(_ => Smooth(random, shape, 1))];
        EncodeMode[] modes = [EncodeMode.Shortest, EncodeMode.RateDistortion(1), EncodeMode.Sampled(3), EncodeMode.MaxError(0.2), EncodeMode.MaxRmse(0.1)];
        FastActionTokenizer alone = await MakeAsync("integer", shape), shared = await MakeAsync("integer", shape);
        int[] One(FastActionTokenizer tokenizer, int i) => Encode(
            tokenizer, chunks[i % chunks.Length], shape, new EncodeOptions { Mode = modes[i % modes.Length], OutOfRange = OutOfRangePolicy.Clamp });
        int[][] expected = [.. Enumerable.Range(0, 300).Select(i => One(alone, i))];

        var found = new int[300][];
        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => found[i] = One(shared, i));

        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task A_batch_in_a_mode_gives_the_ids_of_each_chunk_alone_and_names_the_first_that_is_refused()
    {
        var shape = new ActionShape(20, 3);
        FastActionTokenizer tokenizer = await MakeAsync("integer", shape);
        var random = new Random(6);
        double[][] chunks = [.. Enumerable.Range(0, 40).Select(_ => Smooth(random, shape, 1))];
        var options = new EncodeOptions { Mode = EncodeMode.MaxError(0.3) };
        double[] all = [.. chunks.SelectMany(chunk => chunk)];
        float[] single = [.. all.Select(value => (float)value)];

        Assert.Equal(chunks.Select(chunk => Encode(tokenizer, chunk, shape, options)), tokenizer.EncodeBatch(all, shape, options));
        Assert.Equal(
            chunks.Select((_, i) => Encode(tokenizer, single.AsSpan(i * shape.Count, shape.Count), shape, options)),
            tokenizer.EncodeBatch(single, shape, options));

        all[(17 * shape.Count) + 2] = all[(31 * shape.Count) + 2] = 50;
        var refused = Assert.Throws<ErrorBoundException>(() => tokenizer.EncodeBatch(all, shape, options));
        Assert.StartsWith("chunk 17: the largest error of dimension 2", refused.Message, StringComparison.Ordinal);
    }

    private static void Check(FastActionTokenizer tokenizer, double[] chunk, ActionShape shape, EncodeOptions options)
    {
        float[] single = [.. chunk.Select(value => (float)value)];
        string what = $"{options.Mode}, {options.OutOfRange}, {shape}, chunk {string.Join(' ', chunk.Take(5))}";
        int[]? ids = Try(() => Encode(tokenizer, chunk, shape, options), what);
        if (ids is not null) Holds(tokenizer, ids, chunk, shape, options, what);
        if (single.All(float.IsFinite) && Try(() => Encode(tokenizer, single, shape, options), what) is { } fromSingle)
            Holds(tokenizer, fromSingle, [.. single.Select(value => (double)value)], shape, options, "float32 " + what);
    }

    private static void Holds(FastActionTokenizer tokenizer, int[] ids, double[] chunk, ActionShape shape, EncodeOptions options, string what)
    {
        var decoded = new double[shape.Count];
        DecodeResult result = tokenizer.TryDecode(ids, shape, decoded);
        if (options.OutOfRange == OutOfRangePolicy.Published && options.Mode == EncodeMode.Canonical) return;
        Assert.True(result.IsComplete, $"{what}: {result}");
        Assert.True(ids.Length <= tokenizer.MaxTokenCount(shape), what);
        var narrow = new float[shape.Count];
        tokenizer.Decode(ids, shape, narrow);
        string name = options.Mode.ToString();
        if (!name.StartsWith("Max", StringComparison.Ordinal)) return;

        double bound = double.Parse(name.Split('(', ')')[1].Replace("∞", "Infinity", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
        for (int d = 0; d < shape.Dimensions; d++)
        {
            double largest = 0, squares = 0;
            for (int i = d; i < chunk.Length; i += shape.Dimensions)
            {
                double error = Math.Max(Math.Abs(decoded[i] - chunk[i]), Math.Abs(narrow[i] - chunk[i]));
                largest = Math.Max(largest, error);
                squares += error * error;
            }

            double found = name.StartsWith("MaxError", StringComparison.Ordinal) ? largest : Math.Sqrt(squares / shape.Horizon);
            Assert.True(found <= bound, $"{what}: {found}");
        }
    }

    private static int[]? Try(Func<int[]> encode, string what)
    {
        try
        {
            return encode();
        }
        catch (Exception refusal) when (refusal is ArgumentException or ErrorBoundException)
        {
            Assert.False(refusal is ArgumentNullException or ArgumentOutOfRangeException, $"{what}: {refusal}");
            Assert.DoesNotContain("NaN", refusal.Message, StringComparison.Ordinal);
            if (refusal is ErrorBoundException missed) Assert.True(missed.Error > missed.Bound, $"{what}: {refusal.Message}");
            return null;
        }
    }

    private static async Task<FastActionTokenizer> MakeAsync(string kind, ActionShape shape)
    {
        if (kind is "fast_plus" or "calvin_s50") return FastActionTokenizer.Load(TestData.Locate("tokenizers", kind));
        var random = new Random(1);
        var training = new ActionShape(Math.Max(shape.Horizon + 10, 60), shape.Dimensions);
        Episode[] episodes = [.. Enumerable.Range(0, 4).Select(i => new Episode($"e{i}", Smooth(random, training, 1), shape.Dimensions))];
        var options = new TrainingOptions
        {
            Horizon = shape.Horizon,
            Scale = kind == "narrow" ? 1 : 10,
            Vocabulary = new BpeTrainerOptions { VocabularySize = 700 },
            Alphabet = kind == "byte-level" ? AlphabetKind.ByteLevel : AlphabetKind.Integer,
            Order = kind == "dimension-major" ? CoefficientOrder.DimensionMajor : CoefficientOrder.FrequencyMajor,
            Normalization = kind switch
            {
                "clipped" => NormalizationOptions.Named("lerobot"),
                "raw" => new NormalizationOptions { Method = NormalizationMethod.Identity },
                _ => new NormalizationOptions(),
            },
        };
        return (await new ActionTokenizerTrainer(options).TrainAsync(new EpisodeList(episodes))).Tokenizer;
    }

    private static double[] Chunk(Random random, ActionShape shape, int kind) => (kind % 7) switch
    {
        0 => Smooth(random, shape, 1),
        1 => Smooth(random, shape, 1e-320),
        2 => Smooth(random, shape, 1e300),
        3 => [.. Enumerable.Repeat(-0.0, shape.Count)],
        4 => [.. Enumerable.Range(0, shape.Count).Select(_ => Math.ScaleB(random.NextDouble() - 0.5, random.Next(-1060, 1000)))],
        5 => Smooth(random, shape, 30),
        _ => [.. Enumerable.Range(0, shape.Count).Select(i => (i & 1) == 0 ? 1.0 : -1.0)],
    };

    // The last of several dimensions is constant.
    private static double[] Smooth(Random random, ActionShape shape, double size)
    {
        var values = new double[shape.Count];
        for (int d = 0; d < shape.Dimensions; d++)
        {
            double pace = random.NextDouble() * 0.3, phase = random.NextDouble() * 6;
            for (int t = 0; t < shape.Horizon; t++)
            {
                values[(t * shape.Dimensions) + d] = shape.Dimensions > 1 && d == shape.Dimensions - 1
                    ? 0.25 * size
                    : size * Math.Sin((pace * t) + phase);
            }
        }

        return values;
    }

    private static int[] Encode(FastActionTokenizer tokenizer, ReadOnlySpan<double> chunk, ActionShape shape, EncodeOptions options)
    {
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        return tokens[..tokenizer.Encode(chunk, shape, tokens, options).Count];
    }

    private static int[] Encode(FastActionTokenizer tokenizer, ReadOnlySpan<float> chunk, ActionShape shape, EncodeOptions options)
    {
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        return tokens[..tokenizer.Encode(chunk, shape, tokens, options).Count];
    }
}
