using System.Globalization;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>See <see cref="EncodeMode.MaxError"/> and <see cref="EncodeMode.MaxRmse"/>.</summary>
/// <param name="Kind">What is bounded.</param>
/// <param name="Bounds">One bound for all dimensions, or one for each.</param>
internal sealed record ErrorBoundMode(BoundedError Kind, double[] Bounds) : EncodeMode
{
    /// <summary>Throws an <see cref="ArgumentException"/> where there are not as many bounds as a chunk takes.</summary>
    public void Check(ActionShape shape)
    {
        if (Bounds.Length == 1 || Bounds.Length == shape.Dimensions) return;
        throw new ArgumentException(
            $"there are {Bounds.Length} error bounds for {shape.Dimensions} dimensions: give one for all, or one for each");
    }

    // An array is only equal to itself, but the same bounds are the same mode.
    public bool Equals(ErrorBoundMode? other) => other is not null && Kind == other.Kind && Bounds.AsSpan().SequenceEqual(other.Bounds);

    public override int GetHashCode() => HashCode.Combine(Kind, Bounds.Length, Bounds[0]);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(Kind == BoundedError.Largest ? "MaxError" : "MaxRmse")}({string.Join(", ", Bounds)})");
}
