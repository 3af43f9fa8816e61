using System.Numerics;
using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Training;

/// <summary>Distinct sequences of small integers with the number of times each occurred: what a vocabulary is trained on.</summary>
/// <remarks>Holds two bytes per value of each distinct sequence. Not safe for use by several threads at once.</remarks>
public sealed class SequenceCorpus
{
    private const int Empty = -1;

    private short[] _values = new short[1 << 12];
    private readonly List<int> _ends = [];
    private readonly List<long> _counts = [];
    private int[] _slots = NewSlots(1 << 10);
    private long _total;

    /// <summary>Number of distinct sequences.</summary>
    public int DistinctCount => _counts.Count;

    /// <summary>Number of values in the distinct sequences.</summary>
    public int ValueCount => _ends.Count == 0 ? 0 : _ends[^1];

    /// <summary>Smallest value seen; 0 while the corpus is empty.</summary>
    public int MinValue { get; private set; }

    /// <summary>Largest value seen; 0 while the corpus is empty.</summary>
    public int MaxValue { get; private set; }

    /// <summary>Adds a sequence that occurred a number of times.</summary>
    /// <param name="values">Values, each between -32768 and 32767.</param>
    /// <param name="count">How often it occurred, at least 1.</param>
    /// <exception cref="ArgumentException">A value does not fit, or the counts are too large to add up.</exception>
    /// <exception cref="InvalidOperationException">The corpus would hold more than 2^31 values.</exception>
    public void Add(ReadOnlySpan<int> values, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count > (long.MaxValue - _total) / Math.Max(1, values.Length))
            throw new ArgumentException($"a count of {count} is too large: values times counts must stay below 2^63", nameof(count));

        Reserve(values.Length);
        int start = ValueCount;
        Span<short> target = _values.AsSpan(start, values.Length);
        (int min, int max) = ValueCount > 0 || values.IsEmpty ? (MinValue, MaxValue) : (values[0], values[0]);
        for (int i = 0; i < values.Length; i++)
        {
            int value = values[i];
            if ((short)value != value)
            {
                throw new ArgumentException(
                    $"value {value} at index {i} does not fit 16 bits: lower the scale, or clip outliers in the normalization",
                    nameof(values));
            }

            target[i] = (short)value;
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        (MinValue, MaxValue) = (min, max);
        _total += count * Math.Max(1, values.Length);
        int slot = FindSlot(target);
        if (_slots[slot] != Empty)
        {
            CollectionsMarshal.AsSpan(_counts)[_slots[slot]] += count;
            return;
        }

        _slots[slot] = _counts.Count;
        _counts.Add(count);
        _ends.Add(start + values.Length);
        if (_counts.Count * 2 > _slots.Length) Rehash();
    }

    /// <summary>The values of a distinct sequence, in the order in which they were first added.</summary>
    /// <param name="index">0 to one below <see cref="DistinctCount"/>.</param>
    public ReadOnlySpan<short> GetValues(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _values.AsSpan(start, _ends[index] - start);
    }

    /// <summary>How often a distinct sequence occurred.</summary>
    /// <param name="index">0 to one below <see cref="DistinctCount"/>.</param>
    public long GetCount(int index) => _counts[index];

    private void Reserve(int more)
    {
        long needed = (long)ValueCount + more;
        if (needed <= _values.Length) return;
        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException(
                $"the corpus would hold {needed} values, at most {Array.MaxLength} are possible: use a larger stride");
        }

        Array.Resize(ref _values, (int)Math.Min(Math.Max(needed, _values.Length * 2L), Array.MaxLength));
    }

    private int FindSlot(ReadOnlySpan<short> values)
    {
        int mask = _slots.Length - 1;
        int slot = (int)Hash(values) & mask;
        while (_slots[slot] != Empty && !GetValues(_slots[slot]).SequenceEqual(values)) slot = (slot + 1) & mask;
        return slot;
    }

    private void Rehash()
    {
        _slots = NewSlots(_slots.Length * 2);
        for (int i = 0; i < _counts.Count; i++) _slots[FindSlot(GetValues(i))] = i;
    }

    private static int[] NewSlots(int length)
    {
        var slots = new int[length];
        Array.Fill(slots, Empty);
        return slots;
    }

    private static uint Hash(ReadOnlySpan<short> values)
    {
        ulong hash = (ulong)values.Length;
        ReadOnlySpan<ulong> blocks = MemoryMarshal.Cast<short, ulong>(values);
        foreach (ulong block in blocks) hash = Mix(hash ^ block);
        foreach (short value in values[(blocks.Length * 4)..]) hash = Mix(hash ^ (ushort)value);
        return (uint)(hash >> 32) ^ (uint)hash;
    }

    private static ulong Mix(ulong hash) => BitOperations.RotateLeft(hash * 0x9E3779B97F4A7C15UL, 29);
}
