namespace Fast.Tokenizer.Training.Parts;

/// <summary>Counts the values of columns within a memory limit.</summary>
/// <param name="output">What is made; a temporary file stands beside it where the memory does not suffice.</param>
/// <param name="columns">Number of columns.</param>
/// <param name="memoryLimit">Bytes that values may take in memory.</param>
/// <param name="cancellationToken">Stops the writing of a file.</param>
internal sealed class ValueCounter(string output, int columns, long memoryLimit, CancellationToken cancellationToken)
    : IColumnValues, IDisposable
{
    // A value beside itself: room for its column to grow, and the copy that is sorted.
    private const int BytesPerValue = 3 * sizeof(ulong);

    private readonly KeySorter _sorter = new(output, ValueKey.MaxLength);
    private readonly List<ulong>[] _columns = [.. Enumerable.Range(0, columns).Select(_ => new List<ulong>())];
    private long _held;

    /// <inheritdoc/>
    public void Add(int column, ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            _columns[column].Add(ValueKey.Ordered(value));
            if (++_held * BytesPerValue > memoryLimit) Spill();
        }
    }

    /// <summary>All values, ascending by column and value. Nothing can be counted afterwards.</summary>
    public KeyCursor Sorted() => _sorter.Merge([TakeSorted], KeySorter.MaxFanIn, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _sorter.Dispose();

    private void Spill()
    {
        _sorter.Spill(TakeSorted(), cancellationToken);
        _held = 0;
    }

    private SortedValues TakeSorted() => new(Array.ConvertAll(_columns, column =>
    {
        ulong[] values = [.. column];
        column.Clear();
        column.TrimExcess();
        Array.Sort(values);
        return values;
    }));
}
