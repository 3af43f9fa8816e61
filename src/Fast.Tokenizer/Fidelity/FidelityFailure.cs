using System.Globalization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>A figure of a report that missed its threshold.</summary>
/// <param name="Figure">Name of the figure, as in the JSON of the report.</param>
/// <param name="Value">Value of the figure; infinite where a dimension without a range has an error and the figure is normalised.</param>
/// <param name="Limit">The most, or for some figures the least, that it was allowed to be.</param>
/// <param name="WorstCase">What weighs most in the figure, and where.</param>
public sealed record FidelityFailure(string Figure, double Value, double Limit, string WorstCase)
{
    /// <summary>The failure in one line.</summary>
    /// <returns>Figure, value, limit and worst case.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Figure} {Value} is {(Value < Limit ? "below" : "above")} {Limit}: {WorstCase}");
}
