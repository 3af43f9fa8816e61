namespace Fast.Tokenizer.Vocabulary;

/// <summary>Quantised coefficients to token ids and back: an alphabet and a vocabulary over its symbols.</summary>
internal abstract class TokenCodec
{
    /// <summary>Encodes coefficients. The token buffer may be smaller than the worst case, but must hold the result.</summary>
    /// <exception cref="ArgumentException">The result does not fit, or a coefficient is refused.</exception>
    public abstract EncodeResult Encode(ReadOnlySpan<int> coefficients, Span<int> tokens, OutOfRangePolicy outOfRange = OutOfRangePolicy.Published);

    /// <summary>
    /// Two coefficients between which, both included, all can be expressed; the first above the second where that is not known.
    /// </summary>
    public abstract (int Low, int High) Expressible { get; }

    /// <summary>The nearest coefficient that can be expressed.</summary>
    public abstract int Nearest(int coefficient);

    /// <summary>Decodes token ids into exactly the coefficients asked for; on failure those before the fault are written.</summary>
    public abstract DecodeResult Decode(ReadOnlySpan<int> tokens, Span<int> coefficients);

    /// <summary>
    /// Decodes one more token. It is taken unless it goes past the end or cannot stand there; then the progress is as it was.
    /// </summary>
    /// <param name="token">The token, any value.</param>
    /// <param name="coefficients">All coefficients of the chunk; those of the token are written behind those before it.</param>
    /// <param name="progress">The tokens taken so far; starts as <c>default</c>.</param>
    /// <returns>
    /// Complete or short for a token that was taken, else what <see cref="Decode"/> says of the tokens taken and this one.
    /// </returns>
    public abstract DecodeResult DecodeNext(int token, Span<int> coefficients, ref DecodeProgress progress);
}
