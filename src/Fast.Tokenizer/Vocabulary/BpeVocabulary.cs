namespace Fast.Tokenizer.Vocabulary;

/// <summary>A byte-pair encoding vocabulary over symbols: what each token expands to, and the merges in order of rank.</summary>
/// <remarks>
/// Knows nothing of coefficients or text. Encoding gives exactly what the plain merge loop gives: again and again, the pair of
/// neighbours whose merge has the lowest rank, the leftmost first, becomes one token. Immutable and safe to share between threads.
/// </remarks>
public sealed class BpeVocabulary
{
    /// <summary>The most symbols that all tokens together may expand to, 2^26; a hostile list of merges doubles lengths.</summary>
    public const int MaxTotalLength = 1 << 26;

    private readonly int[] _offsets;
    private readonly int[] _symbols;
    private readonly int[] _symbolTokens;
    private readonly BpeMerge[] _merges;
    private readonly BpeEncoder _encoder;

    /// <summary>Makes a vocabulary whose first ids are the symbols themselves.</summary>
    /// <param name="symbolCount">Symbols; ids 0 to one below it.</param>
    /// <param name="merges">Merges in order of rank; merge i makes token <c>symbolCount + i</c>.</param>
    /// <exception cref="ArgumentException">
    /// There is no symbol, a merge names a token that no earlier merge made, or the expansions are too long.
    /// </exception>
    public BpeVocabulary(int symbolCount, ReadOnlySpan<BpeMerge> merges)
        : this(symbolCount, Identity(symbolCount), Expand(symbolCount, merges), merges)
    {
    }

    /// <summary>Makes a vocabulary with ids in any order, some of which may be unreachable.</summary>
    /// <param name="symbolTokens">For each symbol the token that stands for it alone, or -1.</param>
    /// <param name="expansions">For each token the symbols it decodes to.</param>
    /// <param name="merges">Merges in order of rank.</param>
    internal BpeVocabulary(int[] symbolTokens, IReadOnlyList<int[]> expansions, ReadOnlySpan<BpeMerge> merges)
        : this(symbolTokens.Length, symbolTokens, Flatten(expansions), merges)
    {
    }

    private BpeVocabulary(int symbolCount, int[] symbolTokens, (int[] Offsets, int[] Symbols) expansions, ReadOnlySpan<BpeMerge> merges)
    {
        SymbolCount = symbolCount;
        (_offsets, _symbols) = expansions;
        _symbolTokens = symbolTokens;
        _merges = merges.ToArray();
        _encoder = BpeEncoder.Create(this);
    }

    /// <summary>Number of tokens; ids run from 0 to one below it.</summary>
    public int Count => _offsets.Length - 1;

    /// <summary>Number of symbols that tokens are made of.</summary>
    public int SymbolCount { get; }

    /// <summary>The merges in order of rank.</summary>
    public ReadOnlySpan<BpeMerge> Merges => _merges;

    /// <summary>The longest expansion of a token, in symbols.</summary>
    public int MaxTokenLength => Enumerable.Range(0, Count).Max(token => _offsets[token + 1] - _offsets[token]);

    /// <summary>For each symbol the token that stands for it alone, or -1 where the vocabulary has none.</summary>
    internal ReadOnlySpan<int> SymbolTokens => _symbolTokens;

    /// <summary>The symbols that a token expands to.</summary>
    /// <param name="token">Token id, 0 to one below <see cref="Count"/>.</param>
    /// <returns>Symbols, each 0 to one below <see cref="SymbolCount"/>.</returns>
    /// <exception cref="IndexOutOfRangeException">The id is not in the vocabulary.</exception>
    public ReadOnlySpan<int> GetSymbols(int token)
    {
        int start = _offsets[token];
        return _symbols.AsSpan(start, _offsets[token + 1] - start);
    }

    /// <summary>Encodes a sequence of symbols; merges may join any neighbours in it.</summary>
    /// <param name="symbols">Symbols, each 0 to one below <see cref="SymbolCount"/>.</param>
    /// <param name="tokens">
    /// Receives the token ids; as long as <paramref name="symbols"/> is always enough. Must not overlap the symbols.
    /// </param>
    /// <returns>Number of ids written.</returns>
    /// <exception cref="ArgumentException">The result does not fit into <paramref name="tokens"/>, or a symbol is out of range.</exception>
    public int Encode(ReadOnlySpan<int> symbols, Span<int> tokens)
    {
        int wrong = symbols.IndexOfAnyExceptInRange(0, SymbolCount - 1);
        return wrong < 0
            ? _encoder.Encode(symbols, tokens)
            : throw new ArgumentException(
                $"symbol {symbols[wrong]} at index {wrong} is not between 0 and {SymbolCount - 1}", nameof(symbols));
    }

    /// <summary>Encodes symbols that are known to be in range.</summary>
    internal int EncodeChecked(ReadOnlySpan<int> symbols, Span<int> tokens) => _encoder.Encode(symbols, tokens);

    /// <summary>The vocabulary of the symbols and some of the other tokens, numbered anew in their order.</summary>
    /// <remarks>
    /// A merge stays where both parts and the result do and merging can still reach the parts. Other tokens stay without a merge: they
    /// decode, and encoders that choose may use them.
    /// </remarks>
    /// <param name="tokens">Tokens of two symbols or more, in ascending order. The first ids must be the symbols.</param>
    internal BpeVocabulary Keep(ReadOnlySpan<int> tokens)
    {
        int[] ids = new int[Count];
        Array.Fill(ids, -1);
        int[][] expansions = new int[SymbolCount + tokens.Length][];
        for (int symbol = 0; symbol < SymbolCount; symbol++) (ids[symbol], expansions[symbol]) = (symbol, [symbol]);
        for (int i = 0; i < tokens.Length; i++) (ids[tokens[i]], expansions[SymbolCount + i]) = (SymbolCount + i, GetSymbols(tokens[i]).ToArray());

        bool[] reached = new bool[Count];
        Array.Fill(reached, true, 0, SymbolCount);
        var merges = new List<BpeMerge>();
        foreach ((int left, int right, int token) in _merges)
        {
            if (!reached[left] || !reached[right] || ids[token] < 0) continue;
            reached[token] = true;
            merges.Add(new BpeMerge(ids[left], ids[right], ids[token]));
        }

        return new BpeVocabulary(Identity(SymbolCount), expansions, merges.ToArray());
    }

    private static (int[] Offsets, int[] Symbols) Flatten(IReadOnlyList<int[]> expansions)
    {
        if (expansions.Sum(expansion => (long)expansion.Length) > MaxTotalLength)
            throw new ArgumentException($"the tokens expand to more than {MaxTotalLength} symbols", nameof(expansions));
        var offsets = new int[expansions.Count + 1];
        for (int token = 0; token < expansions.Count; token++) offsets[token + 1] = offsets[token] + expansions[token].Length;
        var symbols = new int[offsets[^1]];
        for (int token = 0; token < expansions.Count; token++) expansions[token].CopyTo(symbols, offsets[token]);
        return (offsets, symbols);
    }

    private static int[] Identity(int symbolCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(symbolCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(symbolCount, MaxTotalLength);
        return [.. Enumerable.Range(0, symbolCount)];
    }

    private static (int[] Offsets, int[] Symbols) Expand(int symbolCount, ReadOnlySpan<BpeMerge> merges)
    {
        int count = symbolCount + merges.Length;
        var offsets = new int[count + 1];
        for (int i = 0; i < symbolCount; i++) offsets[i + 1] = i + 1;
        for (int i = 0; i < merges.Length; i++)
        {
            (int left, int right, int token) = merges[i];
            int made = symbolCount + i;
            if (token != made) throw new ArgumentException($"merge {i} makes token {token}, expected {made}", nameof(merges));
            if ((uint)left >= (uint)made || (uint)right >= (uint)made)
            {
                throw new ArgumentException(
                    $"merge {i} joins tokens {left} and {right}, but only tokens below {made} exist before it", nameof(merges));
            }

            long end = (long)offsets[made] + (offsets[left + 1] - offsets[left]) + (offsets[right + 1] - offsets[right]);
            if (end > MaxTotalLength)
                throw new ArgumentException($"the tokens up to merge {i} expand to more than {MaxTotalLength} symbols", nameof(merges));
            offsets[made + 1] = (int)end;
        }

        var symbols = new int[offsets[count]];
        for (int i = 0; i < symbolCount; i++) symbols[i] = i;
        for (int i = 0; i < merges.Length; i++)
        {
            Span<int> target = symbols.AsSpan(offsets[symbolCount + i]);
            ReadOnlySpan<int> left = symbols.AsSpan(offsets[merges[i].Left], offsets[merges[i].Left + 1] - offsets[merges[i].Left]);
            ReadOnlySpan<int> right = symbols.AsSpan(offsets[merges[i].Right], offsets[merges[i].Right + 1] - offsets[merges[i].Right]);
            left.CopyTo(target);
            right.CopyTo(target[left.Length..]);
        }

        return (offsets, symbols);
    }
}
