namespace Fast.Tokenizer.Normalization;

/// <summary>How actions are normalised.</summary>
public sealed record NormalizationOptions
{
    /// <summary>Which statistics span the range.</summary>
    public NormalizationMethod Method { get; init; } = NormalizationMethod.Quantile01To99;

    /// <summary>Whether values outside the range are moved to its ends before the transform. Not with
    /// <see cref="NormalizationMethod.MeanStd"/> or <see cref="NormalizationMethod.Identity"/>, which have no range.</summary>
    public bool Clip { get; init; }

    /// <summary>One flag per dimension, false for a dimension that is left as it is (such as a binary gripper); null normalises
    /// all.</summary>
    public IReadOnlyList<bool>? Mask { get; init; }
}
