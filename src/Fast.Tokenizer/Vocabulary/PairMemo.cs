namespace Fast.Tokenizer.Vocabulary;

/// <summary>Remembers answers to a question about pairs of tokens; of pairs that share a place, the last one asked.</summary>
/// <remarks>
/// Of fixed size, whatever the vocabulary, and without a lock: a pair and its answer are one number, which is read and written whole, and
/// the answer for a pair is always the same. So threads can only take each other's places.
/// </remarks>
internal sealed class PairMemo
{
    // 256 KB: the pairs of some thousand chunks, in the second cache.
    private const int Bits = 15;

    private readonly long[] _entries = new long[1 << Bits];

    /// <summary>The answer for a pair of token ids, if it is remembered.</summary>
    public bool TryGet(int left, int right, out bool answer)
    {
        long pair = Pair(left, right), entry = Volatile.Read(ref _entries[Place(pair)]);
        answer = (entry & 1) != 0;
        return (entry | 1) == (pair | 1);
    }

    /// <summary>Remembers an answer.</summary>
    public void Set(int left, int right, bool answer)
    {
        long pair = Pair(left, right);
        Volatile.Write(ref _entries[Place(pair)], pair | (answer ? 1L : 0L));
    }

    // Ids are not negative: the highest bit is free to tell an empty place, and the lowest to hold the answer.
    private static long Pair(int left, int right) => long.MinValue | ((long)left << 32) | ((long)right << 1);

    private static int Place(long pair) => (int)(((ulong)pair * 0x9E3779B97F4A7C15UL) >> (64 - Bits));
}
