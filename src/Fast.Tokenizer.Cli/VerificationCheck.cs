namespace Fast.Tokenizer.Cli;

/// <summary>One figure against its limit.</summary>
/// <param name="Figure">Name of the figure, as in the report.</param>
/// <param name="Value">Its value; null where there is none, or it is infinite, which JSON cannot say.</param>
/// <param name="Limit">The most it may be; in figures whose limit is a minimum, the least.</param>
/// <param name="Passed">Whether it keeps the limit.</param>
/// <param name="WorstCase">What weighs most in a figure that does not; null in one that does.</param>
internal sealed record VerificationCheck(string Figure, double? Value, double Limit, bool Passed, string? WorstCase);
