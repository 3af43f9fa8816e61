namespace Fast.Tokenizer;

/// <summary>Choices for one encode; the default is what FAST does.</summary>
public sealed record EncodeOptions
{
    /// <summary>The published behaviour: values outside the range are moved to its ends and counted.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>Whether a value outside the range is an error instead of being clipped and counted.</summary>
    public bool RefuseClipping { get; init; }
}
