namespace Fast.Tokenizer;

/// <summary>Whether a token sequence gives exactly one chunk of the shape asked for.</summary>
public enum DecodeStatus
{
    /// <summary>The tokens expand to exactly T times D coefficients.</summary>
    Complete,

    /// <summary>The tokens expand to fewer coefficients than the chunk has.</summary>
    Short,

    /// <summary>
    /// The tokens expand to more coefficients than the chunk has; the position is the first token that goes past the end.
    /// </summary>
    Long,

    /// <summary>A token id is negative or not in the vocabulary.</summary>
    InvalidToken,

    /// <summary>The tokens of a byte-level vocabulary expand to bytes that are not well-formed UTF-8.</summary>
    IllFormedBytes,
}
