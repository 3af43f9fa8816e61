using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Cli;

/// <summary>What <c>verify</c> reports.</summary>
/// <param name="Passed">Whether every limit is kept.</param>
/// <param name="Checks">A row per limit that was given.</param>
/// <param name="Report">The figures.</param>
internal sealed record VerificationResult(bool Passed, IReadOnlyList<VerificationCheck> Checks, FidelityReport Report)
{
    /// <summary>Compares a report with limits.</summary>
    public static VerificationResult Of(FidelityReport report, FidelityGate gate)
    {
        IReadOnlyList<FidelityFailure> failures = gate.Check(report);
        var checks = new List<VerificationCheck>();
        void Add(string figure, double? value, double? limit)
        {
            if (limit is not { } most) return;
            FidelityFailure? failure = failures.FirstOrDefault(failure => failure.Figure == figure);
            if (failure is not null) value = double.IsFinite(failure.Value) ? failure.Value : null;
            checks.Add(new(figure, value, most, failure is null, failure?.WorstCase));
        }

        Add("rmse", report.Rmse, gate.MaxRmse);
        Add("max_error", report.MaxError, gate.MaxError);
        Add("rmse_normalized", report.RmseNormalized, gate.MaxRmseNormalized);
        Add("max_error_normalized", report.MaxErrorNormalized, gate.MaxErrorNormalized);
        Add("mean_tokens", report.MeanTokens, gate.MaxMeanTokens);
        Add("p99_error", report.PerDimension.Max(d => d.P99Error), gate.MaxP99Error);
        Add("p99_error_normalized", report.PerDimension.Max(d => d.P99ErrorNormalized), gate.MaxP99ErrorNormalized);
        Add("bias", report.PerDimension.Max(d => Math.Abs(d.MeanError)), gate.MaxBias);
        Add("p95_tokens", report.P95Tokens, gate.MaxP95Tokens);
        Add("p99_tokens", report.P99Tokens, gate.MaxP99Tokens);
        Add("max_tokens", report.MaxTokens, gate.MaxTokens);
        Add("tokens_per_second", report.TokensPerSecond, gate.MaxTokensPerSecond);
        Add("clipped", report.Clipped, gate.MaxClipped);
        foreach ((string name, FidelityLimits limits) in gate.Dimensions.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            FidelityDimension dimension = report.PerDimension.First(d => d.Name == name);
            Add($"{name}.rmse", dimension.Rmse, limits.MaxRmse);
            Add($"{name}.max_error", dimension.MaxError, limits.MaxError);
            Add($"{name}.p99_error", dimension.P99Error, limits.MaxP99Error);
            Add($"{name}.bias", Math.Abs(dimension.MeanError), limits.MaxBias);
        }

        if (report.UndecodableChunks > 0) Add("undecodable_chunks", report.UndecodableChunks, gate.MaxUndecodableChunks);
        return new(failures.Count == 0, checks, report);
    }
}
