using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>The encodings of one symbol, or two in turn, repeated to the end: most of a chunk is zeros, and most of them end it.</summary>
/// <remarks>
/// What is left after a token of an encoding is encoded by the tokens left; so the first token for each length tells all. What repeats is
/// taken from the longest token: the zero of an integer alphabet, or the two bytes of a zero that is a character.
/// </remarks>
internal sealed class RepeatedTail
{
    private const int MaxLength = 4096;

    private readonly int _first;
    private readonly int _last;
    private readonly int[] _firstTokens;

    // Longer tails start with this token, again and again; its length is 0 where that is not so.
    private readonly int _again;
    private readonly int _againLength;

    private RepeatedTail(BpeVocabulary vocabulary, int first, int last, int[] firstTokens, Func<int, int, bool> canFollow)
    {
        (_first, _last, _firstTokens, _again) = (first, last, firstTokens, firstTokens[MaxLength]);
        int length = vocabulary.GetSymbols(_again).Length;
        bool repeats = canFollow(_again, _again) && (first == last || length % 2 == 0);
        for (int rest = Math.Max(1, MaxLength - length + 1); rest <= MaxLength && repeats; rest++)
            repeats = canFollow(_again, firstTokens[rest]) || (first != last && rest % 2 != 0);
        _againLength = repeats ? length : 0;
    }

    /// <summary>Finds what repeats in the longest tokens, and its encodings.</summary>
    /// <param name="vocabulary">What the tokens expand to.</param>
    /// <param name="tokens">The tokens that encoding gives.</param>
    /// <param name="encode">The first token of the encoding of symbols, the first tokens of all shorter ends of which are known.</param>
    /// <param name="canFollow">Whether one token may follow another.</param>
    public static RepeatedTail? TryCreate(
        BpeVocabulary vocabulary, IReadOnlyList<int> tokens, FirstToken encode, Func<int, int, bool> canFollow)
    {
        int longest = tokens.DefaultIfEmpty(-1).MaxBy(token => token < 0 ? 0 : vocabulary.GetSymbols(token).Length);
        if (longest < 0 || vocabulary.GetSymbols(longest) is var symbols && symbols.Length < 4) return null;
        (int first, int last) = (symbols[^2], symbols[^1]);
        if (symbols[^4] != first || symbols[^3] != last) return null;

        // The longest token may end in the middle of a character; most tokens do not.
        int ends = 0;
        foreach (int token in tokens)
        {
            ReadOnlySpan<int> expansion = vocabulary.GetSymbols(token);
            if (expansion.Length < 2) continue;
            if (expansion[^2] == first && expansion[^1] == last) ends++;
            if (expansion[^2] == last && expansion[^1] == first) ends--;
        }

        if (ends < 0) (first, last) = (last, first);
        if (vocabulary.SymbolTokens[first] < 0 || vocabulary.SymbolTokens[last] < 0) return null;

        var repeated = new int[MaxLength];
        for (int i = 0; i < MaxLength; i++) repeated[i] = i % 2 == 0 ? first : last;
        var firstTokens = new int[MaxLength + 1];
        for (int length = 1; length <= MaxLength; length++) firstTokens[length] = encode(repeated.AsSpan(MaxLength - length), firstTokens);
        return new RepeatedTail(vocabulary, first, last, firstTokens, canFollow);
    }

    /// <summary>Where the tail of a sequence starts; its length where it has none. A tail may be found to start a symbol late.</summary>
    public int Start(ReadOnlySpan<int> symbols)
    {
        if (symbols.IsEmpty || symbols[^1] != _last) return symbols.Length;
        if (_first == _last) return symbols.LastIndexOfAnyExcept(_last) + 1;

        int odd = symbols.Length & 1;
        Span<int> both = [_first, _last];
        long pair = MemoryMarshal.Cast<int, long>(both)[0];
        return odd + (2 * (MemoryMarshal.Cast<int, long>(symbols[odd..]).LastIndexOfAnyExcept(pair) + 1));
    }

    /// <summary>The first token of the encoding of the last symbols of a tail; -1 where it is not known.</summary>
    public int FirstTokenOf(int length) =>
        length <= MaxLength ? _firstTokens[length]
        : _againLength > 0 && (_first == _last || length % 2 == 0) ? _again
        : -1;

    /// <summary>The first token of the encoding of symbols, given those of their shorter ends by length.</summary>
    public delegate int FirstToken(ReadOnlySpan<int> symbols, ReadOnlySpan<int> shorter);
}
