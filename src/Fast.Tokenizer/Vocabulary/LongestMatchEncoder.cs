namespace Fast.Tokenizer.Vocabulary;

/// <summary>Exact encoding in linear time: take the longest token that may follow the last one, step back where none may.</summary>
/// <remarks>
/// Tokens that may follow each other pair by pair are the encoding of what they cover, and that is unique: so a position is reached in one
/// way only, and is entered once. For the same reason a repeated tail, whose encoding is known, can be put behind any token that its first
/// token may follow. How much a position can cost is bounded, see <see cref="TryCreate"/>.
/// </remarks>
internal sealed class LongestMatchEncoder : BpeEncoder
{
    /// <summary>The most tokens that may be beginnings of one token.</summary>
    /// <remarks>All of them may be tried at one position. Trained vocabularies have some tens, runs of zero of all lengths.</remarks>
    public const int MaxBeginnings = 512;

    private const int None = TokenTrie.None;

    private readonly BpeVocabulary _vocabulary;
    private readonly BpeDerivations _derivations;
    private readonly TokenTrie _trie;
    private readonly int[] _lengths;
    private readonly int[] _nextShorter;
    private readonly RepeatedTail? _tail;

    private LongestMatchEncoder(BpeVocabulary vocabulary, BpeDerivations derivations, TokenTrie trie, int[] reachable, int[] nextShorter)
    {
        _vocabulary = vocabulary;
        _derivations = derivations;
        _trie = trie;
        _nextShorter = nextShorter;
        _lengths = new int[vocabulary.Count];
        for (int token = 0; token < vocabulary.Count; token++) _lengths[token] = vocabulary.GetSymbols(token).Length;
        _tail = RepeatedTail.TryCreate(vocabulary, reachable, FirstToken, derivations.CanStandTogether);
    }

    /// <summary>Makes the encoder, or gives null where too many tokens are beginnings of one.</summary>
    /// <remarks>
    /// A list of merges made for it (a+a, aa+a, aaa+a ...) could else have thousands of tokens tried at each position. With this bound, and
    /// that of <see cref="BpeDerivations.MaxDepth"/> on the cost of each, the time is linear in the symbols whatever the list.
    /// </remarks>
    public static LongestMatchEncoder? TryCreate(BpeVocabulary vocabulary, BpeDerivations derivations)
    {
        int[] reachable = [.. Enumerable.Range(0, vocabulary.Count).Where(derivations.IsReachable)];
        var trie = new TokenTrie(vocabulary, reachable);
        var nextShorter = new int[vocabulary.Count];
        var beginnings = new int[vocabulary.Count];
        Array.Fill(nextShorter, None);

        // By length: the beginnings of a token are shorter than it.
        foreach (int token in reachable.OrderBy(token => vocabulary.GetSymbols(token).Length))
        {
            int shorter = trie.LongestMatch(vocabulary.GetSymbols(token)[..^1]);
            nextShorter[token] = shorter;
            if (shorter == None) continue;
            beginnings[token] = beginnings[shorter] + 1;
            if (beginnings[token] > MaxBeginnings) return null;
        }

        return new LongestMatchEncoder(vocabulary, derivations, trie, reachable, nextShorter);
    }

    protected override int EncodeCore(ReadOnlySpan<int> symbols, Span<int> tokens)
    {
        int tail = _tail is null ? symbols.Length : _tail.Start(symbols);
        int position = 0, count = 0;
        while (position < symbols.Length)
        {
            int candidate;
            if (position >= tail && _tail!.FirstTokenOf(symbols.Length - position) is >= 0 and int first)
            {
                // What is left has one encoding; where that cannot follow, nothing can.
                if (CanFollow(tokens, count, first)) return AppendTail(symbols.Length - position, tokens, count);
                candidate = None;
            }
            else candidate = _trie.LongestMatch(symbols[position..]);

            while (true)
            {
                while (candidate != None && !CanFollow(tokens, count, candidate)) candidate = _nextShorter[candidate];
                if (candidate != None) break;
                if (count == 0) throw NoToken(_vocabulary, symbols);
                int last = tokens[--count];
                position -= _lengths[last];
                candidate = _nextShorter[last];
            }

            tokens[count++] = candidate;
            position += _lengths[candidate];
        }

        return count;
    }

    private bool CanFollow(ReadOnlySpan<int> tokens, int count, int token) =>
        count == 0 || _derivations.CanStandTogether(tokens[count - 1], token);

    private int AppendTail(int length, Span<int> tokens, int count)
    {
        while (length > 0)
        {
            int token = _tail!.FirstTokenOf(length);
            tokens[count++] = token;
            length -= _lengths[token];
        }

        return count;
    }

    private int FirstToken(ReadOnlySpan<int> symbols, ReadOnlySpan<int> shorter)
    {
        int token = _trie.LongestMatch(symbols);
        while (_lengths[token] < symbols.Length && !_derivations.CanStandTogether(token, shorter[symbols.Length - _lengths[token]]))
            token = _nextShorter[token];
        return token;
    }
}
