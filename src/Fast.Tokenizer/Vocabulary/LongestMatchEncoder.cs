namespace Fast.Tokenizer.Vocabulary;

/// <summary>Exact encoding in linear time: take the longest token that may follow the last one, step back where none may.</summary>
/// <remarks>
/// Tokens that may follow each other pair by pair are the encoding of what they cover, and that is unique: so a position is reached in one
/// way only, and is entered once. Linear in the symbols, that is; a step may look as far ahead as tokens are long, which a list of merges
/// made for it can exploit, and training does not.
/// </remarks>
internal sealed class LongestMatchEncoder : BpeEncoder
{
    private const int None = TokenTrie.None;

    private readonly BpeVocabulary _vocabulary;
    private readonly BpeDerivations _derivations;
    private readonly TokenTrie _trie;
    private readonly int[] _lengths;
    private readonly int[] _nextShorter;

    public LongestMatchEncoder(BpeVocabulary vocabulary, BpeDerivations derivations)
    {
        _vocabulary = vocabulary;
        _derivations = derivations;
        _trie = new TokenTrie(vocabulary);
        _lengths = new int[vocabulary.Count];
        _nextShorter = new int[vocabulary.Count];
        for (int token = 0; token < vocabulary.Count; token++)
        {
            if (derivations.IsReachable(token)) _trie.Add(token);
        }

        for (int token = 0; token < vocabulary.Count; token++)
        {
            _lengths[token] = vocabulary.GetSymbols(token).Length;
            _nextShorter[token] = derivations.IsReachable(token) ? _trie.LongestMatch(vocabulary.GetSymbols(token)[..^1]) : None;
        }
    }

    protected override int EncodeCore(ReadOnlySpan<int> symbols, Span<int> tokens)
    {
        int position = 0, count = 0, candidate = _trie.LongestMatch(symbols);
        while (position < symbols.Length)
        {
            while (candidate != None && count > 0 && !_derivations.CanStandTogether(tokens[count - 1], candidate))
                candidate = _nextShorter[candidate];

            if (candidate != None)
            {
                tokens[count++] = candidate;
                position += _lengths[candidate];
                candidate = _trie.LongestMatch(symbols[position..]);
            }
            else
            {
                if (count == 0) throw NoToken(_vocabulary, symbols);
                int last = tokens[--count];
                position -= _lengths[last];
                candidate = _nextShorter[last];
            }
        }

        return count;
    }
}
