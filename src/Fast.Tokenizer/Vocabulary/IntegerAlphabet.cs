namespace Fast.Tokenizer.Vocabulary;

/// <summary>The native alphabet: each coefficient between two bounds is a symbol of its own, so a merge may join any neighbours.</summary>
public sealed class IntegerAlphabet : CoefficientAlphabet
{
    /// <summary>The most symbols of an alphabet, 20,992: what the largest block of plain characters in a saved folder holds.</summary>
    public const int MaxSymbolCount = 20_992;

    /// <summary>Makes an alphabet of coefficients from <paramref name="minCoefficient"/> to <paramref name="maxCoefficient"/>.</summary>
    /// <param name="minCoefficient">Smallest coefficient, at most 0.</param>
    /// <param name="maxCoefficient">Largest coefficient, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Zero is not between the bounds, or there are more than <see cref="MaxSymbolCount"/> coefficients.
    /// </exception>
    public IntegerAlphabet(int minCoefficient, int maxCoefficient)
    {
        if (minCoefficient > 0 || maxCoefficient < 0)
        {
            throw new ArgumentOutOfRangeException(
                minCoefficient > 0 ? nameof(minCoefficient) : nameof(maxCoefficient),
                $"coefficients from {minCoefficient} to {maxCoefficient} do not include 0, which most coefficients are");
        }

        long count = (long)maxCoefficient - minCoefficient + 1;
        if (count > MaxSymbolCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(maxCoefficient),
                $"coefficients from {minCoefficient} to {maxCoefficient} need {count} symbols, at most {MaxSymbolCount} are possible: "
                + "lower the scale, or clip outliers in the normalization");
        }

        MinCoefficient = minCoefficient;
        MaxCoefficient = maxCoefficient;
    }

    /// <inheritdoc/>
    public override int SymbolCount => MaxCoefficient - MinCoefficient + 1;

    /// <inheritdoc/>
    public override int MinCoefficient { get; }

    /// <inheritdoc/>
    public override int MaxCoefficient { get; }

    /// <inheritdoc/>
    public override int MaxSymbolsPerCoefficient => 1;

    internal override int Spell(int coefficient, Span<int> symbols)
    {
        symbols[0] = coefficient - MinCoefficient;
        return 1;
    }

    internal override bool Begins(int symbol) => true;

    internal override TokenCodec CreateCodec(BpeVocabulary vocabulary) => new IntegerTokenCodec(this, vocabulary);
}
