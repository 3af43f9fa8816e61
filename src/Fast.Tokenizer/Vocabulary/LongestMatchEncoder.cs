using System.Buffers;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>Exact encoding in linear time: take the longest token that may follow the last one, step back where none may.</summary>
/// <remarks>
/// The encoding of a prefix is unique, so a position from which no token fits is dead for good and is entered once at most.
/// </remarks>
internal sealed class LongestMatchEncoder : BpeEncoder
{
    private const int None = -1;
    private const int Root = 0;

    private readonly BpeDerivations _derivations;
    private readonly int[] _rootChildren;
    private readonly PairTable _children;
    private readonly int[] _nodeTokens;
    private readonly int[] _lengths;
    private readonly int[] _nextShorter;

    public LongestMatchEncoder(BpeVocabulary vocabulary, BpeDerivations derivations)
    {
        _derivations = derivations;
        _lengths = new int[vocabulary.Count];
        _nextShorter = new int[vocabulary.Count];
        _rootChildren = new int[vocabulary.SymbolCount];
        Array.Fill(_rootChildren, None);
        _children = new PairTable(vocabulary.Count * 4);

        List<int> nodeTokens = [None];
        for (int token = 0; token < vocabulary.Count; token++)
        {
            if (!derivations.IsReachable(token)) continue;
            int node = Root;
            foreach (int symbol in vocabulary.GetSymbols(token))
            {
                int child = Child(node, symbol);
                if (child == None)
                {
                    child = nodeTokens.Count;
                    nodeTokens.Add(None);
                    if (node == Root) _rootChildren[symbol] = child;
                    else _children.Set(node, symbol, child);
                }

                node = child;
            }

            nodeTokens[node] = token;
        }

        _nodeTokens = [.. nodeTokens];
        for (int token = 0; token < vocabulary.Count; token++)
        {
            _lengths[token] = vocabulary.GetSymbols(token).Length;
            _nextShorter[token] = derivations.IsReachable(token) ? LongestMatch(vocabulary.GetSymbols(token)[..^1]) : None;
        }
    }

    protected override int EncodeCore(ReadOnlySpan<int> symbols, Span<int> tokens)
    {
        int words = (symbols.Length + 64) / 64;
        ulong[]? rented = words <= 64 ? null : ArrayPool<ulong>.Shared.Rent(words);
        Span<ulong> dead = rented is null ? stackalloc ulong[words] : rented.AsSpan(0, words);
        dead.Clear();
        try
        {
            return EncodeCore(symbols, tokens, dead);
        }
        finally
        {
            if (rented is not null) ArrayPool<ulong>.Shared.Return(rented);
        }
    }

    private int EncodeCore(ReadOnlySpan<int> symbols, Span<int> tokens, Span<ulong> dead)
    {
        int position = 0, count = 0, candidate = LongestMatch(symbols);
        while (position < symbols.Length)
        {
            while (candidate != None && !Fits(candidate, position, tokens[..count], dead)) candidate = _nextShorter[candidate];

            if (candidate != None)
            {
                tokens[count++] = candidate;
                position += _lengths[candidate];
                candidate = LongestMatch(symbols[position..]);
            }
            else
            {
                if (count == 0) throw NoToken(symbols[position]);
                dead[position >> 6] |= 1UL << position;
                int last = tokens[--count];
                position -= _lengths[last];
                candidate = _nextShorter[last];
            }
        }

        return count;
    }

    private bool Fits(int token, int position, ReadOnlySpan<int> before, ReadOnlySpan<ulong> dead)
    {
        int end = position + _lengths[token];
        return (dead[end >> 6] & (1UL << end)) == 0 && (before.Length == 0 || _derivations.CanStandTogether(before[^1], token));
    }

    // The longest token that the symbols start with, or None.
    private int LongestMatch(ReadOnlySpan<int> symbols)
    {
        int node = Root, token = None;
        foreach (int symbol in symbols)
        {
            node = Child(node, symbol);
            if (node == None) break;
            if (_nodeTokens[node] != None) token = _nodeTokens[node];
        }

        return token;
    }

    private int Child(int node, int symbol) => node == Root ? _rootChildren[symbol] : _children.Get(node, symbol, None);
}
