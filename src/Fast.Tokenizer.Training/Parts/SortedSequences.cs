namespace Fast.Tokenizer.Training.Parts;

/// <summary>The sequences of a corpus, ascending by <see cref="SequenceKey"/>.</summary>
internal sealed class SortedSequences : KeyCursor
{
    private const int BlockLength = 1 << 20;

    private readonly List<byte[]> _blocks = [];
    private readonly Entry[] _entries;
    private int _next;

    public SortedSequences(SequenceCorpus corpus)
    {
        _entries = new Entry[corpus.DistinctCount];
        using ICountedSequenceReader sequences = ((ICountedSequences)corpus).Read();
        int used = 0;
        for (int i = 0; sequences.Next(); i++)
        {
            int most = SequenceKey.MaxLength(sequences.Head.Length);
            if (_blocks.Count == 0 || used + most > _blocks[^1].Length)
            {
                _blocks.Add(new byte[Math.Max(BlockLength, most)]);
                used = 0;
            }

            int length = SequenceKey.Write(sequences.Head, _blocks[^1].AsSpan(used));
            _entries[i] = new Entry(_blocks.Count - 1, used, length, sequences.Count);
            used += length;
        }

        _entries.AsSpan().Sort((a, b) => KeyOf(a).SequenceCompareTo(KeyOf(b)));
    }

    /// <inheritdoc/>
    public override bool Next()
    {
        if (_next == _entries.Length) return false;
        Entry entry = _entries[_next++];
        (Bytes, Start, Length, Count) = (_blocks[entry.Block], entry.Start, entry.Length, entry.Count);
        return true;
    }

    private ReadOnlySpan<byte> KeyOf(in Entry entry) => new(_blocks[entry.Block], entry.Start, entry.Length);

    private readonly record struct Entry(int Block, int Start, int Length, long Count);
}
