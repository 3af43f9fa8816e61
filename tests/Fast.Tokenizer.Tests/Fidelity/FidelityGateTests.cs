using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Tests.Fidelity;

public sealed class FidelityGateTests
{
    private static readonly FidelityReport _report = FidelityReportTests.Sample;

    [Fact]
    public void Without_limits_nothing_fails() => Assert.Empty(new FidelityGate().Check(_report));

    [Fact]
    public void A_figure_equal_to_its_limit_keeps_it()
    {
        var limits = new FidelityGate
        {
            MaxRmse = 0.015, MaxError = 0.0625, MaxRmseNormalized = 0.03, MaxErrorNormalized = 0.125, MaxMeanTokens = 25,
        };

        Assert.Empty(limits.Check(_report));
    }

    [Fact]
    public void Each_missed_limit_names_figure_value_limit_and_worst_case()
    {
        var limits = new FidelityGate
        {
            MaxRmse = 0.01, MaxError = 0.05, MaxRmseNormalized = 0, MaxErrorNormalized = Math.BitDecrement(0.125), MaxMeanTokens = 24,
        };

        IReadOnlyList<FidelityFailure> failures = limits.Check(_report);

        Assert.Equal(
            [
                "rmse 0.015 is above 0.01: elbow has the largest, 0.02 rad",
                "max_error 0.0625 is above 0.05: elbow is off by 0.0625 rad in episode 'episode_7' at step 43",
                "rmse_normalized 0.03 is above 0: elbow has the largest, 0.04, physically 0.02 rad",
                "max_error_normalized 0.125 is above 0.12499999999999999: elbow is off by 0.0625 rad in episode 'episode_7' at step 43",
                "mean_tokens 25 is above 24: the longest chunk has 40 tokens, in episode 'episode_2' from step 10",
            ],
            failures.Select(f => f.ToString()));
        Assert.Equal(new FidelityFailure("rmse", 0.015, 0.01, "elbow has the largest, 0.02 rad"), failures[0]);
    }

    [Fact]
    public void Only_the_limits_that_are_set_are_checked() =>
        Assert.Equal(["max_error"], new FidelityGate { MaxError = 0, MaxMeanTokens = 1e9 }.Check(_report).Select(f => f.Figure));

    [Fact]
    public void An_error_in_a_dimension_without_a_range_misses_every_normalised_limit()
    {
        FidelityDimension moved = _report.PerDimension[1] with { MaxError = 0.5, MaxErrorAt = new("episode_3", 8, 1, "lid") };
        FidelityReport report = _report with { PerDimension = [_report.PerDimension[0], moved] };

        var limits = new FidelityGate { MaxErrorNormalized = 1e9, MaxRmseNormalized = 1e9 };

        IReadOnlyList<FidelityFailure> failures = limits.Check(report);

        Assert.Equal(["rmse_normalized", "max_error_normalized"], failures.Select(f => f.Figure));
        Assert.All(failures, f => Assert.Equal(double.PositiveInfinity, f.Value));
        Assert.All(failures, f => Assert.Equal(
            "the normaliser holds it constant, yet lid is off by 0.5 in episode 'episode_3' at step 8", f.WorstCase));
        Assert.Empty(new FidelityGate { MaxRmse = 1 }.Check(report));
    }

    [Fact]
    public void A_report_without_any_range_and_without_errors_keeps_normalised_limits()
    {
        FidelityReport report = _report with
        {
            RmseNormalized = null, MaxErrorNormalized = null, MaxErrorNormalizedAt = null, PerDimension = [_report.PerDimension[1]],
        };

        Assert.Empty(new FidelityGate { MaxErrorNormalized = 0, MaxRmseNormalized = 0 }.Check(report));
    }

    [Fact]
    public void A_figure_that_is_not_a_number_keeps_no_limit() =>
        Assert.Single(new FidelityGate { MaxRmse = double.MaxValue }.Check(_report with { Rmse = double.NaN }));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_limit_that_is_negative_or_not_a_number_is_refused(double limit)
    {
        Assert.Throws<ArgumentOutOfRangeException>("MaxRmse", () => new FidelityGate { MaxRmse = limit });
        Assert.Throws<ArgumentOutOfRangeException>("MaxError", () => new FidelityGate { MaxError = limit });
        Assert.Throws<ArgumentOutOfRangeException>("MaxRmseNormalized", () => new FidelityGate { MaxRmseNormalized = limit });
        Assert.Throws<ArgumentOutOfRangeException>("MaxErrorNormalized", () => new FidelityGate { MaxErrorNormalized = limit });
        Assert.Throws<ArgumentOutOfRangeException>("MaxMeanTokens", () => new FidelityGate { MaxMeanTokens = limit });
    }
}
