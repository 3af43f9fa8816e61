using System.Numerics;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>All tokens that a sequence can be cut into, as a tree of shared beginnings, for a search that follows several sequences at once.</summary>
/// <remarks>
/// <para>Nodes stand only where a token ends or two part, so there are two for each token at most. The children of a node lie side by side
/// in order of their first symbol: finding one is a search in a few neighbouring numbers.</para>
/// <para>Every token counts that a decoder reads as its symbols, also those that the merge loop never gives. Of two that expand to the same
/// symbols the one with the smaller id does.</para>
/// </remarks>
internal sealed class SegmentationTrie
{
    /// <summary>The longest run of zeros, in symbols, that is computed ahead.</summary>
    public const int LongestTail = 1 << 16;

    /// <summary>No node, or no token.</summary>
    public const int None = -1;

    private readonly int[] _rootChildren;
    private readonly int[] _labels;
    private readonly int[] _firstSymbols;
    private readonly SegmentationNode[] _nodes;
    private readonly ZeroChainNode[][] _zeroChains;
    private readonly bool[] _lengths;
    private ZeroTail _zeroTail;

    /// <summary>Makes the trie of a vocabulary.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="alphabet">Tells how coefficient 0 is spelled and which symbols begin a coefficient.</param>
    public SegmentationTrie(BpeVocabulary vocabulary, CoefficientAlphabet alphabet)
    {
        Span<int> zero = stackalloc int[CoefficientAlphabet.MaxSpelling];
        zero = zero[..(alphabet.MinCoefficient > 0 ? 0 : alphabet.Spell(0, zero))];

        int[] tokens = Tokens(vocabulary, alphabet);
        var nodes = new List<SegmentationNode>();
        var labels = new List<int>();
        var firstSymbols = new List<int>();
        _rootChildren = new int[vocabulary.SymbolCount];
        Array.Fill(_rootChildren, None);

        // Breadth first, over ranges of the sorted tokens that share their first symbols. The children of a node are made in one go.
        var ranges = new Queue<(int Node, int From, int To, int Depth)>();
        ranges.Enqueue((None, 0, tokens.Length, 0));
        while (ranges.TryDequeue(out var range))
        {
            int firstChild = nodes.Count;
            for (int from = range.From, to; from < range.To; from = to)
            {
                ReadOnlySpan<int> first = vocabulary.GetSymbols(tokens[from]);
                for (to = from + 1; to < range.To && vocabulary.GetSymbols(tokens[to])[range.Depth] == first[range.Depth];) to++;

                // Sorted: what the first and the last share, all share.
                int depth = first.CommonPrefixLength(vocabulary.GetSymbols(tokens[to - 1]));
                ReadOnlySpan<int> label = first[range.Depth..depth];
                bool ends = first.Length == depth;
                int node = nodes.Count;
                nodes.Add(new SegmentationNode
                {
                    Token = ends ? tokens[from] : None,
                    LabelStart = labels.Count,
                    LabelLength = label.Length,
                    ZeroPhase = ZeroPhase(label, zero),
                    Begun = Begun(label, alphabet),
                });
                foreach (int symbol in label) labels.Add(symbol);
                firstSymbols.Add(label[0]);
                if (range.Node == None) _rootChildren[label[0]] = node;
                if (from + (ends ? 1 : 0) < to) ranges.Enqueue((node, from + (ends ? 1 : 0), to, depth));
            }

            if (range.Node != None)
                nodes[range.Node] = nodes[range.Node] with { FirstChild = firstChild, ChildCount = nodes.Count - firstChild };
        }

        // Children come after their parents.
        _nodes = [.. nodes];
        for (int node = _nodes.Length - 1; node >= 0; node--)
        {
            ref SegmentationNode self = ref _nodes[node];
            int below = 0;
            for (int child = self.FirstChild; child < self.FirstChild + self.ChildCount; child++) below = Math.Max(below, _nodes[child].Reach);
            self.Reach = self.Begun + below;
        }

        _labels = [.. labels];
        _firstSymbols = [.. firstSymbols];
        _zeroChains = new ZeroChainNode[Math.Max(1, zero.Length)][];
        for (int phase = 0; phase < _zeroChains.Length; phase++) _zeroChains[phase] = zero.IsEmpty ? [] : ZeroChain(zero, phase);
        _lengths = new bool[1 + _nodes.Max(node => node.Reach)];
        foreach (int token in tokens) _lengths[Begun(vocabulary.GetSymbols(token), alphabet)] = true;
        _zeroTail = new ZeroTail(this, _zeroChains.Length, 0);
    }

    /// <summary>The most coefficients that begin in a token.</summary>
    public int LongestReach => _lengths.Length - 1;

    /// <summary>Whether a token exists in which this many coefficients begin.</summary>
    public bool HasLength(int coefficients) => coefficients < _lengths.Length && _lengths[coefficients];

    /// <summary>Number of nodes.</summary>
    public int NodeCount => _nodes.Length;

    /// <summary>A node.</summary>
    public ref readonly SegmentationNode this[int node] => ref _nodes[node];

    /// <summary>The symbols that lead to a node from its parent.</summary>
    public ReadOnlySpan<int> Label(in SegmentationNode node) => _labels.AsSpan(node.LabelStart, node.LabelLength);

    /// <summary>The node that tokens starting with a symbol are below, or <see cref="None"/>.</summary>
    public int Root(int symbol) => _rootChildren[symbol];

    /// <summary>The child that a symbol leads to, or <see cref="None"/>.</summary>
    public int Child(in SegmentationNode node, int symbol)
    {
        // Most nodes have one to four children; those near the root have hundreds.
        ReadOnlySpan<int> symbols = _firstSymbols.AsSpan(node.FirstChild, node.ChildCount);
        int low = 0, high = symbols.Length;
        while (high - low > 4)
        {
            int middle = (low + high) >>> 1;
            if (symbols[middle] <= symbol) low = middle;
            else high = middle;
        }

        for (; low < high; low++)
        {
            if (symbols[low] == symbol) return node.FirstChild + low;
        }

        return None;
    }

    /// <summary>The nodes to which zeros alone lead, from the root on; the first symbol is that at a place of the spelling of zero.</summary>
    public ReadOnlySpan<ZeroChainNode> ZeroChain(int phase) => _zeroChains[phase];

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

    private ZeroChainNode[] ZeroChain(ReadOnlySpan<int> zero, int phase)
    {
        var chain = new List<ZeroChainNode>();
        int depth = 0, begun = 0;
        for (int node = Root(zero[phase]); node != None && IsZeros(_nodes[node], zero, phase + depth);)
        {
            ref readonly SegmentationNode self = ref _nodes[node];
            depth += self.LabelLength;
            begun += self.Begun;
            int next = Child(self, zero[(phase + depth) % zero.Length]);
            int branches = 0;
            for (int child = self.FirstChild; child < self.FirstChild + self.ChildCount; child++)
            {
                if (child != next || !IsZeros(_nodes[child], zero, phase + depth)) branches = Math.Max(branches, begun + _nodes[child].Reach);
            }

            chain.Add(new ZeroChainNode(node, depth, branches));
            node = next;
        }

        for (int i = chain.Count - 2; i >= 0; i--)
            chain[i] = chain[i] with { BranchReach = Math.Max(chain[i].BranchReach, chain[i + 1].BranchReach) };
        return [.. chain];
    }

    private bool IsZeros(in SegmentationNode node, ReadOnlySpan<int> zero, int phase)
    {
        ReadOnlySpan<int> label = Label(node);
        for (int i = 0; i < label.Length; i++)
        {
            if (label[i] != zero[(phase + i) % zero.Length]) return false;
        }

        return true;
    }

    // Every token of integers is read as its symbols, also one without a merge; of bytes, a token may be read as other characters.
    private static int[] Tokens(BpeVocabulary vocabulary, CoefficientAlphabet alphabet)
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
            if (kept == 0 || !vocabulary.GetSymbols(sorted[i]).SequenceEqual(vocabulary.GetSymbols(sorted[kept - 1]))) sorted[kept++] = sorted[i];
        }

        return sorted[..kept];
    }

    // Where in the spelling of zero a label starts that goes on with zeros to its end, or None.
    private static int ZeroPhase(ReadOnlySpan<int> label, ReadOnlySpan<int> zero)
    {
        int phase = zero.IndexOf(label[0]);
        if (phase < 0) return None;
        for (int i = 0, at = phase; i < label.Length; i++, at = at + 1 == zero.Length ? 0 : at + 1)
        {
            if (label[i] != zero[at]) return None;
        }

        return phase;
    }

    private static int Begun(ReadOnlySpan<int> label, CoefficientAlphabet alphabet)
    {
        int begun = 0;
        foreach (int symbol in label) begun += alphabet.Begins(symbol) ? 1 : 0;
        return begun;
    }
}
