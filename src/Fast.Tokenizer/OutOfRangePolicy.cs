namespace Fast.Tokenizer;

/// <summary>What to do with a coefficient that a tokenizer's alphabet cannot express.</summary>
public enum OutOfRangePolicy
{
    /// <summary>
    /// Do what the published processor (physical-intelligence/fast) does, and count it. An integer alphabet clamps to its ends. A
    /// byte-level one clamps from below, drops characters whose bytes its vocabulary lacks, and refuses what is no Unicode character, where
    /// the published code crashes.
    /// </summary>
    Published,

    /// <summary>Throw an <see cref="ArgumentException"/>.</summary>
    Refuse,

    /// <summary>Take the nearest coefficient that can be expressed, and count it; the tokens always decode to the right length.</summary>
    Clamp,
}
