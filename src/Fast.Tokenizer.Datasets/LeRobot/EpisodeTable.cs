using System.Globalization;
using System.Runtime.CompilerServices;
using Fast.Tokenizer.Datasets.ParquetFiles;

namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>The episodes of version 3, from the Parquet files in <c>meta/episodes</c>: one row per episode.</summary>
internal static class EpisodeTable
{
    private static readonly string[] _names =
        ["episode_index", "length", "data/chunk_index", "data/file_index", "dataset_from_index", "dataset_to_index"];

    /// <summary>Reads the rows, in their order; one that makes no sense has its problem with it.</summary>
    /// <exception cref="InvalidDataException">There are no such files, or one cannot be read.</exception>
    public static async IAsyncEnumerable<EpisodeRecord> ReadAsync(
        string folder, LeRobotInfo info, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string parent = Path.Combine(folder, "meta", "episodes");
        string[] files = Directory.Exists(parent) ? [.. Numbered(Directory.GetDirectories(parent)).SelectMany(chunk => Numbered(Directory.GetFiles(chunk, "*.parquet")))] : [];
        if (files.Length == 0) throw new InvalidDataException($"folder '{parent}': holds no chunk-*/file-*.parquet; they list the episodes");

        double before = -1;
        foreach (string path in files)
        {
            using var file = new ParquetFile(path);
            ParquetColumnReader[] columns = [.. _names.Select(name => new ParquetColumnReader(file, Column(file, name)))];
            foreach (ParquetRowGroup group in file.Footer.RowGroups)
            {
                var values = new double[columns.Length][];
                for (int i = 0; i < columns.Length; i++)
                    values[i] = await columns[i].ReadAsync(group, 1, cancellationToken).ConfigureAwait(false);
                for (int row = 0; row < group.Rows; row++)
                {
                    double[] cells = [.. values.Select(column => column[row])];
                    yield return Episode(cells, path, group.FirstRow + row, before, info);
                    before = Math.Max(before, cells[0]);
                }
            }
        }
    }

    // By number, without parsing it: a longer name has more digits.
    private static IEnumerable<string> Numbered(string[] paths) => paths.OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal);

    private static ParquetColumn Column(ParquetFile file, string name)
    {
        ParquetColumn column = file.Find(name)
            ?? throw MissingColumn.Of($"file '{file.Path}'", name, "list of episodes as LeRobot 3.0 writes it", [.. file.Footer.Columns.Select(known => known.Name)]);
        return column.Type is Parquet.Meta.Type.INT64 or Parquet.Meta.Type.INT32
            ? column
            : throw new InvalidDataException($"file '{file.Path}': column '{name}' holds {column.Type}; expected whole numbers");
    }

    private static EpisodeRecord Episode(double[] cells, string path, int row, double before, LeRobotInfo info)
    {
        if (cells is not [var index, var length, var chunk, var file, var from, var to]) throw new ArgumentException("six numbers", nameof(cells));
        string place = string.Create(CultureInfo.InvariantCulture, $"file '{path}', row {row}");
        string? problem =
            cells.Min() < 0 ? "holds a negative number"
            : index <= before ? string.Create(CultureInfo.InvariantCulture, $"episode {index} comes after episode {before}; expected increasing numbers")
            : to - from != length ? string.Create(CultureInfo.InvariantCulture, $"episode {index} has a length of {length}, but goes from step {from} to {to}")
            : null;
        return problem is not null
            ? EpisodeRecord.Unreadable(string.Create(CultureInfo.InvariantCulture, $"row {row} of '{path}'"), new InvalidDataException($"{place}: {problem}"))
            : new EpisodeRecord(
                string.Create(CultureInfo.InvariantCulture, $"episode_{(long)index:D6}"),
                (long)index,
                (long)length,
                info.DataPath.Format(field => (long)(field is "chunk_index" or "episode_chunk" ? chunk : field == "file_index" ? file : index)),
                (long)from,
                null);
    }
}
