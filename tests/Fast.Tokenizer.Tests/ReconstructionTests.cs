using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Tests.Quantization;
using Fast.Tokenizer.Tests.Transform;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests;

/// <summary>A tokenizer with reconstruction points: every way to decode uses them, and encoders reckon with them.</summary>
public sealed class ReconstructionTests
{
    private const int Dimensions = 3;

    public static TheoryData<CoefficientOrder, bool> Kinds => new()
    {
        { CoefficientOrder.FrequencyMajor, false },
        { CoefficientOrder.FrequencyMajor, true },
        { CoefficientOrder.DimensionMajor, false },
        { CoefficientOrder.DimensionMajor, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_way_to_decode_gives_the_inverse_of_the_points(CoefficientOrder order, bool normalized)
    {
        var random = new Random(13);
        FastActionTokenizer tokenizer = Tokenizer(random, order, normalized);
        for (int round = 0; round < Rounds.Of(40); round++)
        {
            var shape = new ActionShape(round % 3 == 0 ? 12 : random.Next(1, 30), Dimensions);
            int[] ids = tokenizer.Encode(Motion(random, tokenizer, shape), shape);
            double[] expected = Expected(tokenizer, ids, shape);

            var wide = new double[shape.Count];
            var single = new float[shape.Count];
            Assert.True(tokenizer.TryDecode(ids, shape, wide).IsComplete);
            Assert.True(tokenizer.TryDecode(ids, shape, single).IsComplete);
            Near(expected, wide);
            Assert.Equal(wide.Select(value => (float)value), single);

            var batch = new double[2 * shape.Count];
            tokenizer.DecodeBatch([ids, ids], shape, batch);
            Assert.Equal([.. wide, .. wide], batch);

            var held = new double[shape.Count];
            tokenizer.Decode(ids, shape, held, DecodePolicy.Hold, new double[shape.Count]);
            Assert.Equal(wide, held);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_prefix_and_every_push_gives_the_inverse_of_the_points_so_far(CoefficientOrder order, bool normalized)
    {
        var random = new Random(17);
        FastActionTokenizer tokenizer = Tokenizer(random, order, normalized);
        for (int round = 0; round < Rounds.Of(12); round++)
        {
            var shape = new ActionShape(round % 3 == 0 ? 12 : random.Next(1, 30), Dimensions);
            int[] ids = tokenizer.Encode(Motion(random, tokenizer, shape), shape);
            var decoder = new StreamingActionDecoder(tokenizer, shape);
            for (int count = 1; count <= ids.Length; count++)
            {
                double[] expected = Expected(tokenizer, ids[..count], shape);
                double[] prefix = new double[shape.Count], pushed = new double[shape.Count];
                tokenizer.Decode(ids.AsSpan(0, count), shape, prefix, DecodePolicy.Prefix);
                decoder.Push(ids[count - 1]);
                decoder.Read(pushed);
                Near(expected, prefix);
                Near(expected, pushed);
                if (count == ids.Length) Assert.Equal(prefix, pushed);
            }
        }
    }

    [Fact]
    public void A_prior_chunk_is_replaced_by_the_points()
    {
        var random = new Random(19);
        FastActionTokenizer tokenizer = Tokenizer(random, CoefficientOrder.FrequencyMajor, normalized: false);
        var shape = new ActionShape(12, Dimensions);
        int[] ids = tokenizer.Encode(SampleTokenizers.Motion(random, shape), shape);
        double[] prior = SampleTokenizers.Motion(random, shape);
        double[] coefficients = new DctReference(shape.Horizon).Forward(prior, Dimensions);
        var decoder = new StreamingActionDecoder(tokenizer, shape, prior);
        foreach (int id in ids.AsSpan(0, ids.Length / 2)) decoder.Push(id);

        double[] points = Coefficients(tokenizer, ids[..(ids.Length / 2)], shape, out int received);
        points.AsSpan(0, received).CopyTo(coefficients);
        var read = new double[shape.Count];
        decoder.Read(read);
        Near(new DctReference(shape.Horizon).Inverse(coefficients, Dimensions), read);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Ids_of_modes_that_only_write_the_nearest_integers_are_as_without_points(CoefficientOrder order, bool normalized)
    {
        var random = new Random(23);
        FastActionTokenizer tokenizer = Tokenizer(random, order, normalized);
        var plain = new FastActionTokenizer(tokenizer.Definition with { Reconstruction = null });
        var shape = new ActionShape(12, Dimensions);
        for (int round = 0; round < Rounds.Of(50); round++)
        {
            double[] chunk = Motion(random, tokenizer, shape);
            foreach (EncodeMode mode in (ReadOnlySpan<EncodeMode>)[EncodeMode.Canonical, EncodeMode.Shortest, EncodeMode.Sampled(9)])
                Assert.Equal(Encode(plain, chunk, shape, mode), Encode(tokenizer, chunk, shape, mode));
        }
    }

    [Theory]
    [InlineData(CoefficientOrder.FrequencyMajor)]
    [InlineData(CoefficientOrder.DimensionMajor)]
    public void RateDistortion_is_the_best_of_all_choices_for_the_decoder_with_points(CoefficientOrder order)
    {
        Rounds.SkipIfFew();
        var random = new Random(29);
        FastTokenizerDefinition[] vocabularies =
            [.. ((int[])[0, 8, 20, 40]).Select(merges => SampleTokenizers.Definition(2, -6, 6, merges, order))];
        int unlike = 0;
        for (int round = 0; round < 600; round++)
        {
            var shape = new ActionShape(random.Next(1, 4), random.Next(1, 3));
            FastTokenizerDefinition definition = vocabularies[random.Next(vocabularies.Length)] with
            {
                Reconstruction = ReconstructionPointsTests.Random(random, shape),
            };
            var tokenizer = new FastActionTokenizer(definition);
            double lambda = random.Next(2) == 0 ? 0.3 : random.NextDouble() * 2;
            double[] chunk = [.. SampleTokenizers.Motion(random, shape).Select(value => value * 1.5)];
            double[] exact =
                [.. new DctReference(shape.Horizon).Forward(chunk, shape.Dimensions).Select(value => value * definition.Scale)];

            int[] ids = Encode(tokenizer, chunk, shape, EncodeMode.RateDistortion(lambda));
            int[] plain = Encode(new(definition with { Reconstruction = null }), chunk, shape, EncodeMode.RateDistortion(lambda));
            double least = Least(definition, exact, shape, lambda);
            Assert.Equal(least, Cost(tokenizer, ids, exact, shape, lambda), 1e-4);
            unlike += Cost(tokenizer, plain, exact, shape, lambda) > least + 1e-3 ? 1 : 0;
        }

        // Choosing for integers is not choosing for points: the test would not pass by ignoring them.
        Assert.True(unlike > 50, $"only {unlike} chunks are encoded better with a look at the points");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bounds_on_the_error_hold_for_what_is_decoded(CoefficientOrder order, bool normalized)
    {
        Rounds.SkipIfFew();
        var random = new Random(31);
        FastActionTokenizer tokenizer = Tokenizer(random, order, normalized);
        var shape = new ActionShape(12, Dimensions);
        int held = 0, refused = 0;
        for (int round = 0; round < 120; round++)
        {
            double[] chunk = Motion(random, tokenizer, shape), decoded = new double[shape.Count];
            double[] bounds = [.. Units(tokenizer).Select(unit => unit * (0.02 + (random.NextDouble() * 0.15)))];
            bool largest = round % 2 == 0;
            int[] ids;
            try
            {
                ids = Encode(tokenizer, chunk, shape, largest ? EncodeMode.MaxError(bounds) : EncodeMode.MaxRmse(bounds));
            }
            catch (ErrorBoundException)
            {
                refused++;
                continue;
            }

            held++;
            Assert.True(tokenizer.TryDecode(ids, shape, decoded).IsComplete);
            for (int d = 0; d < Dimensions; d++)
            {
                double[] errors =
                    [.. decoded.Zip(chunk, (a, b) => Math.Abs(a - b)).Where((_, i) => i % Dimensions == d)];
                double error = largest ? errors.Max() : Math.Sqrt(errors.Average(e => e * e));
                Assert.InRange(error, 0, bounds[d]);
            }
        }

        Assert.True(held > 20 && refused > 5, $"{held} held, {refused} refused");
    }

    // The nearest integer of 0.6 steps is 1, which is decoded as 1.49; zero is nearer.
    [Fact]
    public void A_bound_that_the_nearest_integer_misses_is_reached_by_its_neighbour()
    {
        FastTokenizerDefinition definition = SampleTokenizers.Definition(10, -6, 6, 0) with
        {
            Reconstruction = new ReconstructionPoints(new ActionShape(1, 1), 1, [-0.49]),
        };
        var tokenizer = new FastActionTokenizer(definition);
        var shape = new ActionShape(1, 1);
        double[] chunk = [0.06], decoded = new double[1];
        tokenizer.TryDecode(Encode(tokenizer, chunk, shape, EncodeMode.Canonical), shape, decoded);
        Assert.Equal(0.149, decoded[0], 1e-12);
        tokenizer.TryDecode(Encode(tokenizer, chunk, shape, EncodeMode.MaxError(0.07)), shape, decoded);
        Assert.Equal(0, decoded[0]);
        Assert.Throws<ErrorBoundException>(() => Encode(tokenizer, chunk, shape, EncodeMode.MaxError(0.05)));
    }

    [Fact]
    public void Neither_direction_allocates()
    {
        var random = new Random(37);
        FastActionTokenizer tokenizer = Tokenizer(random, CoefficientOrder.FrequencyMajor, normalized: true);
        var shape = new ActionShape(12, Dimensions);
        double[] chunk = Motion(random, tokenizer, shape);
        int[] ids = tokenizer.Encode(chunk, shape), tokens = new int[tokenizer.MaxTokenCount(shape)];
        var options = new EncodeOptions { Mode = EncodeMode.RateDistortion(0.7) };
        var decoder = new StreamingActionDecoder(tokenizer, shape);
        Assert.Equal(0, Allocated.By(() => tokenizer.TryDecode(ids, shape, chunk)));
        Assert.Equal(0, Allocated.By(() => tokenizer.Encode(chunk, shape, tokens, options)));
        Assert.Equal(0, Allocated.By(() =>
        {
            decoder.Reset();
            foreach (int id in ids) decoder.Push(id);
            decoder.Read(chunk);
        }));
    }

    [Fact]
    public void Points_of_other_dimensions_are_refused()
    {
        FastTokenizerDefinition definition = SampleTokenizers.Definition() with
        {
            Reconstruction = ReconstructionPointsTests.Random(new(1), new ActionShape(4, 2)),
        };
        Refusal.Says<ArgumentException>("reconstruction points are of 2 dimensions, the tokenizer of 3", () =>
            new FastActionTokenizer(definition with { Normalizer = new(SampleTokenizers.Statistics(3), new()) }));
        Refusal.Says<ArgumentException>("reconstruction points are of 2 dimensions, the tokenizer of 3", () =>
            new FastActionTokenizer(definition with { Metadata = new() { Dimensions = 3 } }));

        var tokenizer = new FastActionTokenizer(definition);
        Refusal.Says<ArgumentException>("reconstruction points 2", () => tokenizer.Encode(new double[12], new ActionShape(4, 3)));
        Refusal.Says<ArgumentException>("reconstruction points 2", () => tokenizer.TryDecode([0], new ActionShape(4, 3), new double[12]));
        Refusal.Says<ArgumentException>("reconstruction points 2", () => new StreamingActionDecoder(tokenizer, new ActionShape(4, 3)));
    }

    [Fact]
    public void A_fidelity_report_measures_what_is_decoded()
    {
        var random = new Random(41);
        FastActionTokenizer tokenizer = Tokenizer(random, CoefficientOrder.FrequencyMajor, normalized: false);
        var shape = new ActionShape(12, Dimensions);
        double[] chunk = SampleTokenizers.Motion(random, shape);
        var evaluator = new FidelityEvaluator(tokenizer, shape);
        evaluator.Add(chunk, "e", 0);
        double[] expected = Expected(tokenizer, tokenizer.Encode(chunk, shape), shape);
        double squares = Enumerable.Range(0, shape.Horizon).Sum(t => Math.Pow(expected[t * Dimensions] - chunk[t * Dimensions], 2));
        Assert.Equal(Math.Sqrt(squares / shape.Horizon), evaluator.ToReport().PerDimension[0].Rmse, 1e-9);
    }

    private static FastActionTokenizer Tokenizer(Random random, CoefficientOrder order, bool normalized) =>
        new(SampleTokenizers.Definition(
            order: order, normalizer: normalized ? new(SampleTokenizers.Statistics(Dimensions), new()) : null) with
        {
            Reconstruction = ReconstructionPointsTests.Random(random, new ActionShape(12, Dimensions)),
        });

    private static double[] Motion(Random random, FastActionTokenizer tokenizer, ActionShape shape)
    {
        double[] motion = SampleTokenizers.Motion(random, shape);
        tokenizer.Definition.Normalizer?.Denormalize(motion, motion);
        return motion;
    }

    private static double[] Units(FastActionTokenizer tokenizer) =>
        tokenizer.Definition.Normalizer is { } normalizer ? normalizer.HalfRange.ToArray() : [1, 1, 1];

    private static int[] Encode(FastActionTokenizer tokenizer, double[] chunk, ActionShape shape, EncodeMode mode)
    {
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        var options = new EncodeOptions { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp };
        return tokens[..tokenizer.Encode(chunk, shape, tokens, options).Count];
    }

    // By the definition: each integer's point over the scale, a sum of cosines, the statistics.
    private static double[] Expected(FastActionTokenizer tokenizer, int[] ids, ActionShape shape)
    {
        double[] values = new DctReference(shape.Horizon).Inverse(Coefficients(tokenizer, ids, shape, out _), shape.Dimensions);
        tokenizer.Definition.Normalizer?.Denormalize(values, values);
        return values;
    }

    private static double[] Coefficients(FastActionTokenizer tokenizer, int[] ids, ActionShape shape, out int received)
    {
        FastTokenizerDefinition definition = tokenizer.Definition;
        int[] integers =
        [
            .. ids.SelectMany(id => definition.Vocabulary.GetSymbols(id).ToArray())
                .Select(symbol => symbol + definition.Alphabet.MinCoefficient),
        ];
        received = integers.Length;
        var coefficients = new double[shape.Count];
        for (int i = 0; i < integers.Length; i++)
        {
            (int k, int d) = Place(i, shape, definition.Order);
            coefficients[(k * shape.Dimensions) + d] =
                definition.Reconstruction!.Reconstruct(integers[i], k, d, shape.Horizon) / definition.Scale;
        }

        return coefficients;
    }

    private static (int Frequency, int Dimension) Place(int index, ActionShape shape, CoefficientOrder order) =>
        order == CoefficientOrder.FrequencyMajor
            ? (index / shape.Dimensions, index % shape.Dimensions)
            : (index % shape.Horizon, index / shape.Horizon);

    private static double Cost(FastActionTokenizer tokenizer, int[] ids, double[] exact, ActionShape shape, double lambda)
    {
        double[] decoded = Coefficients(tokenizer, ids, shape, out int received);
        Assert.Equal(shape.Count, received);
        return (lambda * ids.Length) + decoded.Zip(exact, (a, b) => Math.Pow((a * tokenizer.Definition.Scale) - b, 2)).Sum();
    }

    // Each coefficient at the integer below, the integer above or zero, written with the fewest tokens.
    private static double Least(FastTokenizerDefinition definition, double[] exact, ActionShape shape, double lambda)
    {
        double least = double.PositiveInfinity;
        var chosen = new int[exact.Length];
        Choose(0, 0);
        return least;

        void Choose(int i, double distortion)
        {
            if (distortion >= least) return;
            if (i == chosen.Length)
            {
                least = Math.Min(least, distortion + (lambda * Fewest(definition.Vocabulary, chosen, definition.Alphabet.MinCoefficient)));
                return;
            }

            (int k, int d) = Place(i, shape, definition.Order);
            double value = exact[(k * shape.Dimensions) + d];
            foreach (int integer in new HashSet<int> { Bound(Math.Floor(value)), Bound(Math.Ceiling(value)), 0 })
            {
                chosen[i] = integer;
                Choose(i + 1, distortion + Math.Pow(definition.Reconstruction!.Reconstruct(integer, k, d, shape.Horizon) - value, 2));
            }
        }

        int Bound(double integer) => (int)Math.Clamp(integer, definition.Alphabet.MinCoefficient, definition.Alphabet.MaxCoefficient);
    }

    private static int Fewest(BpeVocabulary vocabulary, int[] coefficients, int min)
    {
        int[] symbols = [.. coefficients.Select(value => value - min)], fewest = new int[symbols.Length + 1];
        for (int i = symbols.Length - 1; i >= 0; i--)
        {
            fewest[i] = int.MaxValue;
            for (int token = 0; token < vocabulary.Count; token++)
            {
                ReadOnlySpan<int> piece = vocabulary.GetSymbols(token);
                if (symbols.AsSpan(i).StartsWith(piece)) fewest[i] = Math.Min(fewest[i], 1 + fewest[i + piece.Length]);
            }
        }

        return fewest[0];
    }

    private static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-9 * Math.Max(1, Math.Abs(expected[i])));
    }
}
