namespace Fast.Tokenizer.Vocabulary;

/// <summary>
/// The published alphabet: a coefficient less <c>min_token</c> is a character, and the bytes of its UTF-8 form are the symbols.
/// </summary>
/// <remarks>
/// The text is first cut into words by the GPT-2 regular expression; no token crosses a cut. Source: <c>processing_action_tokenizer.py</c>
/// of physical-intelligence/fast (arXiv 2501.09747), and the byte-level models of huggingface/tokenizers.
/// </remarks>
public sealed class ByteLevelAlphabet : CoefficientAlphabet
{
    internal const int MaxCodePoint = 0x10FFFF;
    private const int MaxMinToken = 1 << 30;

    /// <summary>Makes the alphabet.</summary>
    /// <param name="minToken">The coefficient that is character 0; smaller ones are clamped to it.</param>
    /// <param name="splitsWords">Whether text is cut into words before merging, as every published tokenizer does.</param>
    /// <param name="tokenTexts">
    /// The tokens as a file spells them, by id; a token that can never be encoded cannot be spelled from its bytes.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="minToken"/> is beyond 2^30.</exception>
    internal ByteLevelAlphabet(int minToken, bool splitsWords, IReadOnlyList<string> tokenTexts)
    {
        if (minToken is < -MaxMinToken or > MaxMinToken)
        {
            throw new ArgumentOutOfRangeException(
                nameof(minToken), $"min_token is {minToken}, expected a number from {-MaxMinToken} to {MaxMinToken}");
        }

        MinToken = minToken;
        SplitsWords = splitsWords;
        TokenTexts = tokenTexts;
    }

    /// <summary>The coefficient that is character 0.</summary>
    public int MinToken { get; }

    /// <summary>Whether text is cut into words before merging.</summary>
    public bool SplitsWords { get; }

    /// <summary>256: a symbol is a byte.</summary>
    public override int SymbolCount => 256;

    /// <inheritdoc/>
    public override int MinCoefficient => MinToken;

    /// <inheritdoc/>
    public override int MaxCoefficient => MinToken + MaxCodePoint;

    /// <summary>4: a character has at most four bytes.</summary>
    public override int MaxSymbolsPerCoefficient => 4;

    /// <summary>The tokens as a file spells them, by id.</summary>
    internal IReadOnlyList<string> TokenTexts { get; }

    internal override int Spell(int coefficient, Span<int> symbols) => Utf8Sequence.Write(coefficient - MinToken, symbols);

    // A continuation byte is 10xxxxxx.
    internal override bool Begins(int symbol) => (symbol & 0xC0) != 0x80;

    internal override TokenCodec CreateCodec(BpeVocabulary vocabulary) => new ByteLevelTokenCodec(this, vocabulary);
}
