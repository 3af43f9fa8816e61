namespace Fast.Tokenizer.Fidelity;

/// <summary>A figure of a report against its limit.</summary>
/// <param name="Figure">Name of the figure, as in the JSON of the report.</param>
/// <param name="Value">Value of the figure; null where there is none, which keeps any limit; infinite where a dimension without a range has
/// an error and the figure is normalised.</param>
/// <param name="Limit">The most, or for figures whose limit is a minimum the least, that it is allowed to be.</param>
/// <param name="Failure">What to say where the limit is missed; null where it is kept.</param>
public sealed record FidelityCheck(string Figure, double? Value, double Limit, FidelityFailure? Failure);
