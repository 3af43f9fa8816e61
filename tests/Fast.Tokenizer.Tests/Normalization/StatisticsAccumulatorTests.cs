using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Tests.Normalization;

public sealed class StatisticsAccumulatorTests
{
    public static TheoryData<string> DataSets => [.. RecordedActions.Names];

    [Fact]
    public void Agrees_with_numpy_on_every_field_of_the_golden_statistics()
    {
        var golden = RecordedActions.Read("golden", "statistics.npz");
        string[] names = [.. golden.Select(array => array.Key[..array.Key.LastIndexOf('_')]).Distinct()];
        Assert.NotEmpty(names);
        foreach (string name in names)
        {
            var actual = Accumulate(RecordedActions.Load(name)).ToStatistics();
            foreach (var (key, _, expected) in golden.Where(array => array.Key[..array.Key.LastIndexOf('_')] == name))
                AssertClose(key, expected, Field(actual, key[(key.LastIndexOf('_') + 1)..]), 1e-12);
        }
    }

    // The golden statistics do not hold every data set; the golden chunks do, with the two quantiles they were normalised by.
    [Theory]
    [MemberData(nameof(DataSets))]
    public void Agrees_with_numpy_on_the_quantiles_of_the_golden_chunks(string name)
    {
        var actual = Accumulate(RecordedActions.Load(name)).ToStatistics();
        var golden = RecordedActions.Read("golden", "fast_plus", name + ".npz");
        AssertClose(name, golden.Single(array => array.Key == "q01").Values, actual.Q01!, 1e-12);
        AssertClose(name, golden.Single(array => array.Key == "q99").Values, actual.Q99!, 1e-12);
    }

    [Theory]
    [MemberData(nameof(DataSets))]
    public void Agrees_with_sums_in_decimal_and_a_plain_quantile_on_recorded_data(string name)
    {
        var (rows, dimensions) = RecordedActions.Load(name);
        var actual = Accumulate((rows, dimensions)).ToStatistics();
        Assert.Equal(rows.Length / dimensions, actual.Count);
        for (int d = 0; d < dimensions; d++)
        {
            double[] column = RecordedActions.SortedColumn((rows, dimensions), d);
            decimal mean = column.Sum(x => (decimal)x) / column.Length; // 28 digits; a cast rounds to 15, so its error is bounded below
            double std = Math.Sqrt(column.Sum(x => (x - (double)mean) * (x - (double)mean)) / column.Length);
            double size = Math.Max(Math.Abs(column[0]), Math.Abs(column[^1]));
            Assert.Equal((double)mean, actual.Mean![d], 1e-14 * size);
            Assert.Equal(std, actual.Std![d], 1e-12 * size);
            Assert.Equal((column[0], column[^1]), (actual.Min![d], actual.Max![d]));
            foreach (string q in (string[])["q01", "q10", "q50", "q90", "q99"])
                Assert.Equal(PlainQuantile(column, int.Parse(q[1..])), Field(actual, q)[d], 1e-12 * size);
        }
    }

    [Fact]
    public void Any_order_of_adding_and_merging_gives_the_same_bits()
    {
        var random = new Random(1);
        for (int round = 0; round < 50; round++)
        {
            int dimensions = random.Next(1, 5), steps = random.Next(1, 200);
            double[][] rows = [.. Enumerable.Range(0, steps).Select(_ => Row(random, dimensions))];
            var expected = Accumulate(([.. rows.SelectMany(r => r)], dimensions)).ToStatistics();

            random.Shuffle(rows);
            var parts = Enumerable.Range(0, random.Next(1, 6)).Select(_ => new StatisticsAccumulator(dimensions)).ToArray();
            foreach (double[] row in rows) parts[random.Next(parts.Length)].Add(row);
            var merged = new StatisticsAccumulator(dimensions);
            foreach (var part in parts) merged.Merge(part);
            AssertSameBits(expected, merged.ToStatistics());
        }
    }

    [Fact]
    public void Values_that_cancel_give_the_same_mean_in_any_order()
    {
        // Even a compensated sum of these depends on the order: the small ones are lost at different points.
        double[] values = [1e60, -1e60, 3e40, -3e40, 7e20, -7e20, 1, 0.1, 1e-10];
        var expected = Accumulate((values, 1)).ToStatistics();
        var random = new Random(15);
        for (int round = 0; round < 200; round++)
        {
            random.Shuffle(values);
            AssertSameBits(expected, Accumulate((values, 1)).ToStatistics());
        }
    }

    [Fact]
    public void Negative_zero_counts_as_zero_whatever_the_order()
    {
        var a = Accumulate(([-0.0, 0.0, 0.0, -0.0, -0.0], 1)).ToStatistics();
        var b = Accumulate(([0.0, -0.0, -0.0, 0.0, 0.0], 1)).ToStatistics();
        AssertSameBits(a, b);
        Assert.False(double.IsNegative(a.Min![0]));
    }

    [Fact]
    public void Merging_with_itself_doubles_every_value()
    {
        var accumulator = Accumulate(([1, 2, 3, 4], 2));
        accumulator.Merge(accumulator);
        AssertSameBits(Accumulate(([1, 2, 1, 2, 3, 4, 3, 4], 2)).ToStatistics(), accumulator.ToStatistics());
    }

    [Fact]
    public void Merging_leaves_the_other_as_it_was()
    {
        var other = Accumulate(([1.0], 1));
        Accumulate(([5.0], 1)).Merge(other);
        Assert.Equal(1, other.Count);
        Assert.Equal([1.0], other.ToStatistics().Max!);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(-1.7)]
    [InlineData(1e-300)]
    [InlineData(0)]
    public void A_constant_is_its_own_mean_and_has_no_deviation(double constant)
    {
        var statistics = Accumulate(([.. Enumerable.Repeat(constant, 1237)], 1)).ToStatistics();
        foreach (var field in (IReadOnlyList<double>?[])[statistics.Min, statistics.Max, statistics.Mean, statistics.Q01, statistics.Q50,
            statistics.Q99])
            Assert.Equal(constant, field![0]);
        Assert.Equal(0, statistics.Std![0]);
    }

    [Fact]
    public void A_single_step_is_all_of_its_statistics()
    {
        var statistics = Accumulate(([3.25, -1], 2)).ToStatistics();
        Assert.Equal(1, statistics.Count);
        Assert.Equal([3.25, -1], statistics.Q10!);
        Assert.Equal([3.25, -1], statistics.Mean!);
    }

    [Fact]
    public void A_small_deviation_far_from_zero_is_not_lost()
    {
        double[] values = [.. Enumerable.Range(0, 10_000).Select(i => 1e9 + (i % 2))];
        Assert.Equal(0.5, Accumulate((values, 1)).ToStatistics().Std![0], 1e-12);
    }

    [Fact]
    public void Statistics_can_be_taken_between_additions()
    {
        var accumulator = Accumulate(([3.0, 1.0], 1));
        Assert.Equal([1.0], accumulator.ToStatistics().Min!);
        accumulator.Add([0.5]);
        AssertSameBits(Accumulate(([3, 1, 0.5], 1)).ToStatistics(), accumulator.ToStatistics());
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(1e101, "1E+101")]
    public void A_bad_value_is_named_and_nothing_of_the_call_is_added(double bad, string text)
    {
        var accumulator = new StatisticsAccumulator(3);
        var streaming = new StreamingStatisticsAccumulator(3);
        double[] rows = [1, 2, 3, 4, bad, 6];
        foreach (var add in (Action[])[() => accumulator.Add(rows), () => streaming.Add(rows)])
            Refusal.Says<ArgumentException>($"step 1, dimension 1 is {text}", add);
        Assert.Equal((0, 0), (accumulator.Count, streaming.Count));
        accumulator.Add([7, 8, 9]);
        streaming.Add([7, 8, 9]);
        Assert.Equal([7, 8, 9], accumulator.ToStatistics().Min!);
        Assert.Equal([7, 8, 9], streaming.ToStatistics().Min!);
    }

    [Fact]
    public void Half_a_step_is_refused() =>
        Refusal.Says<ArgumentException>("4 values are not a whole number of steps of 3", () =>
            new StatisticsAccumulator(3).Add([1, 2, 3, 4]));

    [Fact]
    public void Merging_other_dimensions_is_refused() =>
        Assert.Throws<ArgumentException>(() => new StatisticsAccumulator(3).Merge(new StatisticsAccumulator(2)));

    [Fact]
    public void Statistics_of_nothing_are_refused() =>
        Assert.Throws<InvalidOperationException>(() => new StatisticsAccumulator(3).ToStatistics());

    internal static StatisticsAccumulator Accumulate((double[] Rows, int Dimensions) data)
    {
        var accumulator = new StatisticsAccumulator(data.Dimensions);
        accumulator.Add(data.Rows);
        return accumulator;
    }

    internal static IReadOnlyList<double> Field(ActionStatistics statistics, string name) => name switch
    {
        "min" => statistics.Min!,
        "max" => statistics.Max!,
        "mean" => statistics.Mean!,
        "std" => statistics.Std!,
        "q01" => statistics.Q01!,
        "q10" => statistics.Q10!,
        "q50" => statistics.Q50!,
        "q90" => statistics.Q90!,
        "q99" => statistics.Q99!,
        _ => throw new ArgumentException(name),
    };

    internal static readonly string[] FieldNames = ["min", "max", "mean", "std", "q01", "q10", "q50", "q90", "q99"];

    private static double PlainQuantile(double[] sorted, int percent)
    {
        // Position in hundredths, in integers, so that only the interpolation rounds.
        long position = (long)(sorted.Length - 1) * percent;
        int below = (int)(position / 100), above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (position % 100) / 100;
    }

    private static double[] Row(Random random, int dimensions) =>
        [.. Enumerable.Range(0, dimensions).Select(d =>
            d == 0 ? Math.Round(random.NextDouble() * 4) : Math.Pow(10, random.Next(-40, 40)) * (random.NextDouble() - 0.5))];

    private static void AssertClose(string what, double[] expected, IReadOnlyList<double> actual, double relative)
    {
        Assert.Equal(expected.Length, actual.Count);
        for (int d = 0; d < expected.Length; d++)
            Assert.True(Math.Abs(expected[d] - actual[d]) <= relative * Math.Abs(expected[d]),
                $"{what}[{d}]: {expected[d]:R} and {actual[d]:R}");
    }

    private static void AssertSameBits(ActionStatistics expected, ActionStatistics actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (string name in FieldNames)
        {
            Assert.Equal(
                Field(expected, name).Select(BitConverter.DoubleToInt64Bits).ToArray(),
                Field(actual, name).Select(BitConverter.DoubleToInt64Bits).ToArray());
        }
    }
}
