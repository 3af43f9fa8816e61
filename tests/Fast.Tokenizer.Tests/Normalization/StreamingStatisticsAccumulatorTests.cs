using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Tests.Normalization;

public sealed class StreamingStatisticsAccumulatorTests
{
    private static readonly (string Name, int Percent)[] _quantiles = [("q01", 1), ("q10", 10), ("q50", 50), ("q90", 90), ("q99", 99)];

    private static readonly Dictionary<string, Func<Random, double>> _distributions = new()
    {
        ["uniform"] = r => r.NextDouble(),
        ["mixed sign"] = r => r.NextDouble() - 0.5,
        ["negative"] = r => -1 - r.NextDouble(),
        ["normal far from zero"] = r => 1000 + Normal(r),
        ["heavy tail"] = r => 1 / Math.Pow(1 - r.NextDouble(), 3),
        ["heavy tails of both signs"] = r => Math.Tan(Math.PI * (r.NextDouble() - 0.5)),
        ["constant"] = _ => 0.1,
        ["two values"] = r => r.Next(2) == 0 ? -1 : 1,
        ["mostly zero"] = r => r.Next(30) == 0 ? Normal(r) : 0,
        ["grid"] = r => r.Next(-20, 21) / 10.0,
        ["huge range"] = r => Math.Pow(10, r.Next(-300, 100)) * (r.NextDouble() - 0.5),
        ["denormal"] = r => BitConverter.Int64BitsToDouble(r.NextInt64(1, 1L << 52)) * (r.Next(2) * 2 - 1),
        ["denormals of few bits"] = r => BitConverter.Int64BitsToDouble(r.NextInt64(0, 1L << r.Next(1, 20))),
        ["around the smallest normal"] = r => 2.2250738585072014e-308 * (r.NextDouble() * 4 - 2),
        ["powers of two"] = r => Math.ScaleB(r.Next(2) * 2 - 1, r.Next(-1060, 320)),
        ["just below powers of two"] = r => Math.BitDecrement(Math.ScaleB(1, r.Next(-1060, 320))),
    };

    public static TheoryData<string> Distributions => [.. _distributions.Keys];

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Quantiles_are_within_the_stated_error_and_min_max_count_exact(string distribution)
    {
        var random = new Random(2);
        foreach (int count in (int[])[1, 2, 3, 10, 101, 4999])
        {
            foreach (double asked in (double[])[0.0005, 0.01, 0.1])
            {
                double[] values = [.. Enumerable.Range(0, count).Select(_ => _distributions[distribution](random))];
                var accumulator = new StreamingStatisticsAccumulator(1, asked);
                accumulator.Add(values);
                Assert.InRange(accumulator.RelativeError, asked / 2, asked);
                Array.Sort(values);
                AssertWithinBound(values, accumulator.ToStatistics(), 0, accumulator.RelativeError,
                    $"{distribution}, {count} values, {asked}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(StatisticsAccumulatorTests.DataSets), MemberType = typeof(StatisticsAccumulatorTests))]
    public void Recorded_actions_keep_to_the_bound_and_to_the_exact_moments(string name)
    {
        var (rows, dimensions) = RecordedActions.Load(name);
        var exact = StatisticsAccumulatorTests.Accumulate((rows, dimensions)).ToStatistics();
        var accumulator = new StreamingStatisticsAccumulator(dimensions);
        foreach (double[] part in rows.Chunk(1000 * dimensions)) accumulator.Add(part);
        var estimate = accumulator.ToStatistics();
        for (int d = 0; d < dimensions; d++)
        {
            double[] column = RecordedActions.SortedColumn((rows, dimensions), d);
            AssertWithinBound(column, estimate, d, accumulator.RelativeError, $"{name}[{d}]");
            double size = Math.Max(Math.Abs(column[0]), Math.Abs(column[^1]));
            Assert.Equal(exact.Mean![d], estimate.Mean![d], 1e-13 * size);
            Assert.Equal(exact.Std![d], estimate.Std![d], 1e-12 * size);
        }
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Merging_in_any_order_and_grouping_gives_the_same_quantiles(string distribution)
    {
        var random = new Random(3);
        for (int round = 0; round < 5; round++)
        {
            double[][] parts = [.. Enumerable.Range(0, 4).Select(_ =>
                Enumerable.Range(0, random.Next(0, 60)).Select(_ => _distributions[distribution](random)).ToArray())];
            if (parts.All(p => p.Length == 0)) continue;
            var (a, b, c, d) = (From(parts[0]), From(parts[1]), From(parts[2]), From(parts[3]));
            a.Merge(b);
            a.Merge(c);
            a.Merge(d);
            var left = a.ToStatistics();
            var (e, f) = (From(parts[3]), From(parts[2]));
            var (g, h) = (From(parts[1]), From(parts[0]));
            e.Merge(f);
            g.Merge(h);
            e.Merge(g);
            var right = e.ToStatistics();
            var whole = From([.. parts.SelectMany(p => p)]).ToStatistics();

            foreach (var other in (ActionStatistics[])[right, whole])
            {
                Assert.Equal(left.Count, other.Count);
                foreach (string name in StatisticsAccumulatorTests.FieldNames.Except(["mean", "std"]))
                    Assert.Equal(BitConverter.DoubleToInt64Bits(Value(left, name)), BitConverter.DoubleToInt64Bits(Value(other, name)));

                // A mean of denormals rounds to their grid once in each merge.
                double rounding = 1e-13 * Math.Max(Math.Abs(left.Min![0]), Math.Abs(left.Max![0])) + 4 * double.Epsilon;
                Assert.Equal(left.Mean![0], other.Mean![0], rounding);
                Assert.Equal(left.Std![0], other.Std![0], rounding);
            }
        }
    }

    [Fact]
    public void Merging_with_itself_doubles_every_value()
    {
        var accumulator = From([1, 5, -2]);
        accumulator.Merge(accumulator);
        var twice = From([1, 5, -2, 1, 5, -2]).ToStatistics();
        Assert.Equal(6, accumulator.Count);
        foreach (string name in StatisticsAccumulatorTests.FieldNames)
            Assert.Equal(Value(twice, name), Value(accumulator.ToStatistics(), name), 1e-15);
    }

    [Fact]
    public void A_constant_comes_back_exactly()
    {
        var statistics = From([.. Enumerable.Repeat(0.1, 1000)]).ToStatistics();
        foreach (string name in StatisticsAccumulatorTests.FieldNames) Assert.Equal(name == "std" ? 0 : 0.1, Value(statistics, name));
    }

    [Fact]
    public void Memory_does_not_grow_with_the_number_of_steps()
    {
        var random = new Random(4);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => Normal(random))];
        var accumulator = From(values);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) accumulator.Add(values);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    [InlineData(1e-6)]
    [InlineData(double.NaN)]
    public void A_relative_error_out_of_range_is_refused(double relativeError) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingStatisticsAccumulator(1, relativeError));

    [Fact]
    public void Merging_another_relative_error_is_refused() =>
        Assert.Throws<ArgumentException>(() => new StreamingStatisticsAccumulator(1).Merge(new StreamingStatisticsAccumulator(1, 0.01)));

    [Fact]
    public void Merging_other_dimensions_is_refused() =>
        Assert.Throws<ArgumentException>(() => new StreamingStatisticsAccumulator(1).Merge(new StreamingStatisticsAccumulator(2)));

    [Fact]
    public void Statistics_of_nothing_are_refused() =>
        Assert.Throws<InvalidOperationException>(() => new StreamingStatisticsAccumulator(3).ToStatistics());

    private static void AssertWithinBound(double[] sorted, ActionStatistics estimate, int d, double relativeError, string what)
    {
        Assert.Equal(sorted.Length, estimate.Count);
        Assert.Equal((sorted[0], sorted[^1]), (estimate.Min![d], estimate.Max![d]));
        foreach (var (name, percent) in _quantiles)
        {
            long position = (long)(sorted.Length - 1) * percent;
            int below = (int)(position / 100), above = position % 100 == 0 ? below : below + 1;
            double exact = sorted[below] + (sorted[above] - sorted[below]) * (position % 100) / 100;

            // The rounding beyond the bound: of the interpolation, and of a denormal to its grid.
            double bound = (relativeError + 1e-12) * Math.Max(Math.Abs(sorted[below]), Math.Abs(sorted[above])) + 2 * double.Epsilon;
            double error = Math.Abs(StatisticsAccumulatorTests.Field(estimate, name)[d] - exact);
            Assert.True(error <= bound, $"{what}: {name} is off by {error:R}, the bound is {bound:R}");
        }
    }

    private static StreamingStatisticsAccumulator From(double[] values)
    {
        var accumulator = new StreamingStatisticsAccumulator(1);
        accumulator.Add(values);
        return accumulator;
    }

    private static double Value(ActionStatistics statistics, string name) => StatisticsAccumulatorTests.Field(statistics, name)[0];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
