namespace Fast.Tokenizer.Vocabulary;

/// <summary>Quantised coefficients to token ids and back: an alphabet and a vocabulary over its symbols.</summary>
internal abstract class TokenCodec
{
    /// <summary>Encodes coefficients. The token buffer may be smaller than the worst case, but must hold the result.</summary>
    /// <exception cref="ArgumentException">The result does not fit, or a coefficient is refused.</exception>
    public abstract EncodeResult Encode(ReadOnlySpan<int> coefficients, Span<int> tokens, OutOfRangePolicy outOfRange = OutOfRangePolicy.Published);

    /// <summary>Decodes token ids into exactly the coefficients asked for; on failure those before the fault are written.</summary>
    public abstract DecodeResult Decode(ReadOnlySpan<int> tokens, Span<int> coefficients);
}
