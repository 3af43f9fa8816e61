using System.Globalization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>Limits that a tokenizer has to keep on recorded actions.</summary>
/// <remarks>A limit that is null is not checked; a figure equal to its limit keeps it. An error in a dimension without a range misses any
/// normalised limit.</remarks>
public sealed record FidelityGate
{
    /// <summary>Most that <see cref="FidelityReport.Rmse"/> may be, in physical units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative or not a number.</exception>
    public double? MaxRmse { get; init => field = Checked(value, nameof(MaxRmse)); }

    /// <summary>Most that <see cref="FidelityReport.MaxError"/> may be, in physical units.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxError { get; init => field = Checked(value, nameof(MaxError)); }

    /// <summary>Most that <see cref="FidelityReport.RmseNormalized"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxRmseNormalized { get; init => field = Checked(value, nameof(MaxRmseNormalized)); }

    /// <summary>Most that <see cref="FidelityReport.MaxErrorNormalized"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxErrorNormalized { get; init => field = Checked(value, nameof(MaxErrorNormalized)); }

    /// <summary>Most that <see cref="FidelityDimension.MeanAbsoluteError"/> of any dimension may be, in its unit.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxMeanAbsoluteError { get; init => field = Checked(value, nameof(MaxMeanAbsoluteError)); }

    /// <summary>Most that <see cref="FidelityStep.RmseNormalized"/> of any time step of the chunk may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxStepRmseNormalized { get; init => field = Checked(value, nameof(MaxStepRmseNormalized)); }

    /// <summary>Most that <see cref="FidelityPrefix.RmseNormalized"/> may be for three quarters of the tokens; a report without prefixes
    /// misses it.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxPrefixRmseNormalized { get; init => field = Checked(value, nameof(MaxPrefixRmseNormalized)); }

    /// <summary>Most that <see cref="FidelityReport.MeanTokens"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxMeanTokens { get; init => field = Checked(value, nameof(MaxMeanTokens)); }

    /// <summary>Most that the 99th percentile of the errors of any dimension may be, in its unit.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxP99Error { get; init => field = Checked(value, nameof(MaxP99Error)); }

    /// <summary>Most that the 99th percentile of the errors of any dimension may be, in normalised units.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxP99ErrorNormalized { get; init => field = Checked(value, nameof(MaxP99ErrorNormalized)); }

    /// <summary>Most that the bias of any dimension may be on either side of 0, in its unit.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxBias { get; init => field = Checked(value, nameof(MaxBias)); }

    /// <summary>Most that <see cref="FidelityReport.P50Tokens"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxP50Tokens { get; init => field = Checked(value, nameof(MaxP50Tokens)); }

    /// <summary>Most that <see cref="FidelityReport.P95Tokens"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxP95Tokens { get; init => field = Checked(value, nameof(MaxP95Tokens)); }

    /// <summary>Most that <see cref="FidelityReport.P99Tokens"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxP99Tokens { get; init => field = Checked(value, nameof(MaxP99Tokens)); }

    /// <summary>Most that <see cref="FidelityReport.MaxTokens"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxTokens { get; init => field = Checked(value, nameof(MaxTokens)); }

    /// <summary>Most that <see cref="FidelityReport.TokensPerSecond"/> may be; a report without a rate misses it.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxTokensPerSecond { get; init => field = Checked(value, nameof(MaxTokensPerSecond)); }

    /// <summary>Most that <see cref="FidelityReport.Clipped"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxClipped { get; init => field = Checked(value, nameof(MaxClipped)); }

    /// <summary>Least that <see cref="FidelityReport.CompressionRatio"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MinCompressionRatio { get; init => field = Checked(value, nameof(MinCompressionRatio)); }

    /// <summary>Least that <see cref="VocabularyUse.UsedShare"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MinUsedShare { get; init => field = Checked(value, nameof(MinUsedShare)); }

    /// <summary>Least that <see cref="VocabularyUse.Entropy"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MinEntropy { get; init => field = Checked(value, nameof(MinEntropy)); }

    /// <summary>Most that <see cref="VocabularyUse.MostFrequentShare"/> may be.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxMostFrequentShare { get; init => field = Checked(value, nameof(MaxMostFrequentShare)); }

    /// <summary>Limits on single dimensions, by name.</summary>
    public IReadOnlyDictionary<string, FidelityLimits> Dimensions { get; init; } = new Dictionary<string, FidelityLimits>();

    /// <summary>Most that <see cref="FidelityReport.UndecodableChunks"/> may be; none by default.</summary>
    /// <inheritdoc cref="MaxRmse" path="/exception"/>
    public double? MaxUndecodableChunks { get; init => field = Checked(value, nameof(MaxUndecodableChunks)); } = 0;

    /// <summary>Does nothing where a report keeps all limits.</summary>
    /// <param name="report">The report.</param>
    /// <exception cref="FidelityGateException">A limit is missed; the message has a line for each.</exception>
    /// <exception cref="ArgumentException">There are limits on a dimension that the report does not have.</exception>
    public void Enforce(FidelityReport report)
    {
        if (Check(report) is { Count: > 0 } failures) throw new FidelityGateException(failures);
    }

    /// <summary>Compares a report with the limits.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The figures that missed their limit, in a fixed order; empty where all keep it.</returns>
    /// <exception cref="ArgumentException">There are limits on a dimension that the report does not have.</exception>
    public IReadOnlyList<FidelityFailure> Check(FidelityReport report) =>
        [.. Checks(report).Select(check => check.Failure).OfType<FidelityFailure>()];

    /// <summary>Compares a report with the limits, and tells of those that are kept too.</summary>
    /// <param name="report">The report.</param>
    /// <returns>A row per limit that is set, in a fixed order.</returns>
    /// <exception cref="ArgumentException">There are limits on a dimension that the report does not have.</exception>
    public IReadOnlyList<FidelityCheck> Checks(FidelityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var checks = new List<FidelityCheck>();

        // A NaN keeps no limit.
        void Compare(string figure, double? value, double? limit, Func<double, double, bool> keeps, Func<string> worstCase)
        {
            if (limit is not { } bound) return;
            bool isMissed = value is { } actual && !keeps(actual, bound);
            checks.Add(new(figure, value, bound, isMissed ? new(figure, value!.Value, bound, worstCase()) : null));
        }

        void Require(string figure, double? value, double? limit, Func<string> worstCase) =>
            Compare(figure, value, limit, (actual, most) => actual <= most, worstCase);
        void RequireLeast(string figure, double value, double? limit, Func<string> worstCase) =>
            Compare(figure, value, limit, (actual, least) => actual >= least, worstCase);

        // What has no range has no normalised error; without this a joint that starts to move after training would go unseen.
        FidelityDimension? moved = report.PerDimension.FirstOrDefault(d => d.MaxErrorNormalized is null && d.MaxError > 0);
        void RequireNormalized(string figure, double? value, double? limit, Func<string> worstCase)
        {
            if (moved is null) Require(figure, value, limit, worstCase);
            else Require(figure, double.PositiveInfinity, limit, () => $"the normaliser holds it constant, yet {Largest(moved)}");
        }

        Require("rmse", report.Rmse, MaxRmse, () => Widest(report, d => d.Rmse, d => Text(d.Rmse, d.Unit)));
        Require("max_error", report.MaxError, MaxError, () => Largest(report.PerDimension[report.MaxErrorAt.Dimension]));
        RequireNormalized("rmse_normalized", report.RmseNormalized, MaxRmseNormalized,
            () => Widest(report, d => d.RmseNormalized, d => $"{Text(d.RmseNormalized!.Value, "")}, physically {Text(d.Rmse, d.Unit)}"));
        RequireNormalized("max_error_normalized", report.MaxErrorNormalized, MaxErrorNormalized,
            () => Largest(report.PerDimension[report.MaxErrorNormalizedAt!.Value.Dimension]));
        Require("p99_error", report.PerDimension.Max(d => d.P99Error), MaxP99Error,
            () => Widest(report, d => d.P99Error, d => Text(d.P99Error, d.Unit)));
        RequireNormalized("p99_error_normalized", report.PerDimension.Max(d => d.P99ErrorNormalized), MaxP99ErrorNormalized,
            () => Widest(report, d => d.P99ErrorNormalized, d => $"{Text(d.P99ErrorNormalized!.Value, "")}, physically {Text(d.P99Error, d.Unit)}"));
        Require("bias", report.PerDimension.Max(d => Math.Abs(d.MeanError)), MaxBias,
            () => Widest(report, d => Math.Abs(d.MeanError), d => Text(d.MeanError, d.Unit)));

        Require("mean_absolute_error", report.PerDimension.Max(d => d.MeanAbsoluteError), MaxMeanAbsoluteError,
            () => Widest(report, d => d.MeanAbsoluteError, d => Text(d.MeanAbsoluteError, d.Unit)));
        RequireNormalized("step_rmse_normalized", report.PerStep.Max(step => step.RmseNormalized), MaxStepRmseNormalized,
            () => $"step {report.PerStep.MaxBy(step => step.RmseNormalized).Step} of the chunk has the largest");
        FidelityPrefix? prefix = report.PrefixQuality is { Count: > 0 } prefixes ? prefixes[^1] : null;
        RequireNormalized("prefix_rmse_normalized", prefix is { } most ? most.RmseNormalized : double.PositiveInfinity, MaxPrefixRmseNormalized,
            () => prefix is { } last ? $"with the first {Text(100 * last.Share, "%")} of the tokens" : "the tokenizer decodes no prefixes");

        FidelityChunk longest = report.LongestChunk;
        string Longest() => $"the longest chunk has {longest.Tokens} tokens, in episode '{longest.Episode}' from step {longest.Step}";
        Require("mean_tokens", report.MeanTokens, MaxMeanTokens, Longest);
        Require("p50_tokens", report.P50Tokens, MaxP50Tokens, Longest);
        Require("p95_tokens", report.P95Tokens, MaxP95Tokens, Longest);
        Require("p99_tokens", report.P99Tokens, MaxP99Tokens, Longest);
        Require("max_tokens", report.MaxTokens, MaxTokens, Longest);
        Require("tokens_per_second", report.TokensPerSecond ?? double.PositiveInfinity, MaxTokensPerSecond,
            () => report.TokensPerSecond is null ? "the tokenizer does not say its rate" : Longest());
        Require("clipped", report.Clipped, MaxClipped, () => $"{report.Clipped} values lie outside what the tokenizer can express");
        RequireLeast("compression_ratio", report.CompressionRatio, MinCompressionRatio, Longest);
        VocabularyUse use = report.VocabularyUse;
        RequireLeast("used_share", use.UsedShare, MinUsedShare, () => $"the other ids occurred in none of {report.Chunks} chunks");
        RequireLeast("entropy", use.Entropy, MinEntropy, () => $"the most frequent id is {Text(100 * use.MostFrequentShare, "%")} of the tokens");
        Require("most_frequent_share", use.MostFrequentShare, MaxMostFrequentShare,
            () => $"the ids have {Text(use.Entropy, "")} of the entropy that even use would have");
        foreach ((string name, FidelityLimits limits) in Dimensions.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            FidelityDimension dimension = report.PerDimension.FirstOrDefault(d => d.Name == name) ?? throw new ArgumentException(
                $"there are limits on the dimension '{name}', the report has {string.Join(", ", report.PerDimension.Select(d => d.Name))}");
            Require($"{name}.rmse", dimension.Rmse, limits.MaxRmse, () => Largest(dimension));
            Require($"{name}.max_error", dimension.MaxError, limits.MaxError, () => Largest(dimension));
            Require($"{name}.p99_error", dimension.P99Error, limits.MaxP99Error, () => Largest(dimension));
            Require($"{name}.bias", Math.Abs(dimension.MeanError), limits.MaxBias,
                () => $"{name} is off by {Text(dimension.MeanError, dimension.Unit)} on average");
        }

        Require("undecodable_chunks", report.UndecodableChunks, MaxUndecodableChunks,
            () => report.FirstUndecodable is { } first ? $"the first is in episode '{first.Episode}' from step {first.Step}" : "");
        return checks;
    }

    private static string Widest(FidelityReport report, Func<FidelityDimension, double?> figure, Func<FidelityDimension, string> text)
    {
        FidelityDimension widest = report.PerDimension.MaxBy(figure)!;
        return $"{widest.Name} has the largest, {text(widest)}";
    }

    private static string Largest(FidelityDimension dimension)
    {
        FidelityLocation at = dimension.MaxErrorAt;
        return $"{dimension.Name} is off by {Text(dimension.MaxError, dimension.Unit)} in episode '{at.Episode}' at step {at.Step}";
    }

    private static string Text(double value, string unit)
    {
        string number = value.ToString("G6", CultureInfo.InvariantCulture);
        return unit.Length == 0 ? number : $"{number} {unit}";
    }

    private static double? Checked(double? limit, string name)
    {
        if (limit is { } most && !(most >= 0)) throw new ArgumentOutOfRangeException(name, most, "a limit is a number, 0 or above");
        return limit;
    }
}
