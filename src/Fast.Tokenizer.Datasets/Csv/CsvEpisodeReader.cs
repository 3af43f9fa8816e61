using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Csv;

/// <summary>Reads a table an episode at a time, from its first row to its last.</summary>
internal sealed class CsvEpisodeReader(string path, CsvColumns columns, CsvTable table) : IDisposable
{
    private const int MaxValues = int.MaxValue / 2;
    private const int MostLetters = 100;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly string _place = $"file '{path}'";
    private bool _isAtRow;

    /// <summary>The next episode, read or refused; null at the end.</summary>
    /// <exception cref="InvalidDataException">The file cannot be parted into rows.</exception>
    public EpisodeEntry? Next(CancellationToken cancellationToken)
    {
        if (!_isAtRow && !table.MoveNext()) return null;

        string name = columns.Episode is null ? Path.GetFileNameWithoutExtension(path) : Episode.ToString();
        int first = table.Line;
        string? problem = NameProblem(name, first);
        // What begins again is left out as itself, not as what was read before.
        string entry = problem is null ? name : FormattableString.Invariant($"{Clip(name)} (row {first})");

        var actions = new List<double>();
        var states = new List<double>();
        double step = double.NegativeInfinity;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            problem ??= ReadRow(actions, states, ref step);
            _isAtRow = table.MoveNext();
        }
        while (_isAtRow && (columns.Episode is null || IsCutShort || Episode.SequenceEqual(name)));

        if (problem is not null)
            return new EpisodeEntry(entry, _ => Task.FromException<Episode>(new InvalidDataException(problem)));
        var episode = new Episode(name, actions.ToArray(), columns.Actions.Length)
        {
            States = states.ToArray(),
            StateDimensions = columns.States.Length,
        };
        return new EpisodeEntry(entry, _ => Task.FromResult(episode));
    }

    public void Dispose() => table.Dispose();

    // A row that ends before it says its episode is counted to the one before, and makes it a bad one.
    private bool IsCutShort => columns.Episode >= table.Cells;

    private ReadOnlySpan<char> Episode => IsCutShort ? [] : table.Cell(columns.Episode!.Value);

    private static string Clip(ReadOnlySpan<char> text) => $"{text[..Math.Min(text.Length, MostLetters)]}".ReplaceLineEndings(" ");

    private string? NameProblem(string name, int row)
    {
        if (IsCutShort) return null;
        if (name.Length == 0)
            return FormattableString.Invariant($"{_place}, row {row}, column '{table.Header[columns.Episode!.Value]}': is empty");
        if (name.Length > MostLetters || name.AsSpan().ContainsAny('\r', '\n'))
            return FormattableString.Invariant($"{_place}, row {row}: '{Clip(name)}' is not the name of an episode");
        return _seen.Add(name) ? null
            : FormattableString.Invariant($"{_place}, row {row}: episode '{name}' begins again; its rows must stand together");
    }

    private string? ReadRow(List<double> actions, List<double> states, ref double step)
    {
        if (table.Cells != table.Header.Length)
        {
            return FormattableString.Invariant(
                $"{_place}, row {table.Line}: has {table.Cells} cells, but the header has {table.Header.Length}");
        }

        if (actions.Count > MaxValues - columns.Actions.Length || states.Count > MaxValues - columns.States.Length)
            return FormattableString.Invariant($"{_place}, row {table.Line}: the episode has more than {MaxValues} values; split it");
        return ReadStep(ref step) ?? ReadCells(columns.Actions, actions) ?? ReadCells(columns.States, states);
    }

    private string? ReadStep(ref double step)
    {
        // What is no number, such as a date, is not ours to order.
        if (columns.Step is not { } column || !CsvColumns.TryParse(table.Cell(column), out double next)) return null;
        if (next < step || (next == step && !columns.IsClock))
        {
            return FormattableString.Invariant(
                $"{_place}, row {table.Line}, column '{table.Header[column]}': {next} comes after {step}; the rows are out of order");
        }

        step = next;
        return null;
    }

    private string? ReadCells(int[] from, List<double> values)
    {
        foreach (int column in from)
        {
            ReadOnlySpan<char> cell = table.Cell(column);
            if (CsvColumns.TryParse(cell, out double value) && double.IsFinite(value))
            {
                values.Add(value);
                continue;
            }

            string remedy = cell.Contains(',') ? "; write a decimal point" : "";
            string what = cell.IsEmpty ? "is empty" : $"'{Clip(cell)}' is not a finite number{remedy}";
            return FormattableString.Invariant($"{_place}, row {table.Line}, column '{table.Header[column]}': {what}");
        }

        return null;
    }
}
