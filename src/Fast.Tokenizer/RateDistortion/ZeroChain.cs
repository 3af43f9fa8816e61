namespace Fast.Tokenizer.RateDistortion;

/// <summary>The nodes of a <see cref="SegmentationTrie"/> to which zeros alone lead from the root on.</summary>
internal sealed class ZeroChain
{
    private readonly ZeroChainNode[] _nodes;
    private readonly int[] _within;

    /// <summary>Makes a chain.</summary>
    /// <param name="nodes">Its nodes, from the root on.</param>
    public ZeroChain(ZeroChainNode[] nodes)
    {
        _nodes = nodes;
        _within = new int[nodes.Length == 0 ? 1 : nodes[^1].Depth + 1];
        for (int depth = 0, within = 0; depth < _within.Length; depth++)
        {
            while (within < nodes.Length && nodes[within].Depth <= depth) within++;
            _within[depth] = within;
        }
    }

    /// <summary>The nodes, from the root on.</summary>
    public ReadOnlySpan<ZeroChainNode> Nodes => _nodes;

    /// <summary>The number of nodes that at most this many symbols lead to.</summary>
    public int Within(int symbols) => _within[Math.Min(symbols, _within.Length - 1)];
}
