namespace Fast.Tokenizer.Training.Parts;

/// <summary>The sequences that a part of the second pass holds, read from the file each time.</summary>
internal sealed class PartSequences(PartFile part, int length) : ICountedSequences
{
    private readonly PartHeader.CoefficientsEntry _header = part.Header.Coefficients!;

    /// <inheritdoc/>
    public long DistinctCount => part.Header.Entries;

    /// <inheritdoc/>
    public long ValueCount => part.Header.Entries * length;

    /// <inheritdoc/>
    public long TotalCount => part.Header.Counted;

    /// <inheritdoc/>
    public long Mass => _header.Mass;

    /// <inheritdoc/>
    public int MinValue => _header.MinCoefficient;

    /// <inheritdoc/>
    public int MaxValue => _header.MaxCoefficient;

    /// <inheritdoc/>
    public ICountedSequenceReader Read() => new Reader(this, part.ReadBody(SequenceKey.MaxLength(length)));

    private int Length => length;

    private InvalidDataException Bad() => PartFile.Damaged(part.Name, "it holds what is no sequence of its coefficients");

    private sealed class Reader(PartSequences owner, KeyCursor keys) : ICountedSequenceReader
    {
        private readonly short[] _values = new short[owner.Length];
        private int _headLength;
        private long _mass;

        public ReadOnlySpan<short> Head => _values.AsSpan(0, _headLength);

        public int Length => _values.Length;

        public long Count => keys.Count;

        public bool Next()
        {
            if (!keys.Next()) return owner.Mass == _mass ? false : throw owner.Bad();
            if (!SequenceKey.TryRead(keys.Key, _values, out _headLength)) throw owner.Bad();

            // Whoever trains relies on the range.
            short min = _headLength < Length ? (short)0 : _values[0], max = min;
            foreach (short value in Head) (min, max) = (Math.Min(min, value), Math.Max(max, value));
            if (min < owner.MinValue || max > owner.MaxValue) throw owner.Bad();
            _mass += Count * Math.Min(_headLength + 1, Length);
            return true;
        }

        public void Dispose() => keys.Dispose();
    }
}
