using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Datasets.Csv;

/// <summary>Episodes from a text table: a header, and a row per step with the episode it belongs to.</summary>
/// <remarks>
/// Columns are parted by commas, semicolons or tabs, whichever the header has most of. The rows of an episode stand together; an episode is
/// held at a time, and never the file. The rate is taken from <c>NAME.json</c> beside <c>NAME.csv</c> (field <c>hz</c>) where there is one.
/// </remarks>
internal sealed class CsvEpisodeSource : RecordedEpisodes
{
    private static readonly string[] _extensions = [".csv", ".tsv"];

    private readonly CsvColumns _columns;

    /// <exception cref="InvalidDataException">The file has no header, no rows, or not the columns that are asked for.</exception>
    public CsvEpisodeSource(string path, EpisodeDatasetOptions options) : base(path, options)
    {
        Rate = RecordingDescription.Beside(path).Rate;
        using var table = new CsvTable(path);
        bool hasRow = table.MoveNext();
        _columns = CsvColumns.Find(
            $"file '{path}'", table.Header,
            column => hasRow && column < table.Cells && CsvColumns.TryParse(table.Cell(column), out _), options);
        if (!hasRow) throw new InvalidDataException($"file '{path}': has a header, but no rows");
    }

    public override IReadOnlyList<string>? DimensionNames => _columns.ActionNames;

    public override IReadOnlyList<string>? StateNames => _columns.StateNames;

    public override double? Rate { get; }

    /// <summary>Whether a path is a table, by its name or by its first line.</summary>
    public static bool Recognizes(string path, byte[] head) =>
        head.Length > 0
        && (_extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) || CsvTable.DetectSeparator(path) is not null);

    protected override async IAsyncEnumerable<EpisodeEntry> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var episodes = new CsvEpisodeReader(Name, _columns, new CsvTable(Name));
        // Parsing is work for the processor, which the caller's thread is spared.
        while (await Task.Run(() => episodes.Next(cancellationToken), cancellationToken).ConfigureAwait(false) is { } entry)
            yield return entry;
    }
}
