namespace Fast.Tokenizer.Vocabulary;

/// <summary>How quantised coefficients become the symbols that byte-pair encoding merges.</summary>
/// <remarks>Two forms exist: <see cref="IntegerAlphabet"/>, where a coefficient is a symbol, and the published scheme, where it is a character of text.</remarks>
public abstract class CoefficientAlphabet
{
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

    /// <summary>Joins the alphabet with a vocabulary over its symbols.</summary>
    internal abstract TokenCodec CreateCodec(BpeVocabulary vocabulary);
}
