using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Cli;

/// <summary>What <c>verify</c> reports.</summary>
/// <param name="Passed">Whether every limit is kept.</param>
/// <param name="Checks">A row per limit that was given.</param>
/// <param name="Report">The figures.</param>
internal sealed record VerificationResult(bool Passed, IReadOnlyList<VerificationCheck> Checks, FidelityReport Report)
{
    /// <summary>Compares a report with limits.</summary>
    public static VerificationResult Of(FidelityReport report, FidelityThresholds thresholds)
    {
        IReadOnlyList<FidelityFailure> failures = thresholds.Check(report);
        var checks = new List<VerificationCheck>();
        void Add(string figure, double? value, double? limit)
        {
            if (limit is not { } most) return;
            FidelityFailure? failure = failures.FirstOrDefault(failure => failure.Figure == figure);
            if (failure is not null) value = double.IsFinite(failure.Value) ? failure.Value : null;
            checks.Add(new(figure, value, most, failure is null, failure?.WorstCase));
        }

        Add("rmse", report.Rmse, thresholds.MaxRmse);
        Add("max_error", report.MaxError, thresholds.MaxError);
        Add("rmse_normalized", report.RmseNormalized, thresholds.MaxRmseNormalized);
        Add("max_error_normalized", report.MaxErrorNormalized, thresholds.MaxErrorNormalized);
        Add("mean_tokens", report.MeanTokens, thresholds.MaxMeanTokens);
        return new(failures.Count == 0, checks, report);
    }
}
