using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Tests.Fidelity;

public sealed class NormalizedRoundTripTests
{
    // A wide joint, a narrow one far from 0, a dimension that never moved, and a gripper that is left as it is.
    private static readonly ActionStatistics _statistics = new(
        min: [-3, 99.9, 7.3, 0], max: [5, 100.1, 7.3, 1], q01: [-2.5, 99.95, 7.3, 0], q99: [4.5, 100.05, 7.3, 1]);

    private static readonly ActionShape _shape = new(6, 4);

    [Fact]
    public void Physical_values_come_back_within_half_a_bin_of_each_dimension()
    {
        ActionNormalizer normalizer = Normalizer(NormalizationMethod.MinMax);
        var tokenizer = new BinningActionTokenizer(256, normalizer);
        var random = new Random(1);
        for (int round = 0; round < 200; round++)
        {
            double[] actions = Chunk(random);
            var tokens = new int[_shape.Count];
            var decoded = new double[_shape.Count];
            var single = new float[_shape.Count];

            Assert.Equal(0, tokenizer.Encode(actions, _shape, tokens).Clipped);
            Assert.True(tokenizer.TryDecode(tokens, _shape, decoded).IsComplete);
            Assert.True(tokenizer.TryDecode(tokens, _shape, single).IsComplete);

            for (int i = 0; i < actions.Length; i++)
            {
                double half = normalizer.HalfRange[i % 4];
                Assert.InRange(Math.Abs(decoded[i] - actions[i]), 0, (half / 256) + 1e-13);
                Assert.Equal((float)decoded[i], single[i]);
            }
        }
    }

    [Fact]
    public void A_dimension_that_never_moved_comes_back_exactly()
    {
        var tokenizer = new BinningActionTokenizer(256, Normalizer(NormalizationMethod.Quantile01To99));
        var decoded = new double[4];

        foreach (int id in new[] { 0, 100, 255 })
        {
            Assert.True(tokenizer.TryDecode([0, 0, id, 0], new(1, 4), decoded).IsComplete);
            Assert.Equal(7.3, decoded[2]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_value_outside_the_range_is_counted_once_whoever_clips_it(bool clip)
    {
        var normalizer = new ActionNormalizer(_statistics, new() { Clip = clip, Mask = [true, true, true, false] });
        var tokens = new int[8];

        // The gripper is not normalised and not clipped by the normaliser; 3 is outside what a bin can express.
        double[] actions = [5, 100, 7.3, 1, -2.5, 99, 7.3, 3];
        EncodeResult result = new BinningActionTokenizer(256, normalizer).Encode(actions, new(2, 4), tokens);

        Assert.Equal(new EncodeResult(8, 3), result);
        Assert.Equal((255, 0, 0, 255), (tokens[0], tokens[4], tokens[5], tokens[7]));
    }

    [Fact]
    public void The_ends_of_every_recorded_range_are_not_clipped()
    {
        var random = new Random(2);
        for (int round = 0; round < 1000; round++)
        {
            double low = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4));
            double high = low + (random.NextDouble() * Math.Pow(10, random.Next(-3, 4))) + 1e-4;
            var normalizer = new ActionNormalizer(new(min: [low], max: [high]), new() { Method = NormalizationMethod.MinMax });
            var tokens = new int[2];

            Assert.Equal(new EncodeResult(2, 0), new BinningActionTokenizer(256, normalizer).Encode([low, high], new(2, 1), tokens));
            Assert.Equal([0, 255], tokens);
        }
    }

    [Fact]
    public void A_chunk_of_other_dimensions_than_the_normaliser_is_refused()
    {
        var tokenizer = new BinningActionTokenizer(256, Normalizer(NormalizationMethod.MinMax));

        // 8 values are whole steps of 4 dimensions too: only the shape tells.
        Assert.Throws<ArgumentException>("shape", () => tokenizer.Encode(new double[8], new(4, 2), new int[8]));
        Assert.Throws<ArgumentException>("shape", () => tokenizer.Encode(new float[8], new(4, 2), new int[8]));
        Assert.Throws<ArgumentException>("shape", () => tokenizer.TryDecode(new int[8], new(4, 2), new double[8]));
        Assert.Throws<ArgumentException>("shape", () => tokenizer.TryDecode(new int[8], new(4, 2), new float[8]));
        Assert.Throws<ArgumentException>("normalizer", () => new FidelityEvaluator(tokenizer, new(4, 2), tokenizer.Normalizer));
    }

    [Fact]
    public void Neither_direction_allocates_with_a_normaliser()
    {
        var tokenizer = new BinningActionTokenizer(256, Normalizer(NormalizationMethod.MinMax));
        double[] actions = Chunk(new(3));
        float[] single = [.. actions.Select(x => (float)x)];
        var tokens = new int[_shape.Count];

        void Run()
        {
            tokenizer.Encode(actions, _shape, tokens);
            tokenizer.Encode(single, _shape, tokens);
            tokenizer.TryDecode(tokens, _shape, actions);
            tokenizer.TryDecode(tokens, _shape, single);
        }

        Assert.Equal(0, Allocated.By(Run));
    }

    [Fact]
    public void Normalised_errors_are_physical_errors_over_the_half_range()
    {
        ActionNormalizer normalizer = Normalizer(NormalizationMethod.MinMax);
        double[] errors = [1, 0, 0, 0.25, -2, 0.05, 0, 0];
        var evaluator = new FidelityEvaluator(new ScriptedTokenizer(new ScriptedTokenizer.Chunk(errors, 5)), new(2, 4), normalizer);
        evaluator.Add([0, 100, 7.3, 0, 0, 100, 7.3, 0], "e", 30);

        FidelityReport report = evaluator.ToReport();

        // Half ranges 4, 0.1, none, and 1 for the gripper that is left as it is.
        double[] normalised = [0.25, 0, 0.25, -0.5, 0.5, 0];
        Assert.Equal(Math.Sqrt(normalised.Sum(e => e * e) / 6), report.RmseNormalized!.Value, 1e-12);
        Assert.Equal([0.5, 0.5, null, 0.25], report.PerDimension.Select(d => Rounded(d.MaxErrorNormalized)));
        Assert.Equal(
            [Rounded(Math.Sqrt(0.3125 / 2)), Rounded(Math.Sqrt(0.25 / 2)), null, Rounded(Math.Sqrt(0.0625 / 2))],
            report.PerDimension.Select(d => Rounded(d.RmseNormalized)));
        Assert.Equal(2, report.MaxError);
        Assert.Equal(new FidelityLocation("e", 31, 0, "dim_0"), report.MaxErrorAt);
        Assert.Equal(0.5, report.MaxErrorNormalized!.Value, 1e-12);
    }

    [Fact]
    public void The_largest_physical_and_the_largest_normalised_error_may_be_in_different_places()
    {
        var tokenizer = new ScriptedTokenizer(new ScriptedTokenizer.Chunk([1, 0.09, 0, 0], 5));
        var evaluator = new FidelityEvaluator(tokenizer, new(1, 4), Normalizer(NormalizationMethod.MinMax));
        evaluator.Add([0, 100, 7.3, 0], "e", 3);

        FidelityReport report = evaluator.ToReport();

        Assert.Equal(0, report.MaxErrorAt.Dimension);
        Assert.Equal(1, report.MaxErrorNormalizedAt!.Value.Dimension);
        Assert.Equal(0.9, report.MaxErrorNormalized!.Value, 1e-9);
    }

    [Fact]
    public void A_joint_that_starts_to_move_after_training_fails_a_normalised_threshold()
    {
        ActionNormalizer normalizer = Normalizer(NormalizationMethod.Quantile01To99);
        var evaluator = new FidelityEvaluator(new BinningActionTokenizer(256, normalizer), new(1, 4), normalizer);
        evaluator.Add([0, 100, 7.5, 0], "moved", 12);

        FidelityReport report = evaluator.ToReport();

        Assert.Null(report.PerDimension[2].MaxErrorNormalized);
        FidelityFailure failure = Assert.Single(new FidelityGate { MaxErrorNormalized = 0.1 }.Check(report));
        Assert.Contains("dim_2 is off by 0.2 in episode 'moved' at step 12", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void With_only_constant_dimensions_there_is_no_normalised_figure()
    {
        var normalizer = new ActionNormalizer(new(q01: [2], q99: [2]), new());
        var evaluator = new FidelityEvaluator(new BinningActionTokenizer(256, normalizer), new(2, 1), normalizer);
        evaluator.Add([2, 2], "still", 0);

        FidelityReport report = evaluator.ToReport();

        Assert.Equal((0, null, null), (report.MaxError, report.RmseNormalized, report.MaxErrorNormalized));
        Assert.Null(report.MaxErrorNormalizedAt);
        Assert.Empty(new FidelityGate { MaxErrorNormalized = 0, MaxRmseNormalized = 0 }.Check(report));
    }

    private static ActionNormalizer Normalizer(NormalizationMethod method) =>
        new(_statistics, new() { Method = method, Mask = [true, true, true, false] });

    private static double[] Chunk(Random random)
    {
        var actions = new double[_shape.Count];
        for (int i = 0; i < actions.Length; i++)
        {
            int d = i % 4;
            actions[i] = _statistics.Min![d] + (random.NextDouble() * (_statistics.Max![d] - _statistics.Min![d]));
        }

        return actions;
    }

    private static double? Rounded(double? value) => value is { } x ? Math.Round(x, 9) : null;
}
