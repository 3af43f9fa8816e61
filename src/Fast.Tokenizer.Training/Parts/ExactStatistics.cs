using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>Exact statistics of columns whose values come as ascending <see cref="ValueKey"/>s, twice.</summary>
/// <param name="columns">Number of columns.</param>
internal sealed class ExactStatistics(int columns)
{
    private readonly CountedColumn[] _columns = [.. Enumerable.Range(0, columns).Select(_ => new CountedColumn())];

    /// <summary>Takes a value the first time.</summary>
    public void Add(ReadOnlySpan<byte> key, long count, CancellationToken cancellationToken) =>
        Column(key, out double value).Add(value, count, cancellationToken);

    /// <summary>Takes a value the second time.</summary>
    public void AddAgain(ReadOnlySpan<byte> key, long count, CancellationToken cancellationToken) =>
        Column(key, out double value).AddAgain(value, count, cancellationToken);

    /// <summary>The statistics of all columns; one without values is a constant 0.</summary>
    public ActionStatistics ToStatistics() => ColumnStatistics.Join(Array.ConvertAll(_columns, column => column.ToStatistics()));

    private CountedColumn Column(ReadOnlySpan<byte> key, out double value)
    {
        if (!ValueKey.TryRead(key, out int column, out ulong number)) throw new ArgumentException("no value of a column", nameof(key));
        value = ValueKey.ValueOf(number);
        return _columns[column];
    }
}
