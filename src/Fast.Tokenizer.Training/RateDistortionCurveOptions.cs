namespace Fast.Tokenizer.Training;

/// <summary>What a <see cref="RateDistortionCurve"/> is measured on.</summary>
public sealed record RateDistortionCurveOptions
{
    /// <summary>Time steps in a chunk, T, at least 1.</summary>
    public required int Horizon { get; init; }

    /// <summary>Steps between the starts of two chunks of an episode, at least 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>The most chunks that a point is measured on, spread evenly over the episodes; at least 1.</summary>
    public int Windows { get; init; } = 500;

    /// <summary>
    /// Prices of a token, 0 or above, see <see cref="EncodeMode.RateDistortion"/>; 0 is <see cref="EncodeMode.Shortest"/>.
    /// </summary>
    public IReadOnlyList<double> Lambdas { get; init; } = [0, 0.1, 0.3, 0.7, 1.2, 2, 4, 8, 16];
}
