using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Tests.Normalization;

public sealed class ActionStatisticsTests
{
    [Fact]
    public void Only_the_fields_of_an_openpi_file_are_enough()
    {
        var statistics = new ActionStatistics(mean: [0.5, 1], std: [0.1, 0], q01: [0, 1], q99: [1, 1]);
        Assert.Equal(2, statistics.Dimensions);
        Assert.Equal([0.5, 1], statistics.Mean!);
        Assert.Equal([1, 1], statistics.Q99!);
        Assert.Null(statistics.Count);
        Assert.Null(statistics.Min);
        Assert.Null(statistics.Q50);
    }

    [Fact]
    public void Fields_are_copied_and_cannot_be_written_through()
    {
        double[] mean = [1, 2];
        var statistics = new ActionStatistics(mean: mean);
        mean[0] = 7;
        Assert.Equal([1, 2], statistics.Mean!);
        Assert.Throws<NotSupportedException>(() => ((IList<double>)statistics.Mean!)[0] = 7);
    }

    [Fact]
    public void No_field_is_refused() => Refusal.Says<ArgumentException>("no field", () => new ActionStatistics(5));

    [Fact]
    public void A_count_below_one_is_refused() => Refusal.Says<ArgumentException>("count is 0", () => new ActionStatistics(0, mean: [1]));

    [Fact]
    public void An_empty_field_is_named() => Refusal.Says<ArgumentException>("mean is empty", () => new ActionStatistics(mean: []));

    [Fact]
    public void A_field_of_another_length_is_named() =>
        Refusal.Says<ArgumentException>("q99 has 3 dimensions and q01 has 2", () => new ActionStatistics(q01: [0, 0], q99: [1, 1, 1]));

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(2e100, "2E+100")]
    public void A_value_that_is_not_an_action_is_named_with_field_and_dimension(double value, string text) =>
        Refusal.Says<ArgumentException>($"max of dimension 1 is {text}", () => new ActionStatistics(max: [0, value]));

    [Fact]
    public void A_negative_std_is_named() =>
        Refusal.Says<ArgumentException>("std of dimension 1 is -0.5", () => new ActionStatistics(std: [1, -0.5]));

    [Fact]
    public void Exchanged_quantiles_are_named() =>
        Refusal.Says<ArgumentException>("q01 of dimension 0 is 1, above q99, which is 0", () => new ActionStatistics(q01: [1], q99: [0]));

    [Fact]
    public void Order_is_checked_across_absent_fields() =>
        Refusal.Says<ArgumentException>("min of dimension 0 is 1, above max, which is 0.5", () =>
            new ActionStatistics(min: [1], max: [0.5]));

    [Fact]
    public void Every_neighbouring_pair_is_checked()
    {
        double[][] fields = [[0], [1], [2], [3], [4], [5], [6]];
        for (int i = 0; i + 1 < fields.Length; i++)
        {
            double[][] f = [.. fields];
            (f[i], f[i + 1]) = (f[i + 1], f[i]);
            Assert.Throws<ArgumentException>(() =>
                new ActionStatistics(min: f[0], q01: f[1], q10: f[2], q50: f[3], q90: f[4], q99: f[5], max: f[6]));
        }
    }

    [Fact]
    public void A_quantile_above_the_maximum_by_float32_rounding_is_fine()
    {
        double q99 = 0.3, max = (float)0.3 - 3e-8; // float32 has 0.3 as 0.3 + 1.2e-8
        Assert.True(q99 > max);
        Assert.Equal([max], new ActionStatistics(q99: [q99], max: [max]).Max!);
        Refusal.Says<ArgumentException>("q99 of dimension 0", () => new ActionStatistics(q99: [q99], max: [q99 - 1e-6]));
    }
}
