using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests;

public sealed class FastActionTokenizerTests
{
    // The check by hand: the first dimension rises by 0.2 a step, the second rests at 0.4.
    private static readonly double[] _byHand = [0, 0.4, 0.2, 0.4, 0.4, 0.4, 0.6, 0.4];
    private static readonly ActionShape _byHandShape = new(4, 2);

    [Fact]
    public void A_chunk_calculated_by_hand_gives_its_coefficients()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(min: -4, max: 8, merges: 0);

        float[] single = SampleTokenizers.ToSingle(_byHand);

        Assert.Equal([6, 8, -4, 0, 0, 0, 0, 0], tokenizer.Encode(_byHand, _byHandShape).Select(id => id - 4));
        Assert.Equal([6, 8, -4, 0, 0, 0, 0, 0], tokenizer.Encode(single, _byHandShape).Select(id => id - 4));
    }

    [Fact]
    public void Merges_join_the_coefficients_of_the_chunk_calculated_by_hand()
    {
        // Ids 0 to 12 are the coefficients -4 to 8.
        BpeMerge[] merges = [new(4, 4, 13), new(13, 13, 14), new(10, 12, 15), new(15, 0, 16)];
        FastTokenizerDefinition definition = SampleTokenizers.Definition(min: -4, max: 8, merges: 0);
        var tokenizer = new FastActionTokenizer(definition with { Vocabulary = new(13, merges) });

        Assert.Equal([16, 14, 4], tokenizer.Encode(_byHand, _byHandShape));
        Assert.Equal(17, tokenizer.VocabularySize);
        Assert.Equal(8, tokenizer.MaxTokenCount(_byHandShape));
    }

    [Fact]
    public void Dimension_major_order_lays_out_the_same_coefficients_dimension_by_dimension()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(min: -4, max: 8, merges: 0, order: CoefficientOrder.DimensionMajor);

        Assert.Equal([6, -4, 0, 0, 8, 0, 0, 0], tokenizer.Encode(_byHand, _byHandShape).Select(id => id - 4));
    }

    [Fact]
    public void Both_orders_decode_to_the_same_actions()
    {
        var random = new Random(3);
        FastActionTokenizer frequency = SampleTokenizers.Tokenizer();
        FastActionTokenizer dimension = SampleTokenizers.Tokenizer(order: CoefficientOrder.DimensionMajor);
        for (int round = 0; round < Rounds.Of(50); round++)
        {
            var shape = new ActionShape(random.Next(1, 61), random.Next(1, 21));
            double[] actions = SampleTokenizers.Motion(random, shape);
            var first = new double[shape.Count];
            var second = new double[shape.Count];

            Assert.True(frequency.TryDecode(frequency.Encode(actions, shape), shape, first).IsComplete);
            Assert.True(dimension.TryDecode(dimension.Encode(actions, shape), shape, second).IsComplete);

            Assert.Equal(first, second);
        }
    }

    [Theory]
    [InlineData(0.25, 2)]
    [InlineData(0.35, 4)]
    [InlineData(-0.25, -2)]
    [InlineData(-0.35, -4)]
    [InlineData(0.26, 3)]
    public void A_single_value_is_its_own_coefficient_and_halves_go_to_even(double value, int coefficient)
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(merges: 0);
        var decoded = new double[1];

        int[] tokens = tokenizer.Encode([value], new ActionShape(1, 1));

        Assert.Equal([coefficient + 120], tokens);
        Assert.True(tokenizer.TryDecode(tokens, new(1, 1), decoded).IsComplete);
        Assert.Equal(coefficient / 10.0, decoded[0]);
    }

    [Fact]
    public void The_round_trip_error_of_any_shape_and_normalization_stays_within_half_a_step()
    {
        NormalizationMethod?[] methods = [null, .. Enum.GetValues<NormalizationMethod>()];
        var random = new Random(11);
        foreach (double scale in new[] { 1, 7.5, 10, 50 })
        {
            FastTokenizerDefinition definition = SampleTokenizers.Definition(scale, -3000, 3000);
            for (int round = 0; round < Rounds.Of(120); round++)
            {
                var shape = new ActionShape(random.Next(1, 61), random.Next(1, 21));
                ActionNormalizer? normalizer = methods[round % methods.Length] is { } method
                    ? new(SampleTokenizers.Statistics(shape.Dimensions), new() { Method = method })
                    : null;
                double[] actions = SampleTokenizers.Motion(random, shape);
                if (normalizer is not null) normalizer.Denormalize(actions, actions);

                double rmse = RmseNormalized(new(definition with { Normalizer = normalizer }), actions, shape, out int clipped);

                Assert.Equal(0, clipped);
                Assert.InRange(rmse, 0, (0.5 / scale) + 1e-9);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Recorded_motion_that_was_trained_on_is_never_clipped_and_comes_back_within_half_a_step(string name)
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get(name);
        foreach (ReadOnlyMemory<double> window in RecordedTokenizers.TrainingWindows(name).Take(100))
        {
            double rmse = RmseNormalized(tokenizer, window.ToArray(), RecordedTokenizers.Shape(name), out int clipped);

            Assert.Equal(0, clipped);
            Assert.InRange(rmse, 0, 0.05 + 1e-9);
        }
    }

    public static TheoryData<string> Recordings => [.. RecordedActions.Names];

    [Fact]
    public void Single_and_double_precision_give_the_same_ids_and_actions()
    {
        var random = new Random(5);
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(normalizer: new(SampleTokenizers.Statistics(6), new()));
        for (int round = 0; round < Rounds.Of(100); round++)
        {
            var shape = new ActionShape(random.Next(1, 40), 6);
            float[] single = SampleTokenizers.ToSingle(Physical(tokenizer, random, shape));
            double[] wide = Array.ConvertAll(single, value => (double)value);
            int[] tokens = tokenizer.Encode(single, shape);
            var decodedSingle = new float[shape.Count];
            var decodedWide = new double[shape.Count];

            Assert.Equal(tokens, tokenizer.Encode(wide, shape));
            Assert.True(tokenizer.TryDecode(tokens, shape, decodedSingle).IsComplete);
            Assert.True(tokenizer.TryDecode(tokens, shape, decodedWide).IsComplete);
            Assert.Equal(SampleTokenizers.ToSingle(decodedWide), decodedSingle);
        }
    }

    [Fact]
    public void Two_dimensional_arrays_give_what_spans_give()
    {
        var metadata = new ActionMetadata { Horizon = 4, Dimensions = 2 };
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(metadata: metadata);
        float[,] actions = { { 0, 0.4f }, { 0.2f, 0.4f }, { 0.4f, 0.4f }, { 0.6f, 0.4f } };
        var flat = new float[8];

        int[] tokens = tokenizer.Encode(actions);
        float[,] decoded = tokenizer.Decode(tokens);

        Assert.Equal(tokenizer.Encode(SampleTokenizers.ToSingle(_byHand), _byHandShape), tokens);
        Assert.True(tokenizer.TryDecode(tokens, _byHandShape, flat).IsComplete);
        Assert.Equal((4, 2), (decoded.GetLength(0), decoded.GetLength(1)));
        Assert.Equal(flat, decoded.Cast<float>());
    }

    [Theory]
    [InlineData(0, 7)]
    [InlineData(5, 0)]
    [InlineData(0, 0)]
    public void An_empty_array_is_named(int horizon, int dimensions)
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();

        Refusal.Says<ArgumentException>(
            $"the array [{horizon},{dimensions}] is empty", () => tokenizer.Encode(new float[horizon, dimensions]));
    }

    [Fact]
    public void The_shape_must_be_known_to_decode_without_one()
    {
        Refusal.Says<InvalidOperationException>("pass an ActionShape", () => SampleTokenizers.Tokenizer().Decode([1]));
        Refusal.Says<InvalidOperationException>(
            "pass an ActionShape", () => SampleTokenizers.Tokenizer(metadata: new() { Dimensions = 2 }).Decode([1]));
    }

    [Fact]
    public void A_span_of_exactly_the_tokens_is_enough_and_a_longer_one_changes_nothing()
    {
        var random = new Random(13);
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();
        for (int round = 0; round < Rounds.Of(100); round++)
        {
            var shape = new ActionShape(random.Next(1, 40), random.Next(1, 10));
            double[] actions = SampleTokenizers.Motion(random, shape);
            var longer = new int[shape.Count + 13];
            Array.Fill(longer, -7);
            int count = tokenizer.Encode(actions, shape, longer).Count;
            var exact = new int[count];

            Assert.Equal(new EncodeResult(count, 0), tokenizer.Encode(actions, shape, exact));
            Assert.Equal(longer[..count], exact);
            Assert.Equal(longer[..count], tokenizer.Encode(actions, shape));
            Assert.All(longer[shape.Count..], id => Assert.Equal(-7, id));
        }
    }

    [Fact]
    public void A_span_one_too_short_is_refused_with_both_lengths()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();
        int count = tokenizer.Encode(_byHand, _byHandShape).Length;

        Refusal.Says<ArgumentException>(
            $"{count} tokens, the span holds {count - 1}", () => tokenizer.Encode(_byHand, _byHandShape, new int[count - 1]));
        Refusal.Says<ArgumentException>(
            $"{count} tokens, the span holds 0", () => tokenizer.Encode(SampleTokenizers.ToSingle(_byHand), _byHandShape, []));
    }

    [Fact]
    public void Many_threads_and_more_horizons_than_are_kept_give_the_same_ids()
    {
        Rounds.SkipIfFew();
        FastTokenizerDefinition definition = SampleTokenizers.Definition();
        var random = new Random(17);
        ActionShape[] shapes = [.. Enumerable.Range(1, 40).Select(horizon => new ActionShape(horizon, 1 + (horizon * 7 % 19)))];
        double[][] chunks = [.. shapes.Select(shape => SampleTokenizers.Motion(random, shape))];
        int[][] tokens = [.. shapes.Select((shape, i) => new FastActionTokenizer(definition).Encode(chunks[i], shape))];
        double[][] decoded = [.. shapes.Select((shape, i) => Decode(new(definition), tokens[i], shape))];
        var shared = new FastActionTokenizer(definition);

        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            // Each thread stays with a few horizons for a while, then moves on.
            int k = (i / 5 % 37) + (i % 3);
            Assert.Equal(tokens[k], shared.Encode(chunks[k], shapes[k]));
            Assert.Equal(decoded[k], Decode(shared, tokens[k], shapes[k]));
        });
    }

    [Theory]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    [InlineData(double.NegativeInfinity, false)]
    [InlineData(double.NaN, true)]
    [InlineData(double.PositiveInfinity, true)]
    [InlineData(double.NegativeInfinity, true)]
    public void A_value_that_is_not_finite_is_named_by_step_and_dimension(double value, bool normalized)
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(
            normalizer: normalized ? new(SampleTokenizers.Statistics(5), new() { Clip = true }) : null);
        var shape = new ActionShape(9, 5);
        for (int i = 0; i < shape.Count; i++)
        {
            double[] actions = Physical(tokenizer, new(i), shape);
            actions[i] = value;
            string place = $"step {i / 5}, dimension {i % 5} is {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

            Refusal.Says<ArgumentException>(place, () => tokenizer.Encode(actions, shape));
            Refusal.Says<ArgumentException>(place, () => tokenizer.Encode(SampleTokenizers.ToSingle(actions), shape));
        }
    }

    [Fact]
    public void A_length_that_is_not_that_of_the_shape_is_named()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();

        foreach (int length in new[] { 0, 7, 9 })
        {
            string message = $"{length} values are not a chunk of [4,2]";
            Refusal.Says<ArgumentException>(message, () => tokenizer.Encode(new double[length], _byHandShape));
            Refusal.Says<ArgumentException>(message, () => tokenizer.Encode(new float[length], _byHandShape));
            Refusal.Says<ArgumentException>(message, () => tokenizer.TryDecode([1], _byHandShape, new double[length]));
            Refusal.Says<ArgumentException>(message, () => tokenizer.TryDecode([1], _byHandShape, new float[length]));
        }

        Refusal.Says<ArgumentException>("0 values are not a chunk of [0,0]", () => tokenizer.Encode(Array.Empty<double>(), default));
    }

    [Fact]
    public void A_chunk_of_other_dimensions_than_the_statistics_is_named()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(normalizer: new(SampleTokenizers.Statistics(4), new()));

        // 8 values are whole steps of 4 dimensions too: only the shape tells.
        const string Message = "the chunk [4,2] has 2 dimensions, the tokenizer's statistics 4";
        Refusal.Says<ArgumentException>(Message, () => tokenizer.Encode(new double[8], new ActionShape(4, 2)));
        Refusal.Says<ArgumentException>(Message, () => tokenizer.Encode(new float[4, 2]));
        Refusal.Says<ArgumentException>(Message, () => tokenizer.TryDecode([1], new(4, 2), new double[8]));
        Refusal.Says<ArgumentException>(Message, () => tokenizer.Decode([1], new(4, 2), new float[8], Tokenizer.Decoding.DecodePolicy.Prefix));
    }

    [Fact]
    public void Clipping_counts_values_and_coefficients_and_can_be_refused()
    {
        var refuse = new EncodeOptions { OutOfRange = OutOfRangePolicy.Refuse };
        var statistics = new ActionStatistics(q01: [-1, -1], q99: [1, 1]);
        FastActionTokenizer narrow = SampleTokenizers.Tokenizer(min: -4, max: 7, merges: 0);
        FastActionTokenizer clipping = SampleTokenizers.Tokenizer(merges: 0, normalizer: new(statistics, new() { Clip = true }));
        double[] outside = [0, 0.5, 1.5, -2, 0.25, 0];
        var tokens = new int[8];

        // Of the coefficients 6 8 -4 0 0 0 0 0 one is above 7.
        Assert.Equal(new EncodeResult(8, 1), narrow.Encode(_byHand, _byHandShape, tokens));
        Assert.Equal([6, 7, -4, 0, 0, 0, 0, 0], tokens.Select(id => id - 4));
        Assert.Equal(2, clipping.Encode(outside, new(3, 2), tokens).Clipped);

        Refusal.Says<ArgumentException>(
            "coefficient 8 at index 1 is not between -4 and 7", () => narrow.Encode(_byHand, _byHandShape, tokens, refuse));
        Refusal.Says<ArgumentException>(
            "2 values lie outside", () => clipping.Encode(SampleTokenizers.ToSingle(outside), new(3, 2), tokens, refuse));
        Assert.Equal(0, clipping.Encode(_byHand, _byHandShape, tokens, refuse).Clipped);
        Assert.Equal(0, narrow.Encode(new float[8], _byHandShape, tokens, refuse).Clipped);
    }

    [Fact]
    public void Clipping_moves_values_to_the_ends_of_the_range()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(normalizer: new(new(q01: [-3], q99: [5]), new() { Clip = true }));

        Assert.Equal(tokenizer.Encode([5, -3, 5, 1], new ActionShape(4, 1)), tokenizer.Encode([6, -100, 1e90, 1], new ActionShape(4, 1)));
    }

    [Fact]
    public void A_dimension_that_never_moved_comes_back_exactly()
    {
        double[] constants = [0.1, -1e-7, 7.3, 123456.789, 0];
        var statistics = new ActionStatistics(min: constants, max: constants, q01: constants, q99: constants);
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(normalizer: new(statistics, new()));
        var shape = new ActionShape(17, 5);
        double[] actions = [.. Enumerable.Range(0, shape.Count).Select(i => constants[i % 5])];
        var single = new float[shape.Count];

        int[] tokens = tokenizer.Encode(actions, shape);

        Assert.Equal(actions, Decode(tokenizer, tokens, shape));
        Assert.True(tokenizer.TryDecode(tokens, shape, single).IsComplete);
        Assert.Equal(SampleTokenizers.ToSingle(actions), single);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_named()
    {
        FastTokenizerDefinition good = SampleTokenizers.Definition(merges: 0, normalizer: new(SampleTokenizers.Statistics(3), new()));
        void Refused(string message, FastTokenizerDefinition bad) => Assert.Contains(
            message, Assert.ThrowsAny<ArgumentException>(() => new FastActionTokenizer(bad)).Message, StringComparison.Ordinal);

        Refused("241 symbols, the alphabet has 11", good with { Alphabet = new IntegerAlphabet(-5, 5) });
        Refused("the scale is NaN", good with { Scale = double.NaN });
        Refused("the coefficient order 9", good with { Order = (CoefficientOrder)9 });
        Refused("of 3 dimensions, the metadata says 4", good with { Metadata = new() { Dimensions = 4 } });
        Refused("horizon", good with { Metadata = new() { Horizon = 0 } });
        Refused("has more than", good with { Normalizer = null, Metadata = new() { Horizon = 1 << 20, Dimensions = 1 << 20 } });
        Refused("a rate of -5 steps", good with { Metadata = new() { Rate = -5 } });
        Refused("a rate of Infinity", good with { Metadata = new() { Rate = double.PositiveInfinity } });
        Refused("there are 2 names for 3 dimensions", good with { Metadata = new() { DimensionNames = ["x", "y"] } });
        Refused("there are 4 units for 3", good with { Metadata = new() { DimensionUnits = ["m", "m", "m", "rad"] } });
        Refused("one of the names is missing", good with { Metadata = new() { DimensionNames = ["x", null!, "z"] } });
        Refused("one of the encoded dimensions", good with { Metadata = new() { EncodedDimensions = [0, -1, 2] } });
        Assert.Equal(241, new FastActionTokenizer(good).VocabularySize);
    }

    [Fact]
    public void Null_is_refused_by_name()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();

        Assert.Throws<ArgumentNullException>("definition", () => new FastActionTokenizer(null!));
        Assert.Throws<ArgumentNullException>("actions", () => tokenizer.Encode(null!));
        Assert.Throws<ArgumentNullException>("tokens", () => tokenizer.Decode(null!));
        Assert.Throws<ArgumentNullException>("options", () => tokenizer.Encode(new double[8], _byHandShape, new int[8], null!));
        Assert.Throws<ArgumentNullException>("options", () => tokenizer.Encode(new float[8], _byHandShape, new int[8], null!));
    }

    private static double[] Decode(FastActionTokenizer tokenizer, int[] tokens, ActionShape shape)
    {
        var actions = new double[shape.Count];
        Assert.Equal(new DecodeResult(DecodeStatus.Complete, shape.Count, tokens.Length), tokenizer.TryDecode(tokens, shape, actions));
        return actions;
    }

    private static double[] Physical(FastActionTokenizer tokenizer, Random random, ActionShape shape)
    {
        double[] actions = SampleTokenizers.Motion(random, shape);
        tokenizer.Definition.Normalizer?.Denormalize(actions, actions);
        return actions;
    }

    // Errors in normalised units; a constant dimension has none and is left out of the sum, not of the count.
    private static double RmseNormalized(FastActionTokenizer tokenizer, double[] actions, ActionShape shape, out int clipped)
    {
        var tokens = new int[shape.Count];
        EncodeResult result = tokenizer.Encode(actions, shape, tokens);
        double[] decoded = Decode(tokenizer, tokens[..result.Count], shape);
        double sum = 0;
        for (int i = 0; i < decoded.Length; i++)
        {
            double half = tokenizer.Definition.Normalizer is { } normalizer ? normalizer.HalfRange[i % shape.Dimensions] : 1;
            double error = half == 0 ? 0 : (decoded[i] - actions[i]) / half;
            sum += error * error;
        }

        clipped = result.Clipped;
        return Math.Sqrt(sum / shape.Count);
    }
}
