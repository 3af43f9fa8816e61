using System.Globalization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>Limits that a tokenizer has to keep on recorded actions.</summary>
/// <remarks>A limit that is null is not checked; a figure equal to its limit keeps it. An error in a dimension without a range misses any
/// normalised limit.</remarks>
public sealed record FidelityThresholds
{
    /// <summary>Most that <see cref="FidelityReport.Rmse"/> may be, in physical units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative or not a number; so for every limit.</exception>
    public double? MaxRmse { get; init => field = Checked(value, nameof(MaxRmse)); }

    /// <summary>Most that <see cref="FidelityReport.MaxError"/> may be, in physical units.</summary>
    public double? MaxError { get; init => field = Checked(value, nameof(MaxError)); }

    /// <summary>Most that <see cref="FidelityReport.RmseNormalized"/> may be.</summary>
    public double? MaxRmseNormalized { get; init => field = Checked(value, nameof(MaxRmseNormalized)); }

    /// <summary>Most that <see cref="FidelityReport.MaxErrorNormalized"/> may be.</summary>
    public double? MaxErrorNormalized { get; init => field = Checked(value, nameof(MaxErrorNormalized)); }

    /// <summary>Most that <see cref="FidelityReport.MeanTokens"/> may be.</summary>
    public double? MaxMeanTokens { get; init => field = Checked(value, nameof(MaxMeanTokens)); }

    /// <summary>Compares a report with the limits.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The figures that missed their limit, in a fixed order; empty where all keep it.</returns>
    public IReadOnlyList<FidelityFailure> Check(FidelityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var failures = new List<FidelityFailure>();

        // A NaN keeps no limit.
        void Require(string figure, double? value, double? limit, Func<string> worstCase)
        {
            if (limit is { } most && value is { } actual && !(actual <= most)) failures.Add(new(figure, actual, most, worstCase()));
        }

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
        FidelityChunk longest = report.LongestChunk;
        Require("mean_tokens", report.MeanTokens, MaxMeanTokens,
            () => $"the longest chunk has {longest.Tokens} tokens, in episode '{longest.Episode}' from step {longest.Step}");
        return failures;
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
