using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Tests.Normalization;

public sealed class NormalizationWeightsTests
{
    public static TheoryData<string, NormalizationMethod, bool> Formulas => new()
    {
        { "exact", NormalizationMethod.Quantile01To99, false },
        { "exact", NormalizationMethod.Quantile01To99, true },
        { "exact", NormalizationMethod.Quantile10To90, true },
        { "exact", NormalizationMethod.MinMax, true },
        { "exact", NormalizationMethod.MeanStd, false },
        { "exact", NormalizationMethod.Identity, false },
        { "openpi", NormalizationMethod.Quantile01To99, false },
        { "openpi", NormalizationMethod.MeanStd, false },
        { "lerobot", NormalizationMethod.Quantile01To99, false },
        { "lerobot", NormalizationMethod.Quantile10To90, false },
        { "lerobot", NormalizationMethod.MinMax, false },
        { "lerobot", NormalizationMethod.MeanStd, false },
        { "openvla", NormalizationMethod.MeanStd, false },
    };

    [Theory]
    [MemberData(nameof(Formulas))]
    public void A_power_of_two_scales_the_normalised_value_bit_for_bit(string name, NormalizationMethod method, bool clip)
    {
        var random = new Random(3);
        for (int dimensions = 1; dimensions <= 20; dimensions++)
        {
            double[] weights = [.. Enumerable.Range(0, dimensions).Select(_ => Math.ScaleB(1, random.Next(-4, 5)))];
            ActionStatistics statistics = SampleTokenizers.Statistics(dimensions);
            NormalizationOptions options = Options(name, method, clip) with
            {
                Mask = [.. Enumerable.Range(0, dimensions).Select(d => d % 4 != 3)],
            };
            var plain = new ActionNormalizer(statistics, options);
            var weighted = new ActionNormalizer(statistics, options with { Weights = weights });

            double[] actions = Actions(random, statistics, 7);
            double[] expected = new double[actions.Length], normalized = new double[actions.Length];
            Assert.Equal(plain.Normalize(actions, expected), weighted.Normalize(actions, normalized));
            Assert.Equal(expected.Select((y, i) => y * weights[i % dimensions]), normalized);

            float[] singles = SampleTokenizers.ToSingle(actions);
            Assert.Equal(plain.Normalize(singles, expected), weighted.Normalize(singles, normalized));
            Assert.Equal(expected.Select((y, i) => y * weights[i % dimensions]), normalized);

            float[] plainSingles = new float[actions.Length], backSingles = new float[actions.Length];
            plain.Denormalize(expected, plainSingles);
            weighted.Denormalize(normalized, backSingles);
            Assert.Equal(plainSingles, backSingles);
            plain.Denormalize(expected, expected);
            weighted.Denormalize(normalized, normalized);
            Assert.Equal(expected, normalized);

            Assert.Equal(plain.HalfRange, weighted.HalfRange);
            Assert.Equal(plain.Center, weighted.Center);
            Assert.Equal(plain.UnitSize, plain.HalfRange);
            Assert.Equal(plain.HalfRange.ToArray().Select((half, d) => half / weights[d]), weighted.UnitSize.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Formulas))]
    public void Any_weight_multiplies_about_the_center_and_comes_back(string name, NormalizationMethod method, bool clip)
    {
        var random = new Random(4);
        for (int round = 0; round < 200; round++)
        {
            int dimensions = random.Next(1, 12);
            double[] weights = [.. Enumerable.Range(0, dimensions).Select(_ => Math.Exp((random.NextDouble() - 0.5) * 6))];
            ActionStatistics statistics = SampleTokenizers.Statistics(dimensions);
            NormalizationOptions options = Options(name, method, clip);
            var plain = new ActionNormalizer(statistics, options);
            var weighted = new ActionNormalizer(statistics, options with { Weights = weights });

            double[] actions = Actions(random, statistics, 3), expected = new double[actions.Length];
            double[] normalized = new double[actions.Length], back = new double[actions.Length], plainBack = new double[actions.Length];
            Assert.Equal(plain.Normalize(actions, expected), weighted.Normalize(actions, normalized));
            weighted.Denormalize(normalized, back);
            plain.Denormalize(expected, plainBack);
            for (int i = 0; i < actions.Length; i++)
            {
                int d = i % dimensions;
                double size = 1 + (Math.Abs(weighted.Center[d]) / weighted.HalfRange[d]) + Math.Abs(expected[i]);
                Assert.Equal(weights[d] * expected[i], normalized[i], 1e-15 * 8 * weights[d] * size);
                Assert.Equal(plainBack[i], back[i], 1e-15 * 8 * weighted.HalfRange[d] * size);
                if (clip) Assert.InRange(normalized[i], -weights[d], weights[d]);
            }
        }
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(7.7)]
    [InlineData(1e-90)]
    [InlineData(1e300)]
    public void A_constant_dimension_is_as_without_a_weight_and_comes_back_exactly(double weight)
    {
        // Constant, with no quantile range but a motion, and one whose range is too small to divide by.
        var statistics = new ActionStatistics(
            min: [0.1, 0, 0], max: [0.1, 1, 1e-320], mean: [0.1, 0, 0], std: [0, 0.1, 0], q01: [0.1, 0, 0], q99: [0.1, 0, 1e-320]);
        foreach (string name in (string[])["exact", "openpi", "lerobot", "openvla"])
        {
            foreach (NormalizationMethod method in (NormalizationMethod[])[NormalizationMethod.Quantile01To99, NormalizationMethod.MeanStd])
            {
                NormalizationOptions options = Options(name, method, name == "openvla" && method == NormalizationMethod.Quantile01To99);
                var plain = new ActionNormalizer(statistics, options);
                var weighted = new ActionNormalizer(statistics, options with { Weights = [weight, 1, name == "exact" ? weight : 1] });
                double[] actions = [0.1, 0, 0, 0.1, 0.5, 0], normalized = new double[6], expected = new double[6], back = new double[6];
                plain.Normalize(actions, expected);
                weighted.Normalize(actions, normalized);
                Assert.Equal(expected, normalized);
                weighted.Denormalize(normalized, back);
                Assert.Equal((0.1, 0.1), (back[0], back[3]));
            }
        }

        // Whatever the decoder makes of it.
        var exact = new ActionNormalizer(statistics, new NormalizationOptions { Weights = [weight, 1, weight] });
        double[] values = [3, 0, -5];
        exact.Denormalize(values, values);
        Assert.Equal((0.1, 0), (values[0], values[2]));
    }

    [Fact]
    public void Clipping_stays_at_the_recorded_ends()
    {
        var statistics = new ActionStatistics(q01: [-1, 10], q99: [3, 20]);
        var normalizer = new ActionNormalizer(statistics, new NormalizationOptions { Clip = true, Weights = [3, 0.3] });
        double[] actions = [-1, 10, 3, 20, -1.001, 9.99, 3.001, 20.01, 1, 15], normalized = new double[10], back = new double[10];

        Assert.Equal(4, normalizer.Normalize(actions, normalized));
        double[] expected = [-3, -0.3, 3, 0.3, -3, -0.3, 3, 0.3, 0, 0];
        for (int i = 0; i < 10; i++) Assert.Equal(expected[i], normalized[i], 1e-15);
        normalizer.Denormalize(normalized, back);
        for (int i = 0; i < 8; i++) Assert.Equal(actions[i % 4], back[i], 1e-14);
    }

    [Fact]
    public void A_masked_dimension_is_multiplied_as_it_is()
    {
        var statistics = new ActionStatistics(min: [5], max: [9], q01: [5], q99: [9]);
        foreach (string name in (string[])["exact", "openpi", "lerobot", "openvla"])
        {
            NormalizationOptions options = NormalizationOptions.Named(name) with { Mask = [false], Weights = [0.5] };
            var normalizer = new ActionNormalizer(statistics, options);
            double[] normalized = new double[3], back = new double[3];
            Assert.Equal(0, normalizer.Normalize([0.0, 1, -100], normalized));
            Assert.Equal([0, 0.5, -50], normalized);
            normalizer.Denormalize(normalized, back);
            Assert.Equal([0, 1, -100], back);
            Assert.Equal((0, 1, 2), (normalizer.Center[0], normalizer.HalfRange[0], normalizer.UnitSize[0]));
        }
    }

    [Fact]
    public void What_cannot_be_is_refused_by_name_with_a_remedy()
    {
        ActionStatistics statistics = new(
            min: [-1, -1], max: [1, 1], mean: [0, 0], std: [0.5, 2e-6], q01: [-1, -1], q10: [-1, -1], q90: [1, 1], q99: [1, 1]);
        void Refuses(string says, NormalizationOptions options, params double[] weights) => Assert.Contains(
            says,
            Assert.Throws<ArgumentException>(
                nameof(options), () => new ActionNormalizer(statistics, options with { Weights = weights })).Message,
            StringComparison.Ordinal);

        var exact = new NormalizationOptions();
        Refuses("1 weights and the actions have 2 dimensions; give one weight each", exact, 1);
        Refuses("0 weights and the actions have 2 dimensions", exact);
        Refuses("the weight of dimension 1 is 0; it must be a positive number", exact, 1, 0);
        Refuses("the weight of dimension 0 is -0.5", exact, -0.5, 1);
        Refuses("the weight of dimension 1 is NaN", exact, 1, double.NaN);
        Refuses("the weight of dimension 1 is Infinity", exact, 1, double.PositiveInfinity);
        Refuses("the weight of dimension 0 is -Infinity", exact, double.NegativeInfinity, 1);

        Refuses("LeRobot clips dimension 1 to [-1, 1]", NormalizationOptions.Named("lerobot"), 1, 0.5);
        Refuses("use formula Exact", NormalizationOptions.Named("lerobot", NormalizationMethod.Quantile10To90), 2, 1);
        Refuses("OpenVla clips dimension 0 to [-1, 1]", NormalizationOptions.Named("openvla"), 2, 1);
        Refuses("OpenVla clips dimension 1", NormalizationOptions.Named("openvla", NormalizationMethod.MinMax), 1, 2);

        var meanStd = new NormalizationOptions { Method = NormalizationMethod.MeanStd };
        Refuses("with a weight of 3 a normalised unit of dimension 1 would be 6.66", meanStd, 1, 3);
        Refuses("leave the weight at 1, or give the actions in another unit", exact, 1, 1e7);
        Refuses("with a weight of 1E-101", exact, 1e-101, 1);
        Refuses("with a weight of 5E-324 a normalised unit of dimension 0 would be Infinity", exact, double.Epsilon, 1);
        Refuses("with a weight of 10000000", exact with { Method = NormalizationMethod.Identity }, 1, 1e7);

        // A weight of 1 is none, and these are as near the limits as may be.
        foreach (string name in (string[])["lerobot", "openvla"])
            _ = new ActionNormalizer(statistics, NormalizationOptions.Named(name) with { Weights = [1, 1] });
        _ = new ActionNormalizer(statistics, meanStd with { Weights = [1, 1.9] });
        _ = new ActionNormalizer(statistics, exact with { Weights = [1e-99, 9e5] });
    }

    [Fact]
    public void Later_changes_to_the_list_do_not_reach_the_normaliser()
    {
        double[] weights = [2, 3];
        var normalizer = new ActionNormalizer(SampleTokenizers.Statistics(2), new NormalizationOptions { Weights = weights });
        weights[0] = 5;
        Assert.Equal([2, 3], normalizer.Options.Weights!);
    }

    [Fact]
    public void One_weight_for_all_is_another_scale()
    {
        ActionStatistics statistics = SampleTokenizers.Statistics(5);
        FastActionTokenizer scaled = SampleTokenizers.Tokenizer(scale: 20, normalizer: new(statistics, new()));
        var weighted = new FastActionTokenizer(scaled.Definition with
        {
            Scale = 5,
            Normalizer = new(statistics, new NormalizationOptions { Weights = [4, 4, 4, 4, 4] }),
        });
        var random = new Random(5);
        var shape = new ActionShape(20, 5);
        ActionNormalizer normalizer = scaled.Definition.Normalizer!;
        double[] bounds = [.. normalizer.HalfRange.ToArray().Select(half => 0.1 * half)];
        EncodeMode[] modes = [EncodeMode.Canonical, EncodeMode.Shortest, EncodeMode.RateDistortion(0.7), EncodeMode.MaxRmse(bounds)];
        for (int round = 0; round < 20; round++)
        {
            double[] actions = SampleTokenizers.Motion(random, shape);
            normalizer.Denormalize(actions, actions);
            foreach (EncodeMode mode in modes)
            {
                EncodeOptions options = new() { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp };
                int[] first = new int[shape.Count], second = new int[shape.Count];
                Assert.Equal(scaled.Encode(actions, shape, first, options), weighted.Encode(actions, shape, second, options));
                Assert.Equal(first, second);
            }
        }
    }

    [Fact]
    public void Bins_leave_weights_aside()
    {
        ActionStatistics statistics = SampleTokenizers.Statistics(3);
        var plain = new BinningActionTokenizer(256, new(statistics, new()));
        var weighted = new BinningActionTokenizer(256, new(statistics, new NormalizationOptions { Weights = [4, 0.1, 1] }));
        double[] actions = Actions(new Random(6), statistics, 10);
        int[] first = new int[30], second = new int[30];
        Assert.Equal(plain.Encode(actions, new(10, 3), first), weighted.Encode(actions, new(10, 3), second));
        Assert.Equal(first, second);
        Assert.Null(weighted.Normalizer!.Options.Weights);
    }

    private static NormalizationOptions Options(string name, NormalizationMethod method, bool clip) =>
        NormalizationOptions.Named(name, method) with { Clip = clip };

    // Within the range and beyond it.
    private static double[] Actions(Random random, ActionStatistics statistics, int steps) =>
        [.. Enumerable.Range(0, steps * statistics.Dimensions).Select(i =>
        {
            int d = i % statistics.Dimensions;
            return statistics.Min![d] + ((random.NextDouble() * 1.4) - 0.2) * (statistics.Max![d] - statistics.Min[d]);
        })];
}
