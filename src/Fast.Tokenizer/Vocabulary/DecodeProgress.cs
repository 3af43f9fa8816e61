namespace Fast.Tokenizer.Vocabulary;

/// <summary>How far a decode has come that takes one token at a time.</summary>
internal struct DecodeProgress
{
    /// <summary>Tokens taken.</summary>
    public int Tokens;

    /// <summary>Coefficients that they gave.</summary>
    public int Coefficients;

    /// <summary>The character that they left half read; between characters where a symbol is a coefficient.</summary>
    public Utf8Sequence Character;
}
