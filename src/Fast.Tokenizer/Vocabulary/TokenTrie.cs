using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>The tokens of a vocabulary by their beginnings: finds the longest token that a sequence starts with.</summary>
/// <remarks>
/// Nodes stand only where a token ends or two part, so there are two for each token at most, and each has a label of one symbol or more.
/// Children are found by an addition and one look (a double array): the child for a symbol stands in slot base + symbol, if that slot is
/// the node's own. All labels stand in one array. Immutable.
/// </remarks>
internal sealed class TokenTrie
{
    /// <summary>The answer where no token ends, or no child stands.</summary>
    public const int None = -1;

    /// <summary>The node where every walk starts; its label is empty.</summary>
    public const int Root = 0;

    // A base so low that base + symbol is no slot.
    private const int NoChildren = int.MinValue;

    // Nodes that do not fit into the gaps within so many tries go to the end: loading stays linear, and in the worst lists a token takes
    // some hundred slots.
    private const int MaxTries = 64;

    private readonly Node[] _nodes;
    private readonly int[] _labels;
    private Slot[] _slots = [];

    /// <summary>Makes a trie.</summary>
    /// <param name="vocabulary">What the tokens expand to.</param>
    /// <param name="tokens">The tokens to find; no two may expand to the same symbols.</param>
    public TokenTrie(BpeVocabulary vocabulary, IEnumerable<int> tokens)
    {
        var builder = new Builder(vocabulary);
        foreach (int token in tokens) builder.Add(token);
        ReadOnlySpan<Stretch> stretches = builder.Nodes;

        _nodes = new Node[stretches.Length];
        long length = 0;
        foreach (Stretch stretch in stretches) length += stretch.Length;
        _labels = new int[length];
        for (int node = 0, start = 0; node < stretches.Length; node++)
        {
            Stretch stretch = stretches[node];
            vocabulary.GetSymbols(stretch.Source).Slice(stretch.Start, stretch.Length).CopyTo(_labels.AsSpan(start));
            _nodes[node] = new Node { Base = NoChildren, Token = stretch.Token, Start = start, Length = stretch.Length };
            start += stretch.Length;
        }

        PlaceChildren(stretches);
    }

    /// <summary>Number of nodes.</summary>
    public int NodeCount => _nodes.Length;

    /// <summary>The token that ends at a node, or <see cref="None"/>.</summary>
    public int Token(int node) => _nodes[node].Token;

    /// <summary>The symbols that lead from the node above to this one; the first is the one that <see cref="Child"/> takes.</summary>
    public ReadOnlySpan<int> Label(int node) => _labels.AsSpan(_nodes[node].Start, _nodes[node].Length);

    /// <summary>Where a label starts in the row of all labels.</summary>
    public int LabelStart(int node) => _nodes[node].Start;

    /// <summary>The length of the row of all labels.</summary>
    public int LabelsLength => _labels.Length;

    /// <summary>The node below whose label starts with a symbol, or <see cref="None"/>.</summary>
    public int Child(int node, int symbol)
    {
        Slot[] slots = _slots;
        uint slot = (uint)(_nodes[node].Base + symbol);
        return slot < (uint)slots.Length && slots[slot].Parent == node ? slots[slot].Child : None;
    }

    /// <summary>Whether a node has any below it.</summary>
    public bool HasChildren(int node) => _nodes[node].Base != NoChildren;

    /// <summary>The longest token whose symbols the sequence starts with, or <see cref="None"/>.</summary>
    public int LongestMatch(ReadOnlySpan<int> symbols)
    {
        Slot[] slots = _slots;
        Node[] nodes = _nodes;
        int node = Root, token = None, from = nodes[Root].Base;
        for (int position = 0; position < symbols.Length;)
        {
            uint slot = (uint)(from + symbols[position++]);
            if (slot >= (uint)slots.Length || slots[slot].Parent != node) break;
            node = slots[slot].Child;
            ref readonly Node next = ref nodes[node];
            if (next.Length > 1)
            {
                if (!symbols[position..].StartsWith(_labels.AsSpan(next.Start + 1, next.Length - 1))) break;
                position += next.Length - 1;
            }

            if (next.Token != None) token = next.Token;
            from = next.Base;
        }

        return token;
    }

    private void PlaceChildren(ReadOnlySpan<Stretch> stretches)
    {
        int[] first = new int[stretches.Length + 1];
        for (int node = 1; node < stretches.Length; node++) first[stretches[node].Parent + 1]++;
        for (int node = 0; node < stretches.Length; node++) first[node + 1] += first[node];
        int[] children = new int[stretches.Length - 1], filled = first[..^1];
        for (int node = 1; node < stretches.Length; node++) children[filled[stretches[node].Parent]++] = node;

        // Nodes with many children first, while there is room.
        int[] order = [.. Enumerable.Range(0, stretches.Length).Where(node => first[node + 1] > first[node])];
        Array.Sort(order, (a, b) => (first[b + 1] - first[b], a).CompareTo((first[a + 1] - first[a], b)));
        var slots = new List<Slot>();
        int firstFree = 0;
        foreach (int node in order)
        {
            Span<int> below = children.AsSpan(first[node]..first[node + 1]);
            int lowest = int.MaxValue;
            foreach (int child in below) lowest = Math.Min(lowest, FirstSymbol(child));

            while (firstFree < slots.Count && slots[firstFree].Child != None) firstFree++;
            int place = firstFree;
            for (int tries = 0; place < slots.Count; place++)
            {
                if (slots[place].Child != None) continue;
                if (AllFree(slots, below, place - lowest)) break;
                if (++tries == MaxTries) place = slots.Count - 1;
            }

            _nodes[node].Base = place - lowest;
            foreach (int child in below)
            {
                int slot = place - lowest + FirstSymbol(child);
                if (slot >= slots.Count)
                {
                    int held = slots.Count;
                    CollectionsMarshal.SetCount(slots, slot + 1);
                    CollectionsMarshal.AsSpan(slots)[held..].Fill(new Slot(None, None));
                }

                slots[slot] = new Slot(node, child);
            }
        }

        _slots = [.. slots];
    }

    private bool AllFree(List<Slot> slots, ReadOnlySpan<int> children, int from)
    {
        foreach (int child in children)
        {
            int slot = from + FirstSymbol(child);
            if (slot < slots.Count && slots[slot].Child != None) return false;
        }

        return true;
    }

    private int FirstSymbol(int node) => _labels[_nodes[node].Start];

    private readonly record struct Slot(int Parent, int Child);

    private struct Node
    {
        public int Base;
        public int Token;
        public int Start;
        public int Length;
    }

    // The label is a part of the expansion of the token that first went this way.
    private record struct Stretch(int Parent, int Token, int Source, int Start, int Length);

    /// <summary>Takes tokens one by one; a node is split where a token parts from its label.</summary>
    private sealed class Builder(BpeVocabulary vocabulary)
    {
        private readonly List<Stretch> _nodes = [new(None, None, 0, 0, 0)];
        private readonly PairTable _children = new(vocabulary.Count);

        public ReadOnlySpan<Stretch> Nodes => CollectionsMarshal.AsSpan(_nodes);

        public void Add(int token)
        {
            ReadOnlySpan<int> symbols = vocabulary.GetSymbols(token);
            int node = Root, depth = 0;
            while (depth < symbols.Length)
            {
                int child = _children.Get(node, symbols[depth], None);
                if (child == None) child = AddNode(new Stretch(node, None, token, depth, symbols.Length - depth), symbols[depth]);

                Stretch next = _nodes[child];
                ReadOnlySpan<int> label = vocabulary.GetSymbols(next.Source).Slice(next.Start, next.Length);
                int common = symbols[depth..].CommonPrefixLength(label);
                if (common < next.Length)
                {
                    int upper = AddNode(next with { Token = None, Length = common }, label[0]);
                    _nodes[child] = next with { Parent = upper, Start = next.Start + common, Length = next.Length - common };
                    _children.Set(upper, label[common], child);
                    child = upper;
                }

                depth += common;
                node = child;
            }

            _nodes[node] = _nodes[node] with { Token = token };
        }

        private int AddNode(Stretch node, int symbol)
        {
            _nodes.Add(node);
            _children.Set(node.Parent, symbol, _nodes.Count - 1);
            return _nodes.Count - 1;
        }
    }
}
