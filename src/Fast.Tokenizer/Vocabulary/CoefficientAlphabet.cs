namespace Fast.Tokenizer.Vocabulary;

/// <summary>How quantised coefficients become the symbols that byte-pair encoding merges.</summary>
/// <remarks>
/// Two forms exist: <see cref="IntegerAlphabet"/>, where a coefficient is a symbol, and the published scheme, where it is a character of
/// text.
/// </remarks>
public abstract class CoefficientAlphabet
{
    /// <summary>The most symbols that a coefficient of any alphabet takes.</summary>
    internal const int MaxSpelling = 4;

    private protected CoefficientAlphabet()
    {
    }

    /// <summary>Number of symbols; symbols run from 0 to one below it.</summary>
    public abstract int SymbolCount { get; }

    /// <summary>The smallest coefficient that can be expressed; smaller ones are clamped to it.</summary>
    public abstract int MinCoefficient { get; }

    /// <summary>The largest coefficient that can be expressed; larger ones are clamped to it.</summary>
    public abstract int MaxCoefficient { get; }

    /// <summary>The most symbols, and so the most tokens, that one coefficient can take.</summary>
    public abstract int MaxSymbolsPerCoefficient { get; }

    /// <summary>Writes the symbols of a coefficient that the alphabet has; gives their number.</summary>
    /// <param name="coefficient">The coefficient.</param>
    /// <param name="symbols">Room for <see cref="MaxSpelling"/> symbols.</param>
    internal abstract int Spell(int coefficient, Span<int> symbols);

    /// <summary>Whether a symbol is the first of a coefficient; one that is not continues one.</summary>
    internal abstract bool Begins(int symbol);

    /// <summary>Joins the alphabet with a vocabulary over its symbols.</summary>
    internal abstract TokenCodec CreateCodec(BpeVocabulary vocabulary);
}
