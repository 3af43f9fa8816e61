namespace Fast.Tokenizer.Training.Parts;

/// <summary>Counts sequences within a memory limit.</summary>
/// <param name="output">What is made; a temporary file stands beside it where the memory does not suffice.</param>
/// <param name="length">Values of each sequence.</param>
/// <param name="memoryLimit">Bytes that counts may take in memory.</param>
internal sealed class SequenceCounter(string output, int length, long memoryLimit) : IDisposable
{
    // Of a sequence beside its values: its entry, its slots in the table, its place while sorting, and room for lists to grow.
    private const int BytesPerSequence = 120;

    private readonly KeySorter _sorter = new(output, SequenceKey.MaxLength(length));
    private SequenceCorpus _corpus = new();

    /// <summary>Sequences counted.</summary>
    public long TotalCount { get; private set; }

    /// <summary>See <see cref="SequenceCorpus.Mass"/>.</summary>
    public long Mass { get; private set; }

    /// <summary>Smallest value; 0 where there is none.</summary>
    public int MinValue { get; private set; }

    /// <summary>Largest value; 0 where there is none.</summary>
    public int MaxValue { get; private set; }

    /// <summary>Counts a sequence.</summary>
    /// <exception cref="ArgumentException">A value does not fit.</exception>
    public void Add(ReadOnlySpan<int> values, CancellationToken cancellationToken)
    {
        _corpus.Add(values);
        if ((_corpus.DistinctCount * (long)BytesPerSequence) + (4 * _corpus.StoredCount) <= memoryLimit) return;
        AddTotals();
        _sorter.Spill(new SortedSequences(_corpus), cancellationToken);
        _corpus = new SequenceCorpus();
    }

    /// <summary>All sequences, ascending. Nothing can be counted afterwards.</summary>
    public KeyCursor Sorted(CancellationToken cancellationToken)
    {
        AddTotals();
        return _sorter.Merge([() => new SortedSequences(_corpus)], KeySorter.MaxFanIn, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _sorter.Dispose();

    private void AddTotals()
    {
        if (_corpus.TotalCount == 0) return;
        bool isFirst = TotalCount == 0;
        MinValue = isFirst ? _corpus.MinValue : Math.Min(MinValue, _corpus.MinValue);
        MaxValue = isFirst ? _corpus.MaxValue : Math.Max(MaxValue, _corpus.MaxValue);
        TotalCount += _corpus.TotalCount;
        Mass += _corpus.Mass;
    }
}
