namespace Fast.Tokenizer.Cli;

/// <summary>One action dimension and how it is normalised.</summary>
/// <param name="Name">Its name; its index where it has none.</param>
/// <param name="Unit">Its physical unit; empty where it is not known.</param>
/// <param name="Center">The action that maps to 0.</param>
/// <param name="HalfRange">Half the recorded range; 0 for a constant dimension.</param>
/// <param name="Weight">Normalised units in a half range.</param>
/// <param name="Normalized">False for a dimension that is left as it is.</param>
/// <param name="Encoding">What the action space makes of it, such as <c>relative to state 3</c>; null where it is encoded as it is.</param>
internal sealed record DescribedDimension(
    string Name, string Unit, double Center, double HalfRange, double Weight, bool Normalized, string? Encoding);
