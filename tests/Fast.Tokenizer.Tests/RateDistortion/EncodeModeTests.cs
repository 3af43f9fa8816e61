using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Tests.RateDistortion;

/// <summary>What the modes promise, on recorded motion.</summary>
public sealed class EncodeModeTests
{
    public static TheoryData<string> Recordings => [.. Normalization.RecordedActions.Names];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Shortest_decodes_to_the_same_bits_with_no_more_tokens(string name)
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get(name);
        ActionShape shape = RecordedTokenizers.Shape(name);
        foreach (ReadOnlyMemory<double> chunk in RecordedTokenizers.Windows(name).Take(150))
        {
            int[] canonical = Encode(tokenizer, chunk.Span, shape, EncodeMode.Canonical);
            int[] shortest = Encode(tokenizer, chunk.Span, shape, EncodeMode.Shortest);
            Assert.True(shortest.Length <= canonical.Length);
            Assert.Equal(tokenizer.Decode(canonical, shape), tokenizer.Decode(shortest, shape));
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Sampled_decodes_to_the_same_bits(string name)
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get(name);
        ActionShape shape = RecordedTokenizers.Shape(name);
        int different = 0;
        foreach (ReadOnlyMemory<double> chunk in RecordedTokenizers.Windows(name).Take(50))
        {
            int[] canonical = Encode(tokenizer, chunk.Span, shape, EncodeMode.Canonical);
            int[] sampled = Encode(tokenizer, chunk.Span, shape, EncodeMode.Sampled(3));
            Assert.Equal(tokenizer.Decode(canonical, shape), tokenizer.Decode(sampled, shape));
            different += canonical.AsSpan().SequenceEqual(sampled) ? 0 : 1;
        }

        Assert.True(different > 0);
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_higher_lambda_never_takes_more_tokens_nor_gives_less_distortion(string name)
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get(name);
        ActionShape shape = RecordedTokenizers.Shape(name);
        foreach (ReadOnlyMemory<double> chunk in RecordedTokenizers.Windows(name).Take(40))
        {
            int fewest = Encode(tokenizer, chunk.Span, shape, EncodeMode.Shortest).Length;
            foreach (double lambda in (ReadOnlySpan<double>)[0.05, 0.3, 1, 3])
            {
                int count = Encode(tokenizer, chunk.Span, shape, EncodeMode.RateDistortion(lambda)).Length;
                Assert.True(count <= fewest, $"lambda {lambda} took {count} tokens, a lower one {fewest}");
                fewest = count;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void The_largest_error_stays_within_its_bound_for_every_value(string name)
    {
        (FastActionTokenizer tokenizer, ActionShape shape, double[][] chunks, double[] bounds) = Bounded(name);
        int plain = 0, bounded = 0;
        foreach (double[] chunk in chunks)
        {
            int[] ids = Encode(tokenizer, chunk, shape, EncodeMode.MaxError(bounds));
            var decoded = new double[shape.Count];
            var single = new float[shape.Count];
            Assert.True(tokenizer.TryDecode(ids, shape, decoded).IsComplete);
            Assert.True(tokenizer.TryDecode(ids, shape, single).IsComplete);
            for (int i = 0; i < chunk.Length; i++)
            {
                double error = Math.Max(Math.Abs(decoded[i] - chunk[i]), Math.Abs(single[i] - chunk[i]));
                Assert.True(error <= bounds[i % shape.Dimensions], $"value {i} is off by {error}, the bound is {bounds[i % shape.Dimensions]}");
            }

            bounded += ids.Length;
            plain += Encode(tokenizer, chunk, shape, EncodeMode.Canonical).Length;
        }

        Assert.True(bounded < plain, $"{bounded} tokens within bounds that plain encoding keeps, {plain} in plain encoding");
    }

    // Bounds without a look at what the tokenizer reaches: some chunks are refused, none of the others breaks its bound.
    [Theory]
    [MemberData(nameof(Recordings))]
    public void No_chunk_of_a_whole_recording_breaks_its_bound(string name)
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get(name);
        ActionShape shape = RecordedTokenizers.Shape(name);
        double[] bounds = [.. tokenizer.Definition.Normalizer!.HalfRange.ToArray().Select(half => Math.Max(1e-9, 0.12 * half))];
        ReadOnlyMemory<double>[] chunks = [.. RecordedTokenizers.Windows(name).Where((_, i) => i % 5 == 0)];
        int kept = 0;
        Parallel.ForEach(chunks, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken }, chunk =>
        {
            int[] ids;
            try
            {
                ids = Encode(tokenizer, chunk.Span, shape, EncodeMode.MaxError(bounds));
            }
            catch (ErrorBoundException refused)
            {
                Assert.True(refused.Error > refused.Bound);
                return;
            }

            Interlocked.Increment(ref kept);
            var decoded = new double[shape.Count];
            Assert.True(tokenizer.TryDecode(ids, shape, decoded).IsComplete);
            for (int i = 0; i < decoded.Length; i++)
                Assert.InRange(Math.Abs(decoded[i] - chunk.Span[i]), 0, bounds[i % shape.Dimensions]);
        });
        Assert.True(kept > 0, $"all {chunks.Length} chunks were refused");
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void The_rmse_of_each_dimension_stays_within_its_bound(string name)
    {
        (FastActionTokenizer tokenizer, ActionShape shape, double[][] chunks, double[] bounds) = Bounded(name);
        foreach (double[] chunk in chunks)
        {
            int[] ids = Encode(tokenizer, chunk, shape, EncodeMode.MaxRmse(bounds));
            var decoded = new double[shape.Count];
            Assert.True(tokenizer.TryDecode(ids, shape, decoded).IsComplete);
            for (int d = 0; d < shape.Dimensions; d++)
            {
                double squares = 0;
                for (int i = d; i < chunk.Length; i += shape.Dimensions) squares += (decoded[i] - chunk[i]) * (decoded[i] - chunk[i]);
                Assert.True(Math.Sqrt(squares / shape.Horizon) <= bounds[d]);
            }
        }
    }

    [Fact]
    public void A_bound_that_the_scale_cannot_reach_is_refused_with_the_scale_that_may()
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get("aloha_sim_insertion_human");
        ActionShape shape = RecordedTokenizers.Shape("aloha_sim_insertion_human");
        double[] chunk = RecordedTokenizers.Windows("aloha_sim_insertion_human").ElementAt(3).ToArray();
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        var refused = Assert.Throws<ErrorBoundException>(
            () => tokenizer.Encode(chunk, shape, tokens, new EncodeOptions { Mode = EncodeMode.MaxError(1e-6) }));
        Assert.True(refused.Error > refused.Bound);
        Assert.Equal(1e-6, refused.Bound);
        Assert.Contains($"dimension {refused.Dimension}", refused.Message);
        Assert.Contains("scale of about", refused.Message);
    }

    [Fact]
    public void Wrong_parameters_are_named()
    {
        Assert.Contains("-1", Assert.Throws<ArgumentOutOfRangeException>(() => EncodeMode.RateDistortion(-1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => EncodeMode.RateDistortion(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => EncodeMode.RateDistortion(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => EncodeMode.Sampled(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => EncodeMode.Sampled(1, double.NaN));
        Assert.Throws<ArgumentException>(() => EncodeMode.MaxError());
        Assert.Contains("bound 1", Assert.Throws<ArgumentException>(() => EncodeMode.MaxRmse(1, 0)).Message);

        FastActionTokenizer tokenizer = RecordedTokenizers.Get("pusht");
        ActionShape shape = RecordedTokenizers.Shape("pusht");
        double[] chunk = RecordedTokenizers.Windows("pusht").First().ToArray();
        var refused = Assert.Throws<ArgumentException>(() => Encode(tokenizer, chunk, shape, EncodeMode.MaxError(1, 1, 1)));
        Assert.Contains("3 error bounds for 2 dimensions", refused.Message);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_buffer_that_is_too_small_is_refused(EncodeMode mode)
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get("pusht");
        ActionShape shape = RecordedTokenizers.Shape("pusht");
        double[] chunk = RecordedTokenizers.Windows("pusht").First().ToArray();
        int[] ids = Encode(tokenizer, chunk, shape, mode);
        var options = new EncodeOptions { Mode = mode };
        Assert.Equal(ids.Length, tokenizer.Encode(chunk, shape, new int[ids.Length], options).Count);
        Assert.Throws<ArgumentException>(() => tokenizer.Encode(chunk, shape, new int[ids.Length - 1], options));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Nothing_is_allocated(EncodeMode mode)
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get("franka_delta_eef");
        ActionShape shape = RecordedTokenizers.Shape("franka_delta_eef");
        double[] chunk = RecordedTokenizers.Windows("franka_delta_eef").First().ToArray();
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        var options = new EncodeOptions { Mode = mode };
        Assert.Equal(0, Allocated.By(() => tokenizer.Encode(chunk, shape, tokens, options)));
    }

    [Fact]
    public void A_published_tokenizer_can_be_optimised_too()
    {
        FastActionTokenizer plus = FastActionTokenizer.Load(TestData.Locate("tokenizers", "fast_plus"));
        FastActionTokenizer recorded = RecordedTokenizers.Get("franka_delta_eef");
        ActionShape shape = RecordedTokenizers.Shape("franka_delta_eef");
        int canonical = 0, shortest = 0, optimised = 0;
        foreach (ReadOnlyMemory<double> chunk in RecordedTokenizers.Windows("franka_delta_eef").Take(100))
        {
            var normalised = new double[shape.Count];
            recorded.Normalize(chunk.Span, shape, default, normalised, []);
            int[] ids = Encode(plus, normalised, shape, EncodeMode.Canonical);
            int[] fewest = Encode(plus, normalised, shape, EncodeMode.Shortest);
            int[] cheap = Encode(plus, normalised, shape, EncodeMode.RateDistortion(1));
            Assert.Equal(plus.Decode(ids, shape), plus.Decode(fewest, shape));
            Assert.Equal(shape.Count, plus.Decode(cheap, shape).Length);
            canonical += ids.Length;
            shortest += fewest.Length;
            optimised += cheap.Length;
        }

        Assert.True(optimised < shortest && shortest <= canonical, $"{optimised}, {shortest}, {canonical} tokens");
    }

    public static TheoryData<EncodeMode> Modes =>
        [EncodeMode.Canonical, EncodeMode.Shortest, EncodeMode.RateDistortion(0.7), EncodeMode.Sampled(4), EncodeMode.MaxError(50), EncodeMode.MaxRmse(50)];

    // Per dimension, a bound above what plain encoding reaches in any of the chunks.
    private static (FastActionTokenizer Tokenizer, ActionShape Shape, double[][] Chunks, double[] Bounds) Bounded(string name)
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get(name);
        ActionShape shape = RecordedTokenizers.Shape(name);
        double[][] chunks = [.. RecordedTokenizers.TrainingWindows(name).Take(name == "adroit_door" ? 4 : 20).Select(chunk => chunk.ToArray())];
        var bounds = new double[shape.Dimensions];
        foreach (double[] chunk in chunks)
        {
            double[] decoded = [.. tokenizer.Decode(Encode(tokenizer, chunk, shape, EncodeMode.Canonical), shape)];
            for (int i = 0; i < chunk.Length; i++)
            {
                double error = Math.Abs(decoded[i] - chunk[i]);
                bounds[i % shape.Dimensions] = Math.Max(bounds[i % shape.Dimensions], (1.3 * error) + 1e-6);
            }
        }

        return (tokenizer, shape, chunks, bounds);
    }

    private static int[] Encode(FastActionTokenizer tokenizer, ReadOnlySpan<double> chunk, ActionShape shape, EncodeMode mode)
    {
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        return tokens[..tokenizer.Encode(chunk, shape, tokens, new EncodeOptions { Mode = mode }).Count];
    }
}
