using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Tests.Normalization;

public sealed class ActionNormalizerTests
{
    private static readonly NormalizationMethod[] _rangeMethods =
        [NormalizationMethod.Quantile01To99, NormalizationMethod.Quantile10To90, NormalizationMethod.MinMax];

    public static TheoryData<NormalizationMethod, bool> MethodsAndClip
    {
        get
        {
            var data = new TheoryData<NormalizationMethod, bool>();
            foreach (var method in Enum.GetValues<NormalizationMethod>()) data.Add(method, false);
            foreach (var method in _rangeMethods) data.Add(method, true);
            return data;
        }
    }

    // The oracle is scalar, so equal bits here mean equal bits on every instruction set the tests run with.
    [Theory]
    [MemberData(nameof(MethodsAndClip))]
    public void Every_value_is_bit_for_bit_the_plain_formula_in_every_shape(NormalizationMethod method, bool clip)
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            int dimensions = random.Next(1, 50), steps = random.Next(0, 12);
            var statistics = RandomStatistics(random, dimensions);
            bool[]? mask = random.Next(2) == 0 ? null : [.. Enumerable.Range(0, dimensions).Select(_ => random.Next(4) > 0)];
            var normalizer = new ActionNormalizer(statistics, new NormalizationOptions { Method = method, Clip = clip, Mask = mask });
            double[] actions = [.. Enumerable.Range(0, steps * dimensions).Select(i => RandomAction(random, statistics, i % dimensions))];
            double[] normalized = new double[actions.Length];

            int clipped = normalizer.Normalize(actions, normalized);

            int expectedClipped = 0;
            for (int i = 0; i < actions.Length; i++)
            {
                int d = i % dimensions;
                double center = normalizer.Center[d], half = normalizer.HalfRange[d], gain = half == 0 ? 0 : 1 / half, x = actions[i];
                bool clipsHere = clip && half != 0 && (mask is null || mask[d]);
                var (low, high) = Range(statistics, method, d);
                if (clipsHere && (x < low || x > high)) expectedClipped++;
                double y = (clipsHere ? Math.Clamp(x, low, high) : x) - center;
                y *= gain;
                AssertSameBits(clipsHere ? Math.Clamp(y, -1, 1) : y, normalized[i],
                    $"{method}, step {i / dimensions}, dimension {d} of {dimensions}");
            }

            Assert.Equal(expectedClipped, clipped);
        }
    }

    [Theory]
    [MemberData(nameof(MethodsAndClip))]
    public void Denormalized_values_are_bit_for_bit_the_plain_formula(NormalizationMethod method, bool clip)
    {
        var random = new Random(6);
        for (int round = 0; round < 100; round++)
        {
            int dimensions = random.Next(1, 50), steps = random.Next(0, 12);
            var normalizer =
                new ActionNormalizer(RandomStatistics(random, dimensions), new NormalizationOptions { Method = method, Clip = clip });
            double[] normalized = [.. Enumerable.Range(0, steps * dimensions).Select(_ => random.NextDouble() * 4 - 2)];
            double[] actions = new double[normalized.Length];
            float[] singles = new float[normalized.Length];

            normalizer.Denormalize(normalized, actions);
            normalizer.Denormalize(normalized, singles);
            for (int i = 0; i < actions.Length; i++)
            {
                double product = normalized[i] * normalizer.HalfRange[i % dimensions];
                AssertSameBits(product + normalizer.Center[i % dimensions], actions[i], $"{method}, value {i}");
                Assert.Equal(BitConverter.SingleToInt32Bits((float)actions[i]), BitConverter.SingleToInt32Bits(singles[i]));
            }

            normalizer.Denormalize(normalized, normalized);
            Assert.Equal(actions, normalized);
        }
    }

    [Theory]
    [MemberData(nameof(MethodsAndClip))]
    public void Float_and_double_actions_normalize_alike(NormalizationMethod method, bool clip)
    {
        var random = new Random(7);
        for (int dimensions = 1; dimensions < 40; dimensions++)
        {
            var statistics = RandomStatistics(random, dimensions);
            var normalizer = new ActionNormalizer(statistics, new NormalizationOptions { Method = method, Clip = clip });
            float[] singles = [.. Enumerable.Range(0, 5 * dimensions).Select(i => (float)RandomAction(random, statistics, i % dimensions))];
            double[] doubles = [.. singles.Select(x => (double)x)];
            double[] fromSingles = new double[singles.Length], fromDoubles = new double[singles.Length];
            Assert.Equal(normalizer.Normalize(doubles, fromDoubles), normalizer.Normalize(singles, fromSingles));
            Assert.Equal(fromDoubles, fromSingles);
        }
    }

    [Theory]
    [MemberData(nameof(MethodsAndClip))]
    public void Actions_inside_the_range_come_back(NormalizationMethod method, bool clip)
    {
        var random = new Random(8);
        for (int round = 0; round < 100; round++)
        {
            int dimensions = random.Next(1, 20);
            var statistics = RandomStatistics(random, dimensions);
            var normalizer = new ActionNormalizer(statistics, new NormalizationOptions { Method = method, Clip = clip });
            double[] actions = [.. Enumerable.Range(0, dimensions).Select(d => Inside(random, Range(statistics, method, d)))];
            double[] normalized = new double[dimensions], back = new double[dimensions];
            Assert.Equal(0, normalizer.Normalize(actions, normalized));
            normalizer.Denormalize(normalized, back);
            for (int d = 0; d < dimensions; d++)
            {
                double size = Math.Max(Math.Abs(normalizer.Center[d]) + normalizer.HalfRange[d], Math.Abs(actions[d]));
                Assert.Equal(actions[d], back[d], 4 * Math.ScaleB(size, -52));
                if (_rangeMethods.Contains(method)) Assert.InRange(normalized[d], -1 - 1e-9, 1 + 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Float32_gives_the_bits_of_the_same_values_in_float64(bool clip)
    {
        var random = new Random(3);
        for (int dimensions = 1; dimensions <= 64; dimensions++)
        {
            ActionNormalizer normalizer = Ranged(random, dimensions, clip);
            foreach (int steps in (ReadOnlySpan<int>)[1, 2, 5, 33])
            {
                float[] single = [.. Enumerable.Range(0, steps * dimensions).Select(_ => (float)((random.NextDouble() * 6) - 3))];
                double[] wide = [.. single.Select(value => (double)value)];
                double[] fromSingle = new double[single.Length], fromWide = new double[single.Length];

                Assert.Equal(normalizer.Normalize(wide, fromWide), normalizer.Normalize(single, fromSingle));
                Assert.Equal(fromWide.Select(BitConverter.DoubleToInt64Bits), fromSingle.Select(BitConverter.DoubleToInt64Bits));
            }
        }
    }

    [Theory]
    [InlineData(float.NaN, false)]
    [InlineData(float.NegativeInfinity, false)]
    [InlineData(float.NaN, true)]
    [InlineData(float.PositiveInfinity, true)]
    public void A_bad_float32_is_named_wherever_it_stands(float bad, bool clip)
    {
        var random = new Random(4);
        const int Dimensions = 7;
        ActionNormalizer normalizer = Ranged(random, Dimensions, clip);
        var actions = new float[5 * Dimensions];
        for (int i = 0; i < actions.Length; i++)
        {
            Array.Clear(actions);
            actions[i] = bad;
            var refused = Assert.Throws<ArgumentException>(() => normalizer.Normalize(actions, new double[actions.Length]));
            Assert.Contains($"step {i / Dimensions}", refused.Message);
            Assert.Contains($"dimension {i % Dimensions}", refused.Message);
        }
    }

    private static ActionNormalizer Ranged(Random random, int dimensions, bool clip)
    {
        var accumulator = new StatisticsAccumulator(dimensions);
        accumulator.Add([.. Enumerable.Range(0, 50 * dimensions).Select(_ => (random.NextDouble() * 4) - 2)]);
        return new ActionNormalizer(accumulator.ToStatistics(), new NormalizationOptions { Clip = clip });
    }

    [Fact]
    public void The_ends_of_the_range_map_to_minus_one_and_one_and_come_back_exactly_where_any_pair_allows()
    {
        var random = new Random(9);
        for (int round = 0; round < 2000; round++)
        {
            double low = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4)),
                high = low + random.NextDouble() * Math.Pow(10, random.Next(-3, 4));
            if (round % 2 == 0) (low, high) = ((float)low, (float)high + 1e-3f);
            var normalizer = new ActionNormalizer(new ActionStatistics(min: [low], max: [high]),
                new NormalizationOptions { Method = NormalizationMethod.MinMax });
            double[] ends = [low, high], normalized = new double[2], back = new double[2];
            normalizer.Normalize(ends, normalized);

            // The rounding of the center, in units of the half range.
            double rounding = 4 * Math.ScaleB(Math.Abs(normalizer.Center[0]) / normalizer.HalfRange[0] + 1, -52);
            Assert.Equal(-1, normalized[0], rounding);
            Assert.Equal(1, normalized[1], rounding);

            normalizer.Denormalize([-1, 1], back);
            double lastPlace = Math.BitIncrement(Math.Max(Math.Abs(low), Math.Abs(high))) - Math.Max(Math.Abs(low), Math.Abs(high));
            Assert.Equal(low, back[0], lastPlace);
            Assert.Equal(high, back[1], lastPlace);
            bool allowed =
                Near((low + high) / 2).Any(center => Near((high - low) / 2).Any(half => center - half == low && center + half == high));
            Assert.Equal(allowed, back.SequenceEqual(ends));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(0.25, 0.75)]
    [InlineData(-2.5, 3)]
    [InlineData(0, 0.08)]
    [InlineData(1000, 1000.5)]
    public void The_ends_of_common_ranges_come_back_exactly(double low, double high)
    {
        var normalizer = new ActionNormalizer(new ActionStatistics(q01: [low], q99: [high]), new NormalizationOptions());
        double[] back = new double[2];
        normalizer.Denormalize([-1, 1], back);
        Assert.Equal([low, high], back);
    }

    [Fact]
    public void Quantiles_map_to_one_with_no_epsilon_where_the_range_is_small()
    {
        var normalizer = new ActionNormalizer(new ActionStatistics(q01: [0], q99: [1e-8]), new NormalizationOptions());
        double[] normalized = new double[2];
        normalizer.Normalize([0, 1e-8], normalized);
        Assert.Equal(-1, normalized[0], 1e-15);
        Assert.Equal(1, normalized[1], 1e-15);
    }

    [Fact]
    public void The_ends_of_the_range_do_not_count_as_clipped_and_nothing_leaves_it()
    {
        var random = new Random(10);
        for (int round = 0; round < 1000; round++)
        {
            double low = random.NextDouble() - 0.5, high = low + random.NextDouble();
            var normalizer = new ActionNormalizer(
                new ActionStatistics(q01: [low], q99: [high]), new NormalizationOptions { Clip = true });
            double[] normalized = new double[4];
            Assert.Equal(0, normalizer.Normalize([low, high, low, high], normalized));
            Assert.All(normalized, y => Assert.InRange(y, -1, 1));
            Assert.Equal(2, normalizer.Normalize([Math.BitDecrement(low), high, low, Math.BitIncrement(high)], normalized));
            Assert.All(normalized, y => Assert.InRange(y, -1, 1));
        }
    }

    [Fact]
    public void Without_clipping_values_pass_the_range_and_none_counts_as_clipped()
    {
        double[] normalized = new double[2];
        var normalizer = new ActionNormalizer(new ActionStatistics(q01: [0], q99: [2]), new NormalizationOptions());
        Assert.Equal(0, normalizer.Normalize([-2, 6], normalized));
        Assert.Equal([-3, 5], normalized);
    }

    [Theory]
    [InlineData(NormalizationMethod.Quantile01To99, false)]
    [InlineData(NormalizationMethod.Quantile01To99, true)]
    [InlineData(NormalizationMethod.Quantile10To90, true)]
    [InlineData(NormalizationMethod.MinMax, false)]
    [InlineData(NormalizationMethod.MinMax, true)]
    [InlineData(NormalizationMethod.MeanStd, false)]
    public void A_constant_dimension_maps_to_zero_and_comes_back_exactly(NormalizationMethod method, bool clip)
    {
        foreach (double constant in (double[])[0.1, 0, -1.5, 1e-310, 12345.678])
        {
            var accumulator = new StatisticsAccumulator(2);
            for (int i = 0; i < 100; i++) accumulator.Add([i, constant]);
            var normalizer = new ActionNormalizer(accumulator.ToStatistics(), new NormalizationOptions { Method = method, Clip = clip });
            double[] normalized = new double[6], back = new double[6];
            Assert.Equal(0, normalizer.Normalize([50, constant, 50, constant + 1, 50, constant - 1], normalized));
            Assert.Equal([0, 0, 0], [normalized[1], normalized[3], normalized[5]]);
            Assert.Equal(0, normalizer.HalfRange[1]);
            normalizer.Denormalize([0, 0, 0.3, 0.7, -1, -0.2], back);
            Assert.Equal([constant, constant, constant], [back[1], back[3], back[5]]);
        }
    }

    [Fact]
    public void A_range_too_small_to_divide_by_is_a_constant()
    {
        var normalizer = new ActionNormalizer(new ActionStatistics(min: [0, 0], max: [1e-309, double.Epsilon]),
            new NormalizationOptions { Method = NormalizationMethod.MinMax });
        double[] normalized = new double[2];
        normalizer.Normalize([1e-309, 0], normalized);
        Assert.Equal([0, 0], normalized);
    }

    [Theory]
    [InlineData(NormalizationMethod.Quantile01To99)]
    [InlineData(NormalizationMethod.Quantile10To90)]
    public void A_gripper_that_rarely_moves_keeps_its_motion(NormalizationMethod method)
    {
        var accumulator = new StatisticsAccumulator(1);
        for (int i = 0; i < 1000; i++) accumulator.Add([i == 500 ? 0.08 : 0.0]);
        var statistics = accumulator.ToStatistics();
        Assert.Equal(statistics.Q01![0], statistics.Q99![0]);
        var normalizer = new ActionNormalizer(statistics, new NormalizationOptions { Method = method, Clip = true });
        double[] normalized = new double[2], back = new double[2];
        Assert.Equal(0, normalizer.Normalize([0.0, 0.08], normalized));
        Assert.Equal([-1, 1], normalized);
        normalizer.Denormalize(normalized, back);
        Assert.Equal([0, 0.08], back);
    }

    [Fact]
    public void Equal_quantiles_without_min_and_max_are_a_constant()
    {
        var normalizer = new ActionNormalizer(new ActionStatistics(q01: [0.5], q99: [0.5]), new NormalizationOptions());
        Assert.Equal(0, normalizer.HalfRange[0]);
        Assert.Equal(0.5, normalizer.Center[0]);
    }

    [Fact]
    public void A_masked_dimension_is_left_as_it_is_and_not_clipped()
    {
        var statistics = new ActionStatistics(q01: [0, 0], q99: [1, 1]);
        var normalizer = new ActionNormalizer(statistics, new NormalizationOptions { Clip = true, Mask = [true, false] });
        double[] normalized = new double[4], back = new double[4];
        Assert.Equal(1, normalizer.Normalize([3, 3, 0.5, -7.25], normalized));
        Assert.Equal([1, 3, 0, -7.25], normalized);
        normalizer.Denormalize(normalized, back);
        Assert.Equal([1, 3, 0.5, -7.25], back);
    }

    [Fact]
    public void Mean_and_deviation_map_to_zero_and_one()
    {
        var normalizer = new ActionNormalizer(new ActionStatistics(mean: [3], std: [0.5]),
            new NormalizationOptions { Method = NormalizationMethod.MeanStd });
        double[] normalized = new double[3];
        normalizer.Normalize([3, 3.5, 2], normalized);
        Assert.Equal([0, 1, -2], normalized);
    }

    [Fact]
    public void Center_and_half_range_are_physical()
    {
        var normalizer = new ActionNormalizer(new ActionStatistics(min: [-1, 10], max: [3, 20]),
            new NormalizationOptions { Method = NormalizationMethod.MinMax });
        Assert.Equal([1, 15], normalizer.Center.ToArray());
        Assert.Equal([2, 5], normalizer.HalfRange.ToArray());
    }

    [Theory]
    [InlineData(double.NaN, "NaN", false)]
    [InlineData(double.PositiveInfinity, "Infinity", false)]
    [InlineData(double.NegativeInfinity, "-Infinity", false)]
    [InlineData(1e101, "1E+101", false)]
    [InlineData(double.NaN, "NaN", true)]
    [InlineData(double.PositiveInfinity, "Infinity", true)]
    [InlineData(double.NegativeInfinity, "-Infinity", true)]
    public void A_bad_action_is_named_wherever_it_stands(double bad, string text, bool clip)
    {
        foreach (int dimensions in (int[])[1, 2, 3, 7, 8, 14])
        {
            // Every kind of dimension: with a range, masked, constant.
            double[] low = new double[dimensions], high = [.. Enumerable.Range(0, dimensions).Select(d => d % 3 == 2 ? 0.0 : 1.0)];
            bool[] mask = [.. Enumerable.Range(0, dimensions).Select(d => d % 3 != 1)];
            var normalizer =
                new ActionNormalizer(new ActionStatistics(q01: low, q99: high), new NormalizationOptions { Clip = clip, Mask = mask });
            for (int at = 0; at < 5 * dimensions; at++)
            {
                if (double.IsFinite(bad) && at % dimensions % 3 == 2) continue; // a large value of a constant dimension maps to 0
                double[] actions = new double[5 * dimensions];
                actions[at] = bad;
                string place = $"step {at / dimensions}, dimension {at % dimensions} is ";
                string message = Assert.Throws<ArgumentException>(() => normalizer.Normalize(actions, new double[actions.Length])).Message;
                Assert.Contains(place + text + ";", message, StringComparison.Ordinal);
                if (double.IsFinite(bad)) continue;
                float[] singles = [.. actions.Select(x => (float)x)];
                message = Assert.Throws<ArgumentException>(() => normalizer.Normalize(singles, new double[singles.Length])).Message;
                Assert.Contains(place + text + ";", message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_large_finite_value_is_clipped_like_any_other()
    {
        double[] normalized = new double[1];
        Assert.Equal(1, new ActionNormalizer(new ActionStatistics(q01: [0], q99: [1]),
            new NormalizationOptions { Clip = true }).Normalize([1e200], normalized));
        Assert.Equal([1], normalized);
    }

    [Theory]
    [InlineData(NormalizationMethod.Quantile01To99, "q01")]
    [InlineData(NormalizationMethod.Quantile10To90, "q10")]
    [InlineData(NormalizationMethod.MinMax, "min")]
    [InlineData(NormalizationMethod.MeanStd, "mean")]
    public void A_missing_statistic_is_named(NormalizationMethod method, string name)
    {
        var exception = Assert.Throws<ArgumentException>(() =>
            new ActionNormalizer(new ActionStatistics(q50: [0]), new NormalizationOptions { Method = method }));
        Assert.Contains($"{method} needs {name}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NormalizationMethod.MeanStd)]
    [InlineData(NormalizationMethod.Identity)]
    public void Clipping_without_a_range_is_refused(NormalizationMethod method) => Refusal.Says<ArgumentException>("no range to clip to",
        () => new ActionNormalizer(new ActionStatistics(mean: [0], std: [1]), new NormalizationOptions { Method = method, Clip = true }));

    [Fact]
    public void A_mask_of_another_length_is_refused() => Refusal.Says<ArgumentException>("the mask has 3 flags",
        () => new ActionNormalizer(new ActionStatistics(q01: [0], q99: [1]), new NormalizationOptions { Mask = [true, true, false] }));

    [Fact]
    public void An_unknown_method_is_refused() => Refusal.Says<ArgumentException>("method 99 is unknown",
        () => new ActionNormalizer(new ActionStatistics(mean: [0]), new NormalizationOptions { Method = (NormalizationMethod)99 }));

    [Fact]
    public void The_mask_is_copied()
    {
        bool[] mask = [false];
        var normalizer = new ActionNormalizer(new ActionStatistics(q01: [0], q99: [1]), new NormalizationOptions { Mask = mask });
        mask[0] = true;
        Assert.Equal([false], normalizer.Options.Mask!);
    }

    [Fact]
    public void Wrong_lengths_and_overlap_are_refused()
    {
        var normalizer = new ActionNormalizer(new ActionStatistics(q01: [0, 0], q99: [1, 1]), new NormalizationOptions());
        double[] four = new double[4];
        Refusal.Says<ArgumentException>("3 actions are not a whole number of steps of 2", () =>
            normalizer.Normalize(new double[3], new double[3]));
        Refusal.Says<ArgumentException>("room for 2", () => normalizer.Normalize(new float[4], new double[2]));
        Assert.Throws<ArgumentException>(() => normalizer.Denormalize(new double[4], new float[6]));
        Assert.Throws<ArgumentException>(() => normalizer.Denormalize(new double[2], new double[4]));
        Refusal.Says<ArgumentException>("overlap", () => normalizer.Normalize(four, four));
    }

    [Fact]
    public void Neither_direction_allocates()
    {
        var normalizer = new ActionNormalizer(new ActionStatistics(q01: [0, 0], q99: [1, 1]), new NormalizationOptions { Clip = true });
        double[] actions = new double[100], normalized = new double[100];
        float[] singles = new float[100];
        long Pass()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            normalizer.Normalize(actions, normalized);
            normalizer.Normalize(singles, normalized);
            normalizer.Denormalize(normalized, actions);
            normalizer.Denormalize(normalized, singles);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Pass();
        Assert.Equal(0, Pass());
    }

    private static (double Low, double High) Range(ActionStatistics statistics, NormalizationMethod method, int d) => method switch
    {
        NormalizationMethod.Quantile01To99 when statistics.Q01![d] < statistics.Q99![d] => (statistics.Q01[d], statistics.Q99[d]),
        NormalizationMethod.Quantile10To90 when statistics.Q10![d] < statistics.Q90![d] => (statistics.Q10[d], statistics.Q90[d]),
        _ => (statistics.Min![d], statistics.Max![d]),
    };

    private static ActionStatistics RandomStatistics(Random random, int dimensions)
    {
        var accumulator = new StatisticsAccumulator(dimensions);
        double[] offset = [.. Enumerable.Range(0, dimensions).Select(_ => random.NextDouble() * 4 - 2)];
        int[] kind = [.. Enumerable.Range(0, dimensions).Select(_ => random.Next(5))];
        for (int step = 0; step < 40; step++)
        {
            accumulator.Add([.. Enumerable.Range(0, dimensions).Select(d => kind[d] switch
            {
                0 => offset[d],
                1 => step == 20 ? offset[d] + 1 : offset[d],
                _ => offset[d] + random.NextDouble(),
            })]);
        }

        return accumulator.ToStatistics();
    }

    private static double RandomAction(Random random, ActionStatistics statistics, int d) => random.Next(6) switch
    {
        0 => statistics.Q01![d],
        1 => statistics.Q99![d],
        2 => statistics.Max![d],
        _ => random.NextDouble() * 8 - 4,
    };

    private static IEnumerable<double> Near(double value)
    {
        double up = value, down = value;
        yield return value;
        for (int i = 0; i < 3; i++)
        {
            yield return up = Math.BitIncrement(up);
            yield return down = Math.BitDecrement(down);
        }
    }

    private static double Inside(Random random, (double Low, double High) range) =>
        Math.Clamp(range.Low + random.NextDouble() * (range.High - range.Low), range.Low, range.High);

    private static void AssertSameBits(double expected, double actual, string what) =>
        Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual),
            $"{what}: {expected:R} and {actual:R}");
}
