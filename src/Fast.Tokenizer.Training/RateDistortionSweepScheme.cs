namespace Fast.Tokenizer.Training;

/// <summary>How the tokens of a point of a sweep came about.</summary>
public enum RateDistortionSweepScheme
{
    /// <summary><see cref="EncodeMode.RateDistortion"/>, or <see cref="EncodeMode.Shortest"/> at the price 0.</summary>
    RateDistortion,

    /// <summary>Plain FAST: the same tokenizer and <see cref="EncodeMode.Canonical"/>.</summary>
    Canonical,

    /// <summary>
    /// The published scheme: <see cref="AlphabetKind.ByteLevel"/>, trained on the same windows, and <see cref="EncodeMode.Canonical"/>.
    /// </summary>
    Published,

    /// <summary>One token per value: <see cref="BinningActionTokenizer"/> with 256 bins.</summary>
    Binning,
}
