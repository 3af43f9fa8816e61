using System.Runtime.CompilerServices;
using Fast.Tokenizer.Datasets.ParquetFiles;
using static System.FormattableString;

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
        string[] files = Directory.Exists(parent)
            ? [.. Numbered(Directory.GetDirectories(parent)).SelectMany(chunk => Numbered(Directory.GetFiles(chunk, "*.parquet")))]
            : [];
        if (files.Length == 0)
            throw new InvalidDataException($"folder '{parent}': holds no chunk-*/file-*.parquet; they list the episodes");

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
    private static IEnumerable<string> Numbered(string[] paths) =>
        paths.OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal);

    private static ParquetColumn Column(ParquetFile file, string name)
    {
        ParquetColumn column = file.Find(name)
            ?? throw MissingColumn.Of($"file '{file.Path}'", name, "list of episodes as LeRobot 3.0 writes it", file.Names);
        return column.Type is Parquet.Meta.Type.INT64 or Parquet.Meta.Type.INT32
            ? column
            : throw new InvalidDataException($"file '{file.Path}': column '{name}' holds {column.Type}; expected whole numbers");
    }

    private static EpisodeRecord Episode(double[] cells, string path, int row, double before, LeRobotInfo info)
    {
        // In the order of their names.
        (long index, long length, long chunk, long file) = ((long)cells[0], (long)cells[1], (long)cells[2], (long)cells[3]);
        (long from, long to) = ((long)cells[4], (long)cells[5]);
        string? problem =
            cells.Min() < 0 ? "holds a negative number"
            : cells[0] <= before ? Invariant($"episode {index} comes after episode {before}; expected increasing numbers")
            : to - from != length ? Invariant($"episode {index} has a length of {length}, but goes from step {from} to {to}")
            : null;
        if (problem is not null)
        {
            string place = Invariant($"file '{path}', row {row}");
            return EpisodeRecord.Unreadable(place, new InvalidDataException($"{place}: {problem}"));
        }

        string data = info.DataPath.Format(field =>
            field is "chunk_index" or "episode_chunk" ? chunk : field == "file_index" ? file : index);
        return new EpisodeRecord(EpisodeRecord.NameOf(index), index, length, data, from, null);
    }
}
