namespace Fast.Tokenizer.RateDistortion;

/// <summary>The fewest tokens that a run of zeros at the end of a chunk can be written with.</summary>
internal sealed class ZeroTail
{
    private readonly int[] _counts;
    private readonly int[] _tokens;
    private readonly int[] _lengths;

    /// <summary>Computes the runs up to a length.</summary>
    /// <param name="trie">The tokens.</param>
    /// <param name="zeroLength">Symbols that zero is spelled with.</param>
    /// <param name="symbols">The longest run, in symbols; a run may start inside the spelling of a zero.</param>
    public ZeroTail(SegmentationTrie trie, int zeroLength, int symbols)
    {
        _counts = new int[symbols + 1];
        _tokens = new int[symbols + 1];
        _lengths = new int[symbols + 1];
        for (int length = 1; length <= symbols; length++)
        {
            int phase = (zeroLength - (length % zeroLength)) % zeroLength, fewest = int.MaxValue;
            foreach (ref readonly ZeroChainNode node in trie.ZeroChain(phase).Nodes)
            {
                if (node.Depth > length) break;
                if (node.Token == SegmentationTrie.None || _counts[length - node.Depth] >= fewest) continue;
                fewest = _counts[length - node.Depth];
                (_tokens[length], _lengths[length]) = (node.Token, node.Depth);
            }

            _counts[length] = fewest == int.MaxValue ? fewest : fewest + 1;
        }
    }

    /// <summary>The longest run that is known, in symbols.</summary>
    public int Longest => _counts.Length - 1;

    /// <summary>The fewest tokens for a run, or the largest number where none fit.</summary>
    public int Count(int symbols) => _counts[symbols];

    /// <summary>The first of the fewest tokens, and its length in symbols.</summary>
    public (int Token, int Length) First(int symbols) => (_tokens[symbols], _lengths[symbols]);
}
