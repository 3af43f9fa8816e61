using System.Numerics;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>A read-mostly map from a pair of non-negative numbers to a number. Looking up allocates nothing and takes no lock.</summary>
internal sealed class PairTable
{
    private const ulong Empty = ulong.MaxValue;

    private ulong[] _keys;
    private int[] _values;
    private int _shift;
    private int _count;

    public PairTable(int expected)
    {
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, Math.Min(expected, 1 << 28) * 2));
        (_keys, _values, _shift) = Allocate(capacity);
    }

    /// <summary>The number stored for a pair, or <paramref name="missing"/>.</summary>
    public int Get(int first, int second, int missing)
    {
        ulong key = Key(first, second);
        ulong[] keys = _keys;
        for (int slot = Slot(key, _shift); ; slot = (slot + 1) & (keys.Length - 1))
        {
            if (keys[slot] == key) return _values[slot];
            if (keys[slot] == Empty) return missing;
        }
    }

    /// <summary>Stores a number for a pair; a later one replaces an earlier one.</summary>
    public void Set(int first, int second, int value)
    {
        if (_count * 2 >= _keys.Length) Grow();
        ulong key = Key(first, second);
        int slot = Slot(key, _shift);
        while (_keys[slot] != Empty && _keys[slot] != key) slot = (slot + 1) & (_keys.Length - 1);
        if (_keys[slot] == Empty) _count++;
        (_keys[slot], _values[slot]) = (key, value);
    }

    private void Grow()
    {
        (ulong[] keys, int[] values) = (_keys, _values);
        (_keys, _values, _shift) = Allocate(keys.Length * 2);
        _count = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] != Empty) Set((int)(keys[i] >> 32), (int)(uint)keys[i], values[i]);
        }
    }

    private static (ulong[] Keys, int[] Values, int Shift) Allocate(int capacity)
    {
        var keys = new ulong[capacity];
        Array.Fill(keys, Empty);
        return (keys, new int[capacity], 64 - BitOperations.Log2((uint)capacity));
    }

    private static ulong Key(int first, int second) => ((ulong)(uint)first << 32) | (uint)second;

    // Fibonacci hashing: the high bits of the product are well mixed even for small neighbouring ids.
    private static int Slot(ulong key, int shift) => (int)((key * 0x9E3779B97F4A7C15UL) >> shift);
}
