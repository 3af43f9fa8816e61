using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Cli;

/// <summary>What <c>verify</c> reports.</summary>
/// <param name="Passed">Whether every limit is kept.</param>
/// <param name="Checks">A row per limit that was given, and one for chunks that do not decode where there are some.</param>
/// <param name="Report">The figures.</param>
internal sealed record VerificationResult(bool Passed, IReadOnlyList<VerificationCheck> Checks, FidelityReport Report)
{
    /// <summary>Compares a report with limits.</summary>
    public static VerificationResult Of(FidelityReport report, FidelityGate gate)
    {
        if (report.UndecodableChunks > 0) gate = gate with { MaxUndecodableChunks = gate.MaxUndecodableChunks ?? 0 };
        VerificationCheck[] checks = [.. gate.Checks(report).Select(check => new VerificationCheck(
            check.Figure,
            check.Value is { } value && double.IsFinite(value) ? value : null,
            check.Limit,
            check.Failure is null,
            check.Failure?.WorstCase))];
        return new(checks.All(check => check.Passed), checks, report);
    }
}
