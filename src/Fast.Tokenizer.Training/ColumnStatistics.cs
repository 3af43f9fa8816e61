using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training;

/// <summary>Statistics of columns that need not have equally many values.</summary>
internal sealed class ColumnStatistics : IColumnValues
{
    private readonly StatisticsAccumulator[]? _exact;
    private readonly StreamingStatisticsAccumulator[]? _estimates;

    /// <summary>Starts empty.</summary>
    /// <param name="columns">Number of columns.</param>
    /// <param name="estimate">Whether quantiles are estimated in bounded memory instead of computed exactly.</param>
    public ColumnStatistics(int columns, bool estimate)
    {
        if (estimate) _estimates = [.. Enumerable.Range(0, columns).Select(_ => new StreamingStatisticsAccumulator(1))];
        else _exact = [.. Enumerable.Range(0, columns).Select(_ => new StatisticsAccumulator(1))];
    }

    /// <summary>Takes over columns that were estimated one by one.</summary>
    public ColumnStatistics(StreamingStatisticsAccumulator[] estimates) => _estimates = estimates;

    /// <summary>The columns where they are estimated; else none.</summary>
    public IReadOnlyList<StreamingStatisticsAccumulator> Estimates => _estimates ?? [];

    /// <inheritdoc/>
    public void Add(int column, ReadOnlySpan<double> values)
    {
        _exact?[column].Add(values);
        _estimates?[column].Add(values);
    }

    /// <summary>Takes the statistics. A column without values is a constant 0.</summary>
    /// <returns>Every field set; the count where it is the same for all columns.</returns>
    public ActionStatistics ToStatistics()
    {
        return Join(_exact is not null
            ? Array.ConvertAll(_exact, column => column.Count > 0 ? column.ToStatistics() : Empty())
            : Array.ConvertAll(_estimates!, column => column.Count > 0 ? column.ToStatistics() : Empty()));
    }

    /// <summary>Statistics of one column each as those of all of them.</summary>
    public static ActionStatistics Join(ActionStatistics[] columns)
    {
        double[] Field(Func<ActionStatistics, IReadOnlyList<double>?> field) => Array.ConvertAll(columns, column => field(column)![0]);
        return new ActionStatistics(
            columns.All(column => column.Count == columns[0].Count) ? columns[0].Count : null,
            Field(column => column.Min),
            Field(column => column.Max),
            Field(column => column.Mean),
            Field(column => column.Std),
            Field(column => column.Q01),
            Field(column => column.Q10),
            Field(column => column.Q50),
            Field(column => column.Q90),
            Field(column => column.Q99));
    }

    /// <summary>What a column without values has.</summary>
    public static ActionStatistics Empty() => new(null, [0], [0], [0], [0], [0], [0], [0], [0], [0]);
}
