using System.Numerics;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>
/// All tokens that a sequence can be cut into, as a tree of shared beginnings, for a search that follows several sequences at once.
/// </summary>
/// <remarks>
/// Every token counts that a decoder reads as its symbols, also those that the merge loop never gives. Of two that expand to the same
/// symbols the one with the smaller id does. The walk is that of <see cref="TokenTrie"/>; this adds what a search wants to know ahead.
/// </remarks>
internal sealed class SegmentationTrie
{
    /// <summary>The longest run of zeros, in symbols, that is computed ahead.</summary>
    public const int LongestTail = 1 << 16;

    /// <summary>No node, or no token.</summary>
    public const int None = TokenTrie.None;

    /// <summary>The node where every walk starts.</summary>
    public const int Root = TokenTrie.Root;

    private readonly TokenTrie _tokens;
    private readonly int[] _reaches;
    private readonly ZeroRun[] _zeroRuns;
    private readonly ZeroChain[] _zeroChains;
    private readonly bool[] _lengths;
    private ZeroTail _zeroTail;

    /// <summary>Makes the trie of a vocabulary.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="alphabet">Tells how coefficient 0 is spelled and which symbols begin a coefficient.</param>
    public SegmentationTrie(BpeVocabulary vocabulary, CoefficientAlphabet alphabet)
    {
        Span<int> zero = stackalloc int[CoefficientAlphabet.MaxSpelling];
        zero = zero[..(alphabet.MinCoefficient > 0 ? 0 : alphabet.Spell(0, zero))];

        int[] tokens = Distinct(vocabulary, alphabet);
        _tokens = new TokenTrie(vocabulary, tokens);
        _zeroRuns = new ZeroRun[_tokens.LabelsLength];
        for (int node = 0; node < _tokens.NodeCount; node++)
            FindZeros(_tokens.Label(node), zero, _zeroRuns.AsSpan(_tokens.LabelStart(node)));

        _reaches = new int[_tokens.NodeCount];
        foreach (int token in tokens) Measure(vocabulary.GetSymbols(token), alphabet);

        _zeroChains = new ZeroChain[Math.Max(1, zero.Length)];
        for (int phase = 0; phase < _zeroChains.Length; phase++)
        {
            ZeroChainNode[] chain = zero.IsEmpty ? [] : Chain(zero, phase);
            foreach (int token in tokens) Leave(chain, vocabulary.GetSymbols(token), alphabet);
            for (int i = chain.Length - 1, later = 0; i >= 0; i--)
            {
                later = Math.Max(later, chain[i].BranchReach);
                chain[i] = chain[i] with { LaterReach = later };
            }

            _zeroChains[phase] = new ZeroChain(chain);
        }

        _lengths = new bool[1 + _reaches[Root]];
        foreach (int token in tokens) _lengths[Begun(vocabulary.GetSymbols(token), alphabet)] = true;
        _zeroTail = new ZeroTail(this, _zeroChains.Length, 0);
    }

    /// <summary>The most coefficients that begin in a token.</summary>
    public int LongestReach => _lengths.Length - 1;

    /// <summary>Number of nodes.</summary>
    public int NodeCount => _reaches.Length;

    /// <summary>Whether a token exists in which this many coefficients begin.</summary>
    public bool HasLength(int coefficients) => coefficients < _lengths.Length && _lengths[coefficients];

    /// <summary>The token that ends at a node, or <see cref="None"/>.</summary>
    public int Token(int node) => _tokens.Token(node);

    /// <summary>The node below to which a symbol leads, or <see cref="None"/>.</summary>
    public int Child(int node, int symbol) => _tokens.Child(node, symbol);

    /// <summary>Whether a node has any below it.</summary>
    public bool HasChildren(int node) => _tokens.HasChildren(node);

    /// <summary>The symbols that lead to a node from its parent; <see cref="Child"/> takes the first.</summary>
    public ReadOnlySpan<int> Label(int node) => _tokens.Label(node);

    /// <summary>The most coefficients that begin in a token that ends at a node or below.</summary>
    public int Reach(int node) => _reaches[node];

    /// <summary>The zeros that a label goes on with from each of its symbols.</summary>
    public ReadOnlySpan<ZeroRun> ZeroRuns(int node) => _zeroRuns.AsSpan(_tokens.LabelStart(node), Label(node).Length);

    /// <summary>
    /// The nodes to which zeros alone lead, from the root on; the first symbol is that at a place of the spelling of zero.
    /// </summary>
    public ZeroChain ZeroChain(int phase) => _zeroChains[phase];

    /// <summary>The fewest tokens for runs of zeros of up to a length in symbols, or of up to <see cref="LongestTail"/>.</summary>
    public ZeroTail ZeroTail(int symbols)
    {
        ZeroTail known = _zeroTail;
        symbols = Math.Min(symbols, LongestTail);
        if (known.Longest >= symbols) return known;

        // Two threads may both make it: what they make is the same.
        int longest = (int)Math.Min(LongestTail, BitOperations.RoundUpToPowerOf2((uint)symbols));
        return _zeroTail = new ZeroTail(this, _zeroChains.Length, longest);
    }

    private ZeroChainNode[] Chain(ReadOnlySpan<int> zero, int phase)
    {
        var chain = new List<ZeroChainNode>();
        int depth = 0;
        for (int node = Child(Root, zero[phase]); node != None && IsZeros(Label(node), zero, phase + depth);)
        {
            depth += Label(node).Length;
            (int zeros, int endPhase) = Math.DivRem(phase + depth, zero.Length);
            chain.Add(new ZeroChainNode(node, Token(node), depth, zeros, endPhase, BranchReach: 0, LaterReach: 0));
            node = Child(node, zero[endPhase]);
        }

        return [.. chain];
    }

    // Notes how far a token goes at all nodes on the way to it.
    private void Measure(ReadOnlySpan<int> symbols, CoefficientAlphabet alphabet)
    {
        int begun = Begun(symbols, alphabet);
        _reaches[Root] = Math.Max(_reaches[Root], begun);
        for (int node = Root, depth = 0; depth < symbols.Length; depth += Label(node).Length)
        {
            node = Child(node, symbols[depth]);
            _reaches[node] = Math.Max(_reaches[node], begun);
        }
    }

    // Notes how far a token goes where it leaves a chain of zeros.
    private void Leave(Span<ZeroChainNode> chain, ReadOnlySpan<int> symbols, CoefficientAlphabet alphabet)
    {
        int last = -1, depth = 0;
        for (int node = Root; depth < symbols.Length && last + 1 < chain.Length; depth = chain[last].Depth)
        {
            node = Child(node, symbols[depth]);
            if (node != chain[last + 1].Node) break;
            last++;
        }

        if (last < 0 || depth == symbols.Length) return;
        chain[last] = chain[last] with { BranchReach = Math.Max(chain[last].BranchReach, Begun(symbols, alphabet)) };
    }

    private static bool IsZeros(ReadOnlySpan<int> label, ReadOnlySpan<int> zero, int phase)
    {
        for (int i = 0; i < label.Length; i++)
        {
            if (label[i] != zero[(phase + i) % zero.Length]) return false;
        }

        return true;
    }

    // Every token of integers is read as its symbols, also one without a merge; of bytes, a token may be read as other characters.
    private static int[] Distinct(BpeVocabulary vocabulary, CoefficientAlphabet alphabet)
    {
        var tokens = new List<int>();
        foreach (int token in vocabulary.SymbolTokens)
        {
            if (token >= 0) tokens.Add(token);
        }

        if (alphabet is IntegerAlphabet) tokens.AddRange(Enumerable.Range(0, vocabulary.Count));
        foreach (BpeMerge merge in vocabulary.Merges) tokens.Add(merge.Token);
        int[] sorted = [.. tokens.Distinct()];
        Array.Sort(sorted, (a, b) =>
        {
            int order = vocabulary.GetSymbols(a).SequenceCompareTo(vocabulary.GetSymbols(b));
            return order != 0 ? order : a.CompareTo(b);
        });

        int kept = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (kept == 0 || !vocabulary.GetSymbols(sorted[i]).SequenceEqual(vocabulary.GetSymbols(sorted[kept - 1])))
                sorted[kept++] = sorted[i];
        }

        return sorted[..kept];
    }

    private static void FindZeros(ReadOnlySpan<int> label, ReadOnlySpan<int> zero, Span<ZeroRun> runs)
    {
        for (int i = label.Length - 1; i >= 0; i--)
        {
            int phase = zero.IndexOf(label[i]);
            if (phase < 0) continue;
            int next = phase + 1 == zero.Length ? 0 : phase + 1;
            bool goesOn = i + 1 < label.Length && runs[i + 1].Length > 0 && runs[i + 1].Phase == next;
            runs[i] = new ZeroRun(phase, goesOn ? runs[i + 1].Length + 1 : 1);
        }
    }

    private static int Begun(ReadOnlySpan<int> symbols, CoefficientAlphabet alphabet)
    {
        int begun = 0;
        foreach (int symbol in symbols) begun += alphabet.Begins(symbol) ? 1 : 0;
        return begun;
    }
}
