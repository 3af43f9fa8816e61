namespace Fast.Tokenizer.Decoding;

/// <summary>What to do with tokens that do not give exactly one chunk.</summary>
public enum DecodePolicy
{
    /// <summary>Throw <see cref="ActionDecodeException"/>. A robot must not move on a guess.</summary>
    Strict,

    /// <summary>
    /// Use the coefficients before the fault: missing ones are zero, surplus ones are ignored. What LeRobot calls relaxed decoding.
    /// </summary>
    Prefix,

    /// <summary>Use the chunk that the caller gives to fall back on, such as the last good one or one that stands still.</summary>
    Hold,
}
