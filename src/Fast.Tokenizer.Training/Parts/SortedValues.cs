namespace Fast.Tokenizer.Training.Parts;

/// <summary>Numbers of columns, ascending by <see cref="ValueKey"/>.</summary>
internal sealed class SortedValues : KeyCursor
{
    private readonly IReadOnlyList<ulong[]> _columns;
    private int _column;
    private int _next;

    /// <param name="columns">The numbers of each column, ascending.</param>
    public SortedValues(IReadOnlyList<ulong[]> columns)
    {
        _columns = columns;
        Bytes = new byte[ValueKey.MaxLength];
    }

    /// <inheritdoc/>
    public override bool Next()
    {
        while (_column < _columns.Count && _next == _columns[_column].Length) (_column, _next) = (_column + 1, 0);
        if (_column == _columns.Count) return false;
        ulong[] values = _columns[_column];
        ulong value = values[_next];
        int end = _next + 1;
        while (end < values.Length && values[end] == value) end++;
        Length = ValueKey.Write(_column, value, Bytes);
        Count = end - _next;
        _next = end;
        return true;
    }
}
