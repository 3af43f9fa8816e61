namespace Fast.Tokenizer.Training;

/// <summary>Takes the values of columns that need not have equally many.</summary>
internal interface IColumnValues
{
    /// <summary>Adds values to a column.</summary>
    void Add(int column, ReadOnlySpan<double> values);
}
