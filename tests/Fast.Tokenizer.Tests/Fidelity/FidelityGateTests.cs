using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Tests.Fidelity;

public sealed class FidelityGateTests
{
    private static readonly FidelityReport _sample = FidelityReportTests.Sample with { UndecodableChunks = 0, FirstUndecodable = null };

    [Fact]
    public void Every_figure_can_have_a_limit_and_names_itself()
    {
        var gate = new FidelityGate
        {
            MaxP99Error = 0.01,
            MaxP99ErrorNormalized = 0.01,
            MaxBias = 0.0005,
            MaxP95Tokens = 38,
            MaxP99Tokens = 39,
            MaxTokens = 39,
            MaxTokensPerSecond = 27,
            MaxClipped = 2,
            Dimensions = new Dictionary<string, FidelityLimits> { ["elbow"] = new(0.01, 0.01, 0.01, 0.0001), ["lid"] = new(0, 0, 0, 0) },
        };

        string[] missed = [.. gate.Check(_sample).Select(failure => failure.Figure)];
        Assert.Equal(
            [
                "p99_error", "p99_error_normalized", "bias", "p95_tokens", "p99_tokens", "max_tokens", "tokens_per_second", "clipped",
                "elbow.rmse", "elbow.max_error", "elbow.p99_error", "elbow.bias",
            ],
            missed);
        var thrown = Assert.Throws<FidelityGateException>(() => gate.Enforce(_sample));
        Assert.Equal(missed.Length, thrown.Failures.Count);
        Assert.Contains("max_tokens 40 is above 39: the longest chunk has 40 tokens, in episode 'episode_2' from step 10", thrown.Message);
        Assert.Contains("elbow.max_error 0.0625 is above 0.01: elbow is off by 0.0625 rad in episode 'episode_7' at step 43", thrown.Message);
        new FidelityGate { MaxBias = 0.001, MaxP99Error = 0.05, MaxTokensPerSecond = 27.5 }.Enforce(_sample);
    }

    [Fact]
    public void Use_of_ids_compression_steps_and_prefixes_can_have_limits_too()
    {
        var gate = new FidelityGate
        {
            MaxMeanAbsoluteError = 0.01, MaxStepRmseNormalized = 0.1, MaxPrefixRmseNormalized = 0.1, MaxP50Tokens = 24,
            MinCompressionRatio = 4.5, MinUsedShare = 0.8, MinEntropy = 0.9, MaxMostFrequentShare = 0.05,
        };
        FidelityReport report = _sample with { PerStep = [new(0, 0.5, 0.2), new(1, 0.5, 0.3)], PrefixQuality = [new(0.5, 1, 1), new(0.75, 1, 0.5)] };

        Assert.Equal(
            [
                "mean_absolute_error 0.015 is above 0.01: elbow has the largest, 0.015 rad",
                "step_rmse_normalized 0.3 is above 0.1: step 1 of the chunk has the largest",
                "prefix_rmse_normalized 0.5 is above 0.1: with the first 75 % of the tokens",
                "p50_tokens 24.5 is above 24: the longest chunk has 40 tokens, in episode 'episode_2' from step 10",
                "compression_ratio 4 is below 4.5: the longest chunk has 40 tokens, in episode 'episode_2' from step 10",
                "used_share 0.75 is below 0.8: the other ids occurred in none of 12 chunks",
                "entropy 0.875 is below 0.9: the most frequent id is 6.25 % of the tokens",
                "most_frequent_share 0.0625 is above 0.05: the ids have 0.875 of the entropy that even use would have",
            ],
            gate.Check(report).Select(failure => failure.ToString()));
        Assert.Empty(new FidelityGate { MinCompressionRatio = 4, MinUsedShare = 0.75, MinEntropy = 0.875, MaxMostFrequentShare = 0.0625 }.Check(report));
        Assert.Equal(
            "the tokenizer decodes no prefixes",
            Assert.Single(new FidelityGate { MaxPrefixRmseNormalized = 9 }.Check(report with { PrefixQuality = null })).WorstCase);
    }

    [Fact]
    public void Checks_tell_of_the_limits_that_are_kept_too()
    {
        IReadOnlyList<FidelityCheck> checks = new FidelityGate { MaxRmse = 1, MaxTokens = 39 }.Checks(_sample);

        Assert.Equal([("rmse", 0.015, 1.0), ("max_tokens", 40.0, 39.0), ("undecodable_chunks", 0.0, 0.0)],
            checks.Select(check => (check.Figure, check.Value!.Value, check.Limit)));
        Assert.Equal([true, false, true], checks.Select(check => check.Failure is null));
    }

    [Fact]
    public void A_report_with_undecodable_chunks_and_no_place_of_the_first_is_still_missed() =>
        Assert.Single(new FidelityGate().Check(_sample with { UndecodableChunks = 3 }));

    [Fact]
    public void Chunks_that_do_not_decode_are_missed_without_being_asked_for() =>
        Assert.Equal("undecodable_chunks", Assert.Single(new FidelityGate().Check(FidelityReportTests.Sample)).Figure);

    [Fact]
    public void A_rate_that_is_not_known_misses_a_limit_on_it() => Assert.Contains(
        "does not say its rate",
        Assert.Single(new FidelityGate { MaxTokensPerSecond = 1000 }.Check(_sample with { TokensPerSecond = null })).WorstCase);

    [Fact]
    public void Limits_on_a_dimension_that_is_not_there_are_refused()
    {
        var gate = new FidelityGate { Dimensions = new Dictionary<string, FidelityLimits> { ["knee"] = new(1) } };
        Assert.Contains("'knee', the report has elbow, lid", Assert.Throws<ArgumentException>(() => gate.Check(_sample)).Message);
    }

    [Fact]
    public void Without_limits_nothing_fails() => Assert.Empty(new FidelityGate().Check(_sample));

    [Fact]
    public void A_figure_equal_to_its_limit_keeps_it()
    {
        var limits = new FidelityGate
        {
            MaxRmse = 0.015, MaxError = 0.0625, MaxRmseNormalized = 0.03, MaxErrorNormalized = 0.125, MaxMeanTokens = 25,
        };

        Assert.Empty(limits.Check(_sample));
    }

    [Fact]
    public void Each_missed_limit_names_figure_value_limit_and_worst_case()
    {
        var limits = new FidelityGate
        {
            MaxRmse = 0.01, MaxError = 0.05, MaxRmseNormalized = 0, MaxErrorNormalized = Math.BitDecrement(0.125), MaxMeanTokens = 24,
        };

        IReadOnlyList<FidelityFailure> failures = limits.Check(_sample);

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
        Assert.Equal(["max_error"], new FidelityGate { MaxError = 0, MaxMeanTokens = 1e9 }.Check(_sample).Select(f => f.Figure));

    [Fact]
    public void An_error_in_a_dimension_without_a_range_misses_every_normalised_limit()
    {
        FidelityDimension moved = _sample.PerDimension[1] with { MaxError = 0.5, MaxErrorAt = new("episode_3", 8, 1, "lid") };
        FidelityReport report = _sample with { PerDimension = [_sample.PerDimension[0], moved] };

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
        FidelityReport report = _sample with
        {
            RmseNormalized = null, MaxErrorNormalized = null, MaxErrorNormalizedAt = null, PerDimension = [_sample.PerDimension[1]],
        };

        Assert.Empty(new FidelityGate { MaxErrorNormalized = 0, MaxRmseNormalized = 0 }.Check(report));
    }

    [Fact]
    public void A_figure_that_is_not_a_number_keeps_no_limit() =>
        Assert.Single(new FidelityGate { MaxRmse = double.MaxValue }.Check(_sample with { Rmse = double.NaN }));

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
