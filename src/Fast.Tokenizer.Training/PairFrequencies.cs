using System.Runtime.InteropServices;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>How often each pair of neighbours stands in sequences that are gone through once.</summary>
/// <remarks>The memory is for the different pairs alone, whatever the number of sequences.</remarks>
internal sealed class PairFrequencies
{
    private readonly PairTable _indices = new(1 << 12);
    private readonly List<PairFrequency> _pairs = [];

    /// <summary>All pairs, in the order in which they were first seen.</summary>
    public ReadOnlySpan<PairFrequency> Pairs => CollectionsMarshal.AsSpan(_pairs);

    /// <summary>Places of pairs, where those of a token with itself that follow each other are one.</summary>
    public long Places { get; private set; }

    /// <summary>Counts the pairs of a sequence, overlapping ones included.</summary>
    public void Add(ReadOnlySpan<ushort> tokens, long weight)
    {
        for (int start = 0; start + 1 < tokens.Length; start++)
        {
            int left = tokens[start], right = tokens[start + 1], times = 1;
            if (left == right)
            {
                int run = tokens[start..].IndexOfAnyExcept(tokens[start]);
                times = (run < 0 ? tokens.Length - start : run) - 1;
                start += times - 1;
            }

            Places++;
            Gain(left, right, weight * times, left == right ? weight * (times / 2) : 0);
        }
    }

    private void Gain(int left, int right, long count, long afterItself)
    {
        int index = _indices.Get(left, right, -1);
        if (index < 0)
        {
            index = _pairs.Count;
            _indices.Set(left, right, index);
            _pairs.Add(new PairFrequency(left, right, 0, 0));
        }

        ref PairFrequency pair = ref CollectionsMarshal.AsSpan(_pairs)[index];
        pair = pair with { Count = pair.Count + count, AfterItself = pair.AfterItself + afterItself };
    }
}
