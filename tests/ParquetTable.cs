using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace Fast.Tokenizer.Tests;

/// <summary>Writes Parquet files the way pyarrow lays them out: optional columns, lists of three levels.</summary>
internal sealed class ParquetTable
{
    private readonly List<(Field Field, Func<ParquetRowGroupWriter, Field, int, int, Task> Write)> _columns = [];
    private int _rows;

    /// <summary>A column of one number per row, or of lists of equally many.</summary>
    /// <param name="dimensions">Numbers per list; null for plain numbers.</param>
    public ParquetTable Add<T>(string name, T[] values, int? dimensions = null)
        where T : struct
    {
        int width = dimensions ?? 1;
        _rows = values.Length / width;
        int[] definitions = [.. Enumerable.Repeat(dimensions is null ? 1 : 3, values.Length)];
        int[]? repetitions = dimensions is null ? null : [.. Enumerable.Range(0, values.Length).Select(i => i % width == 0 ? 0 : 1)];
        _columns.Add((FieldOf<T>(name, dimensions is not null), (group, field, first, count) => group.WriteAllPartsAsync<T>(
            Leaf(field),
            values.AsMemory(first * width, count * width),
            definitions.AsMemory(0, count * width),
            repetitions is null ? (ReadOnlyMemory<int>?)null : repetitions.AsMemory(0, count * width),
            CancellationToken.None)));
        return this;
    }

    /// <summary>
    /// A column as it stands in the file: values, definition levels (3 or 1 of a value) and, of lists, repetition levels.
    /// </summary>
    public ParquetTable AddRaw<T>(string name, T[] values, int[] definitions, int[]? repetitions)
        where T : struct
    {
        _columns.Add((FieldOf<T>(name, repetitions is not null), (group, field, _, _) => group.WriteAllPartsAsync<T>(
            Leaf(field), values, definitions, repetitions is null ? (ReadOnlyMemory<int>?)null : repetitions, CancellationToken.None)));
        return this;
    }

    /// <summary>Removes a column.</summary>
    public ParquetTable Without(string name)
    {
        _columns.RemoveAll(column => column.Field.Name == name);
        return this;
    }

    /// <summary>Writes the file.</summary>
    /// <param name="groups">Rows of each row group; none for a single group.</param>
    public async Task WriteAsync(string path, CompressionMethod compression = CompressionMethod.Snappy, params int[] groups)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using FileStream stream = File.Create(path);
        var options = new ParquetOptions { CompressionMethod = compression, CompressionLevel = CompressionLevel.Fastest };
        var schema = new ParquetSchema(_columns.Select(column => column.Field));
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream, options);
        int first = 0;
        foreach (int count in groups.Length == 0 ? [_rows] : groups)
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            foreach ((Field field, var write) in _columns) await write(group, field, first, count);
            first += count;
        }
    }

    private static Field FieldOf<T>(string name, bool isList)
        where T : struct =>
        isList ? new ListField(name, typeof(T?), elementName: "element") : new DataField(name, typeof(T), isNullable: true);

    private static DataField Leaf(Field field) => field is ListField list ? (DataField)list.Item : (DataField)field;
}
