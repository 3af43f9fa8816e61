using System.Numerics;
using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Training;

/// <summary>Distinct sequences of small integers with the number of times each occurred: what a vocabulary is trained on.</summary>
/// <remarks>
/// Holds two bytes per value of each distinct sequence, and of the zeros at its end only their number: five of six coefficients of a chunk
/// are such zeros. Not safe for use by several threads at once.
/// </remarks>
public sealed class SequenceCorpus : ICountedSequences
{
    private const int Empty = -1;
    private const int BlockLength = 1 << 20;

    private readonly List<Sequence> _sequences = [];
    private readonly List<short[]> _blocks = [];
    private int[] _slots = NewSlots(1 << 10);
    private short[] _added = [];
    private int _used;
    private long _total;

    /// <summary>Number of distinct sequences.</summary>
    public int DistinctCount => _sequences.Count;

    /// <summary>Number of values in the distinct sequences.</summary>
    public long ValueCount { get; private set; }

    /// <summary>Number of sequences added, each as often as it occurred.</summary>
    public long TotalCount { get; private set; }

    /// <summary>
    /// Number of values in all sequences added, each as often as it occurred, where the zeros at the end of a sequence count as one value.
    /// What a corpus weighs: such a run takes about one token, whatever its length.
    /// </summary>
    public long Mass { get; private set; }

    /// <summary>Smallest value seen; 0 while the corpus is empty.</summary>
    public int MinValue { get; private set; }

    /// <summary>Largest value seen; 0 while the corpus is empty.</summary>
    public int MaxValue { get; private set; }

    /// <summary>Values that are held: those of the distinct sequences without the zeros at their ends.</summary>
    internal long StoredCount { get; private set; }

    long ICountedSequences.DistinctCount => DistinctCount;

    /// <summary>Adds a sequence that occurred a number of times.</summary>
    /// <param name="values">Values, each between -32768 and 32767.</param>
    /// <param name="count">How often it occurred, at least 1.</param>
    /// <exception cref="ArgumentException">A value does not fit, or the counts are too large to add up.</exception>
    public void Add(ReadOnlySpan<int> values, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count > (long.MaxValue - _total) / Math.Max(1, values.Length))
            throw new ArgumentException($"a count of {count} is too large: values times counts must stay below 2^63", nameof(count));

        if (_added.Length < values.Length) _added = new short[(int)BitOperations.RoundUpToPowerOf2((uint)values.Length)];
        (int min, int max) = ValueCount > 0 || values.IsEmpty ? (MinValue, MaxValue) : (values[0], values[0]);
        int length = 0;
        for (int i = 0; i < values.Length; i++)
        {
            int value = values[i];
            if ((short)value != value)
            {
                throw new ArgumentException(
                    $"value {value} at index {i} does not fit 16 bits: lower the scale, or clip outliers in the normalization",
                    nameof(values));
            }

            _added[i] = (short)value;
            if (value != 0) length = i + 1;
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        ReadOnlySpan<short> head = _added.AsSpan(0, length);
        (MinValue, MaxValue) = (min, max);
        _total += count * Math.Max(1, values.Length);
        TotalCount += count;
        Mass += count * Math.Min(length + 1, values.Length);
        int slot = FindSlot(head, values.Length);
        if (_slots[slot] != Empty)
        {
            CollectionsMarshal.AsSpan(_sequences)[_slots[slot]].Count += count;
            return;
        }

        _slots[slot] = _sequences.Count;
        _sequences.Add(Store(head, values.Length, count));
        ValueCount += values.Length;
        if (_sequences.Count * 2 > _slots.Length) Rehash();
    }

    /// <summary>Adds all sequences of another corpus, in its order.</summary>
    /// <param name="other">The other corpus; it is left as it is.</param>
    /// <param name="repetitions">How often the other corpus counts, at least 1.</param>
    /// <exception cref="ArgumentException">The other corpus is this one, or the counts are too large to add up.</exception>
    public void Add(SequenceCorpus other, long repetitions = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        if (other == this) throw new ArgumentException("a corpus added to itself would count its sequences twice", nameof(other));

        int[] values = [];
        using var sequences = new Reader(other);
        while (sequences.Next())
        {
            int length = sequences.Length;
            if (values.Length < length) values = new int[length];
            ReadOnlySpan<short> head = sequences.Head;
            for (int k = 0; k < head.Length; k++) values[k] = head[k];
            values.AsSpan(head.Length, length - head.Length).Clear();
            if (sequences.Count > long.MaxValue / repetitions)
                throw new ArgumentException($"{repetitions} repetitions of a count of {sequences.Count} are too many", nameof(repetitions));
            Add(values.AsSpan(0, length), sequences.Count * repetitions);
        }
    }

    /// <summary>Number of values of a distinct sequence.</summary>
    /// <param name="index">0 to one below <see cref="DistinctCount"/>, in the order in which they were first added.</param>
    internal int GetLength(int index) => _sequences[index].Length;

    /// <summary>Copies the values of a distinct sequence.</summary>
    /// <param name="index">0 to one below <see cref="DistinctCount"/>, in the order in which they were first added.</param>
    /// <param name="values">Receives <see cref="GetLength"/> values.</param>
    /// <exception cref="ArgumentException"><paramref name="values"/> is too short.</exception>
    internal void CopyValues(int index, Span<short> values)
    {
        Sequence sequence = _sequences[index];
        Head(sequence).CopyTo(values);
        values[sequence.HeadLength..sequence.Length].Clear();
    }

    /// <summary>How often a distinct sequence occurred.</summary>
    /// <param name="index">0 to one below <see cref="DistinctCount"/>.</param>
    internal long GetCount(int index) => _sequences[index].Count;

    ICountedSequenceReader ICountedSequences.Read() => new Reader(this);

    private Sequence Store(ReadOnlySpan<short> head, int length, long count)
    {
        if (_blocks.Count == 0 || _used + head.Length > _blocks[^1].Length)
        {
            _blocks.Add(new short[Math.Max(BlockLength, head.Length)]);
            _used = 0;
        }

        int start = _used;
        head.CopyTo(_blocks[^1].AsSpan(start));
        _used += head.Length;
        StoredCount += head.Length;
        return new Sequence { Block = _blocks.Count - 1, Start = start, HeadLength = head.Length, Length = length, Count = count };
    }

    private ReadOnlySpan<short> Head(Sequence sequence) => _blocks[sequence.Block].AsSpan(sequence.Start, sequence.HeadLength);

    private int FindSlot(ReadOnlySpan<short> head, int length)
    {
        int mask = _slots.Length - 1;
        int slot = (int)Hash(head, length) & mask;
        for (; _slots[slot] != Empty; slot = (slot + 1) & mask)
        {
            Sequence other = _sequences[_slots[slot]];
            if (other.Length == length && Head(other).SequenceEqual(head)) break;
        }

        return slot;
    }

    private void Rehash()
    {
        _slots = NewSlots(_slots.Length * 2);
        for (int i = 0; i < _sequences.Count; i++) _slots[FindSlot(Head(_sequences[i]), _sequences[i].Length)] = i;
    }

    private static int[] NewSlots(int length)
    {
        var slots = new int[length];
        Array.Fill(slots, Empty);
        return slots;
    }

    private static uint Hash(ReadOnlySpan<short> values, int length)
    {
        ulong hash = (ulong)length;
        ReadOnlySpan<ulong> blocks = MemoryMarshal.Cast<short, ulong>(values);
        foreach (ulong block in blocks) hash = Mix(hash ^ block);
        foreach (short value in values[(blocks.Length * 4)..]) hash = Mix(hash ^ (ushort)value);
        return (uint)(hash >> 32) ^ (uint)hash;
    }

    private static ulong Mix(ulong hash) => BitOperations.RotateLeft(hash * 0x9E3779B97F4A7C15UL, 29);

    // All values but the zeros at the end stand side by side in a block.
    private struct Sequence
    {
        public int Block;
        public int Start;
        public int HeadLength;
        public int Length;
        public long Count;
    }

    private sealed class Reader(SequenceCorpus corpus) : ICountedSequenceReader
    {
        private int _index = -1;

        public ReadOnlySpan<short> Head => corpus.Head(corpus._sequences[_index]);

        public int Length => corpus._sequences[_index].Length;

        public long Count => corpus._sequences[_index].Count;

        public bool Next() => ++_index < corpus._sequences.Count;

        public void Dispose()
        {
        }
    }
}
