using System.Globalization;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>See <see cref="EncodeMode.MaxError"/> and <see cref="EncodeMode.MaxRmse"/>.</summary>
/// <param name="Kind">What is bounded.</param>
/// <param name="Bounds">One bound for all dimensions, or one for each.</param>
internal sealed record ErrorBoundMode(BoundedError Kind, double[] Bounds) : EncodeMode
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(Kind == BoundedError.Largest ? "MaxError" : "MaxRmse")}({string.Join(", ", Bounds)})");
}
