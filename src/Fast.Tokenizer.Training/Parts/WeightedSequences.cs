namespace Fast.Tokenizer.Training.Parts;

/// <summary>The sequences of several parts as one corpus, each as often as its part counts; read from the files each time.</summary>
internal sealed class WeightedSequences : ICountedSequences
{
    private readonly (ICountedSequences Part, long Repetitions)[] _parts;

    /// <summary>Reads all parts once, to know how many different sequences there are.</summary>
    /// <param name="parts">The parts, with how often each counts; their sequences ascend by <see cref="SequenceKey"/>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ArgumentException">The counts are too large to add up.</exception>
    public WeightedSequences(IReadOnlyList<(ICountedSequences Part, long Repetitions)> parts, CancellationToken cancellationToken)
    {
        _parts = [.. parts];
        Int128 total = 0, values = 0, mass = 0;
        foreach ((ICountedSequences part, long repetitions) in parts)
        {
            total += (Int128)part.TotalCount * repetitions;
            values += (Int128)part.TotalCount * repetitions * Math.Max(1, part.ValueCount / Math.Max(1, part.DistinctCount));
            mass += (Int128)part.Mass * repetitions;
        }

        if (values > long.MaxValue)
            throw new ArgumentException("the counts are too large: values times counts times weights must stay below 2^63", nameof(parts));
        (MinValue, MaxValue) = (parts.Min(one => one.Part.MinValue), parts.Max(one => one.Part.MaxValue));
        (TotalCount, Mass) = ((long)total, (long)mass);
        using ICountedSequenceReader sequences = Read();
        while (sequences.Next())
        {
            if ((DistinctCount++ & 0x3FF) == 0) cancellationToken.ThrowIfCancellationRequested();
            ValueCount += sequences.Length;
        }
    }

    /// <inheritdoc/>
    public long DistinctCount { get; }

    /// <inheritdoc/>
    public long ValueCount { get; }

    /// <inheritdoc/>
    public long TotalCount { get; }

    /// <inheritdoc/>
    public long Mass { get; }

    /// <inheritdoc/>
    public int MinValue { get; }

    /// <inheritdoc/>
    public int MaxValue { get; }

    /// <inheritdoc/>
    public ICountedSequenceReader Read() => new Reader(_parts);

    // A few parts: the smallest is looked for among all of them.
    private sealed class Reader((ICountedSequences Part, long Repetitions)[] parts) : ICountedSequenceReader
    {
        private readonly Cursor[] _cursors = [.. parts.Select(one => new Cursor(one.Part.Read(), one.Repetitions))];
        private List<Cursor>? _current;

        public ReadOnlySpan<short> Head => _current![0].Sequence.Head;

        public int Length => _current![0].Sequence.Length;

        public long Count { get; private set; }

        public bool Next()
        {
            _current ??= [.. _cursors];
            foreach (Cursor cursor in _current) cursor.Advance();
            _current.Clear();
            foreach (Cursor cursor in _cursors)
            {
                if (cursor.IsAtEnd) continue;
                int order = _current.Count == 0 ? 0 : cursor.CompareTo(_current[0]);
                if (order < 0) _current.Clear();
                if (order <= 0) _current.Add(cursor);
            }

            Count = _current.Sum(cursor => cursor.Count);
            return _current.Count > 0;
        }

        public void Dispose()
        {
            foreach (Cursor cursor in _cursors) cursor.Sequence.Dispose();
        }
    }

    private sealed class Cursor(ICountedSequenceReader sequence, long repetitions)
    {
        private byte[] _key = [];
        private int _keyLength;

        public ICountedSequenceReader Sequence => sequence;

        public bool IsAtEnd { get; private set; }

        public long Count => sequence.Count * repetitions;

        public void Advance()
        {
            IsAtEnd = !sequence.Next();
            if (IsAtEnd) return;
            int longest = SequenceKey.MaxLength(sequence.Length);
            if (_key.Length < longest) _key = new byte[longest];
            _keyLength = SequenceKey.Write(sequence.Head, _key);
        }

        // Of two data sets with chunks of different shapes, sequences may differ in the zeros at their ends alone.
        public int CompareTo(Cursor other)
        {
            int order = _key.AsSpan(0, _keyLength).SequenceCompareTo(other._key.AsSpan(0, other._keyLength));
            return order != 0 ? order : sequence.Length.CompareTo(other.Sequence.Length);
        }
    }
}
