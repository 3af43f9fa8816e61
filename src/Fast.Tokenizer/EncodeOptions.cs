namespace Fast.Tokenizer;

/// <summary>Choices for one encode; the default is what FAST does.</summary>
public sealed record EncodeOptions
{
    /// <summary>The published behaviour.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>
    /// What to do with values outside what the tokenizer can express; with <see cref="OutOfRangePolicy.Refuse"/> those that the
    /// normalization clips are refused too.
    /// </summary>
    public OutOfRangePolicy OutOfRange { get; init; } = OutOfRangePolicy.Published;

    /// <summary>How to choose among the token sequences that could be written.</summary>
    public EncodeMode Mode { get; init; } = EncodeMode.Canonical;
}
