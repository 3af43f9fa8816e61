using Fast.Tokenizer.Interop;
using Parquet.Meta;
using Utf8 = System.Text.Encoding;

namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>What a Parquet file says it holds, checked against its length before anything of it is read.</summary>
/// <remarks>
/// Parquet.Net 6.1 loops for ever over a footer that ends early, and believes every size in it; so it is given only what was checked here.
/// </remarks>
internal sealed class ParquetFooter
{
    // The most that a byte of a file stands for. Columns that never change shrink to nothing, but no recording is made of them alone: time
    // stamps and row numbers take a byte or more per row.
    private const int MaxRowsPerByte = 4, MaxValuesPerByte = 32, SpareRows = 1 << 12, SpareValues = 1 << 16;
    private const int MaxSchemaDepth = 32;

    private readonly List<ParquetColumn> _columns = [];
    private readonly List<ParquetRowGroup> _rowGroups = [];

    /// <summary>Reads a footer.</summary>
    /// <param name="bytes">The footer.</param>
    /// <param name="dataEnd">Where it starts in the file: the end of the data.</param>
    /// <exception cref="InvalidDataException">It is malformed, or tells of more than a file can hold. No file is named.</exception>
    public ParquetFooter(ReadOnlySpan<byte> bytes, long dataEnd)
    {
        var reader = new ThriftReader(bytes);
        List<Element> schema = [];
        List<(long Rows, List<Chunk> Chunks)> groups = [];
        int field = 0;
        while (reader.ReadField(ref field, out ThriftType type))
        {
            switch (field)
            {
                case 2 when type == ThriftType.List:
                    schema = ReadAll(ref reader, ReadElement);
                    break;
                case 4 when type == ThriftType.List:
                    groups = ReadAll(ref reader, ReadRowGroup);
                    break;
                case 8 or 9:
                    throw new InvalidDataException("it is encrypted");
                default:
                    reader.Skip(type);
                    break;
            }
        }

        AddColumns(schema);
        var values = new long[_columns.Count];
        foreach ((long rows, List<Chunk> chunks) in groups) AddRowGroup(rows, chunks, values, dataEnd);
    }

    /// <summary>All columns, of whatever type.</summary>
    public IReadOnlyList<ParquetColumn> Columns => _columns;

    /// <summary>The row groups, in the order of their rows.</summary>
    public IReadOnlyList<ParquetRowGroup> RowGroups => _rowGroups;

    /// <summary>Rows of the file.</summary>
    public int Rows { get; private set; }

    private delegate T Reader<out T>(ref ThriftReader reader);

    private static List<T> ReadAll<T>(ref ThriftReader reader, Reader<T> read)
    {
        int count = reader.ReadStructures();
        var all = new List<T>();
        for (int i = 0; i < count; i++) all.Add(read(ref reader));
        return all;
    }

    private static Element ReadElement(ref ThriftReader reader)
    {
        var element = new Element();
        int field = 0;
        while (reader.ReadField(ref field, out ThriftType type))
        {
            switch (field)
            {
                case 1 when type == ThriftType.Int32:
                    element.Type = (Parquet.Meta.Type)reader.ReadInt32();
                    break;
                case 3 when type == ThriftType.Int32:
                    element.Repetition = (FieldRepetitionType)reader.ReadInt32();
                    break;
                case 4 when type == ThriftType.Binary:
                    element.Name = Utf8.UTF8.GetString(reader.ReadBinary());
                    break;
                case 5 when type == ThriftType.Int32:
                    element.Children = reader.ReadInt32();
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return element;
    }

    private static (long Rows, List<Chunk> Chunks) ReadRowGroup(ref ThriftReader reader)
    {
        long rows = 0;
        List<Chunk> chunks = [];
        int field = 0;
        while (reader.ReadField(ref field, out ThriftType type))
        {
            switch (field)
            {
                case 1 when type == ThriftType.List:
                    chunks = ReadAll(ref reader, ReadChunk);
                    break;
                case 3 when type == ThriftType.Int64:
                    rows = reader.ReadInt64();
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return (rows, chunks);
    }

    private static Chunk ReadChunk(ref ThriftReader reader)
    {
        var chunk = new Chunk();
        int field = 0;
        while (reader.ReadField(ref field, out ThriftType type))
        {
            switch (field)
            {
                case 1 when type == ThriftType.Binary:
                    if (reader.ReadBinary().Length > 0) throw new InvalidDataException("its values stand in another file");
                    break;
                case 3 when type == ThriftType.Structure:
                    ReadChunkMetadata(ref reader, chunk);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return chunk;
    }

    private static void ReadChunkMetadata(ref ThriftReader reader, Chunk chunk)
    {
        int field = 0;
        while (reader.ReadField(ref field, out ThriftType type))
        {
            switch (field, type)
            {
                case (4, ThriftType.Int32):
                    chunk.Codec = (CompressionCodec)reader.ReadInt32();
                    break;
                case (5, ThriftType.Int64):
                    chunk.Values = reader.ReadInt64();
                    break;
                case (7, ThriftType.Int64):
                    chunk.Length = reader.ReadInt64();
                    break;
                case (9, ThriftType.Int64):
                    chunk.DataStart = reader.ReadInt64();
                    break;
                case (11, ThriftType.Int64):
                    chunk.DictionaryStart = reader.ReadInt64();
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
    }

    private void AddColumns(List<Element> schema)
    {
        if (schema.Count == 0 || schema[0].Children < 1) throw new InvalidDataException("it has no schema");
        int next = 1;
        for (int i = 0; i < schema[0].Children; i++) AddColumns(schema, ref next, null, 0, 0, 0);
        if (next != schema.Count) throw new InvalidDataException($"its schema has {schema.Count} elements where {next} are used");
    }

    private void AddColumns(List<Element> schema, ref int next, string? top, int definition, int repetition, int depth)
    {
        if (next >= schema.Count) throw new InvalidDataException($"its schema ends after {schema.Count} elements");
        if (depth > MaxSchemaDepth) throw new InvalidDataException($"its schema is nested more than {MaxSchemaDepth} deep");
        Element element = schema[next++];
        top ??= element.Name;
        if (element.Repetition != FieldRepetitionType.REQUIRED) definition++;
        if (element.Repetition == FieldRepetitionType.REPEATED) repetition++;
        if (element.Children < 1) _columns.Add(new ParquetColumn(top, element.Type, definition, repetition, _columns.Count));
        for (int i = 0; i < element.Children; i++) AddColumns(schema, ref next, top, definition, repetition, depth + 1);
    }

    private void AddRowGroup(long rows, List<Chunk> chunks, long[] values, long dataEnd)
    {
        string place = $"row group {_rowGroups.Count}";
        if (rows < 0 || rows > Math.Min(int.MaxValue, (dataEnd * MaxRowsPerByte) + SpareRows) - Rows)
            throw new InvalidDataException($"{place} announces {rows} rows, more than {dataEnd} bytes of data can hold");
        if (chunks.Count != _columns.Count)
            throw new InvalidDataException($"{place} has {chunks.Count} columns where the schema has {_columns.Count}");

        var placed = new ParquetChunk[chunks.Count];
        for (int i = 0; i < placed.Length; i++)
        {
            Chunk chunk = chunks[i];
            long start = chunk.DictionaryStart > 0 ? Math.Min(chunk.DictionaryStart, chunk.DataStart) : chunk.DataStart;
            if (start < 0 || start > dataEnd || chunk.Length < 0 || chunk.Length > Math.Min(int.MaxValue, dataEnd - start))
            {
                throw new InvalidDataException(
                    $"{place}, column '{ForeignText.Shown(_columns[i].Name)}': {chunk.Length} bytes from "
                    + $"{start} on are not within {dataEnd} bytes of data");
            }

            if (chunk.Values < 0 || chunk.Values > Math.Min(int.MaxValue, (dataEnd * MaxValuesPerByte) + SpareValues) - values[i])
            {
                throw new InvalidDataException(
                    $"{place}, column '{ForeignText.Shown(_columns[i].Name)}' announces {chunk.Values} values, "
                    + $"more than {dataEnd} bytes of data can hold");
            }

            values[i] += chunk.Values;
            placed[i] = new ParquetChunk(start, (int)chunk.Length, (int)chunk.Values, chunk.Codec);
        }

        _rowGroups.Add(new ParquetRowGroup(Rows, (int)rows, placed));
        Rows += (int)rows;
    }

    private sealed class Element
    {
        // A group has no type, and the first number would be BOOLEAN.
        public Parquet.Meta.Type Type { get; set; } = (Parquet.Meta.Type)(-1);

        public FieldRepetitionType Repetition { get; set; }

        public string Name { get; set; } = "";

        public int Children { get; set; }
    }

    private sealed class Chunk
    {
        public CompressionCodec Codec { get; set; }

        public long Values { get; set; }

        public long Length { get; set; }

        public long DataStart { get; set; }

        public long DictionaryStart { get; set; }
    }
}
