using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Fast.Tokenizer.Interop;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>Reads a column of numbers, or of lists of equally many numbers, as float64.</summary>
/// <remarks>
/// Parquet.Net 6.1 decodes. It is handed the checked pages of the one column, uncompressed, as a small file of their own: it trusts the
/// sizes in a file, runs on where a structure ends early, and leaves what a short page does not fill as it was in the pool.
/// </remarks>
/// <param name="file">The file.</param>
/// <param name="column">One of its columns, of 32 or 64-bit numbers, at most one list deep.</param>
internal sealed class ParquetColumnReader(ParquetFile file, ParquetColumn column)
{
    // Bounds the memory that decoding needs beside the values themselves.
    private const int BatchValues = 1 << 18;

    private readonly ParquetColumn _column = column;

    /// <summary>Reads the rows of a group.</summary>
    /// <param name="group">A row group of the file.</param>
    /// <param name="dimensions">Numbers per row; null takes what the rows have.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The numbers, row-major.</returns>
    /// <exception cref="InvalidDataException">The pages are damaged, or a row is null, not finite, or of another length.</exception>
    public Task<double[]> ReadAsync(ParquetRowGroup group, int? dimensions, CancellationToken cancellationToken) => _column.Type switch
    {
        Parquet.Meta.Type.FLOAT => ReadAsync<float>(group, dimensions, cancellationToken),
        Parquet.Meta.Type.DOUBLE => ReadAsync<double>(group, dimensions, cancellationToken),
        Parquet.Meta.Type.INT32 => ReadAsync<int>(group, dimensions, cancellationToken),
        Parquet.Meta.Type.INT64 => ReadAsync<long>(group, dimensions, cancellationToken),
        _ => throw Damaged($"holds {_column.Type} where numbers are expected"),
    };

    private async Task<double[]> ReadAsync<T>(ParquetRowGroup group, int? dimensions, CancellationToken cancellationToken)
        where T : unmanaged, INumber<T>
    {
        ParquetChunk chunk = group.Chunks[_column.Index];
        var rows = new Rows(this, group, dimensions ?? Math.Max(1, chunk.Values / Math.Max(1, group.Rows)));
        byte[] bytes = ArrayPool<byte>.Shared.Rent(chunk.Length);
        int most = Math.Min(chunk.Values, BatchValues);
        T[] values = ArrayPool<T>.Shared.Rent(most);
        int[] definitions = ArrayPool<int>.Shared.Rent(most), repetitions = ArrayPool<int>.Shared.Rent(most);
        try
        {
            file.ReadBytes(chunk.Start, bytes.AsSpan(0, chunk.Length));
            var pages = new Pages(bytes.AsMemory(0, chunk.Length), _column, chunk);
            while (pages.Left > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = Next(pages);
                if (count > values.Length) Grow(ref values, ref definitions, ref repetitions, count);
                // What a damaged page leaves out is seen by this.
                MemoryMarshal.AsBytes(values.AsSpan(0, count)).Fill(byte.MaxValue);
                definitions.AsSpan(0, count).Fill(-1);
                repetitions.AsSpan(0, count).Fill(-1);
                await DecodeAsync(
                    pages.File,
                    values.AsMemory(0, count),
                    definitions.AsMemory(0, count),
                    repetitions.AsMemory(0, count),
                    cancellationToken).ConfigureAwait(false);
                rows.Add<T>(
                    values.AsSpan(0, count),
                    _column.Definition > 0 ? definitions.AsSpan(0, count) : [],
                    _column.Repetition > 0 ? repetitions.AsSpan(0, count) : []);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<T>.Shared.Return(values);
            ArrayPool<int>.Shared.Return(definitions);
            ArrayPool<int>.Shared.Return(repetitions);
        }

        return rows.Complete();
    }

    private int Next(Pages pages)
    {
        try
        {
            return pages.Next();
        }
        catch (InvalidDataException problem)
        {
            throw Damaged(problem.Message, problem);
        }
    }

    private async Task DecodeAsync<T>(
        MemoryStream pages, Memory<T> values, Memory<int> definitions, Memory<int> repetitions, CancellationToken cancellationToken)
        where T : unmanaged
    {
        try
        {
            ParquetReader reader = await ParquetReader.CreateAsync(pages, cancellationToken: cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                DataField field = reader.Schema.DataFields[0];
                await reader.OpenRowGroupReader(0).ReadRawAsync(
                    field,
                    values,
                    _column.Definition > 0 ? definitions : (Memory<int>?)null,
                    _column.Repetition > 0 ? repetitions : (Memory<int>?)null,
                    cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // Its own exception, or whatever an index out of range in it makes.
            throw Damaged($"a page is damaged: {e.Message}", e);
        }
    }

    private static void Grow<T>(ref T[] values, ref int[] definitions, ref int[] repetitions, int count)
    {
        ArrayPool<T>.Shared.Return(values);
        values = ArrayPool<T>.Shared.Rent(count);
        ArrayPool<int>.Shared.Return(definitions);
        definitions = ArrayPool<int>.Shared.Rent(count);
        ArrayPool<int>.Shared.Return(repetitions);
        repetitions = ArrayPool<int>.Shared.Rent(count);
    }

    private InvalidDataException Damaged(string what, Exception? inner = null) =>
        new($"file '{file.Path}', column '{ForeignText.Shown(_column.Name)}': {what}", inner);

    /// <summary>The pages of a chunk, some at a time, each time as a file.</summary>
    private sealed class Pages(ReadOnlyMemory<byte> bytes, ParquetColumn column, ParquetChunk chunk)
    {
        private readonly ArrayBufferWriter<byte> _file = new(bytes.Length + 1024), _page = new(1024);
        private int _offset;
        private int _dictionary = -1;

        /// <summary>Values and nulls that are still to come.</summary>
        public int Left { get; private set; } = chunk.Values;

        /// <summary>The pages that <see cref="Next"/> found.</summary>
        public MemoryStream File { get; private set; } = new();

        /// <summary>Takes the next pages.</summary>
        /// <returns>Values and nulls in them, at least one.</returns>
        public int Next()
        {
            _file.ResetWrittenCount();
            _file.Write("PAR1"u8);
            if (_dictionary >= 0) Page(_dictionary).WriteTo(_file, _page, column, chunk.Codec);
            int count = 0;
            while (Left > 0 && (count == 0 || count < BatchValues / 2))
            {
                if (_offset == bytes.Length)
                    throw new InvalidDataException($"its pages end before the last {Left} of {chunk.Values} values");
                ParquetPage page = Page(_offset);
                int start = _offset;
                _offset += page.Length;
                if (page.Type == PageType.INDEX_PAGE || page.Values == 0) continue;
                if (page.Type == PageType.DICTIONARY_PAGE)
                {
                    if (start > 0) throw new InvalidDataException("a dictionary is not its first page");
                    _dictionary = start;
                }
                else
                {
                    count += page.Values;
                    Left -= page.Values;
                }

                page.WriteTo(_file, _page, column, chunk.Codec);
            }

            // No page header starts like this: whoever runs on is stopped.
            _file.Write([byte.MaxValue]);
            WriteFooter(count);
            File = MemoryMarshal.TryGetArray(_file.WrittenMemory, out ArraySegment<byte> file)
                ? new MemoryStream(file.Array!, file.Offset, file.Count, writable: false)
                : throw new UnreachableException();
            return count;
        }

        private ParquetPage Page(int offset) =>
            new(bytes.Span[offset..], column, chunk.Codec, offset == 0 ? chunk.Values : Left);

        private void WriteFooter(int values)
        {
            int start = _file.WrittenCount;
            var footer = new ThriftWriter(_file);
            footer.Int32(1, 1);
            WriteSchema(ref footer);
            footer.Int64(3, values);
            footer.List(4, ThriftType.Structure, 1);
            var group = new ThriftWriter(_file);
            group.List(1, ThriftType.Structure, 1);
            var part = new ThriftWriter(_file);
            part.Int64(2, 4);
            ThriftWriter metadata = part.Structure(3);
            metadata.Int32(1, (int)column.Type);
            metadata.List(2, ThriftType.Int32, 1);
            metadata.Element((int)Encoding.PLAIN);
            bool isList = column.Repetition > 0;
            metadata.List(3, ThriftType.Binary, isList ? 3 : 1);
            metadata.Element("c"u8);
            if (isList)
            {
                metadata.Element("list"u8);
                metadata.Element("element"u8);
            }

            metadata.Int32(4, (int)CompressionCodec.UNCOMPRESSED);
            metadata.Int64(5, values);
            metadata.Int64(6, start);
            metadata.Int64(7, start);
            metadata.Int64(9, 4);
            metadata.End();
            part.End();
            group.Int64(2, start);
            group.Int64(3, values);
            group.End();
            footer.End();
            BitConverter.TryWriteBytes(_file.GetSpan(sizeof(int)), _file.WrittenCount - start);
            _file.Advance(sizeof(int));
            _file.Write("PAR1"u8);
        }

        // The levels mean the same whatever the names are, and whichever kind of list it was.
        private void WriteSchema(ref ThriftWriter footer)
        {
            bool isList = column.Repetition > 0;
            footer.List(2, ThriftType.Structure, isList ? 4 : 2);
            WriteElement("root"u8, null, children: 1);
            if (isList)
            {
                WriteElement("c"u8, OptionalAbove(2), children: 1, isList: true);
                WriteElement("list"u8, FieldRepetitionType.REPEATED, children: 1);
            }

            WriteElement(isList ? "element"u8 : "c"u8, OptionalAbove(isList ? 1 : 0), children: 0);
        }

        private FieldRepetitionType OptionalAbove(int definition) =>
            column.Definition > definition ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED;

        private void WriteElement(ReadOnlySpan<byte> name, FieldRepetitionType? repetition, int children, bool isList = false)
        {
            var element = new ThriftWriter(_file);
            if (children == 0) element.Int32(1, (int)column.Type);
            if (repetition is { } kind) element.Int32(3, (int)kind);
            element.Text(4, name);
            if (children > 0) element.Int32(5, children);
            if (isList) element.Int32(6, (int)ConvertedType.LIST);
            element.End();
        }
    }

    /// <summary>Rows of equally many numbers, put together from what is decoded.</summary>
    private sealed class Rows(ParquetColumnReader reader, ParquetRowGroup group, int dimensions)
    {
        private readonly double[] _numbers = new double[group.Chunks[reader._column.Index].Values];
        private int _count;

        public void Add<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> definitions, ReadOnlySpan<int> repetitions)
            where T : unmanaged, INumber<T>
        {
            if (definitions.ContainsAnyExcept(reader._column.Definition) || !AreRows(repetitions))
                throw Irregular(definitions, repetitions);
            if (!MemoryMarshal.AsBytes(values[^1..]).ContainsAnyExcept(byte.MaxValue))
                throw reader.Damaged($"a page in rows {group.FirstRow} to {group.FirstRow + group.Rows - 1} ends early");

            Span<double> numbers = _numbers.AsSpan(_count, values.Length);
            if (typeof(T) == typeof(float)) Widen(MemoryMarshal.Cast<T, float>(values), numbers);
            else if (typeof(T) == typeof(double)) MemoryMarshal.Cast<T, double>(values).CopyTo(numbers);
            else for (int i = 0; i < values.Length; i++) numbers[i] = double.CreateChecked(values[i]);
            int wrong = NotFinite(numbers);
            if (wrong >= 0)
            {
                string value = double.IsNaN(numbers[wrong]) ? "NaN" : numbers[wrong] > 0 ? "infinity" : "-infinity";
                (int row, int dimension) = Math.DivRem(_count + wrong, dimensions);
                throw reader.Damaged($"row {group.FirstRow + row} is {value} at dimension {dimension}");
            }

            _count += values.Length;
        }

        public double[] Complete()
        {
            if (_count == (long)group.Rows * dimensions) return _numbers;
            (int rows, int rest) = Math.DivRem(_count, dimensions);
            throw reader.Damaged(rest > 0
                ? $"row {group.FirstRow + rows} has {rest} values; expected {dimensions}"
                : $"there are {rows} rows from row {group.FirstRow} on where {group.Rows} are announced");
        }

        private bool AreRows(ReadOnlySpan<int> repetitions)
        {
            int i = 0;
            while (i < repetitions.Length)
            {
                int place = (_count + i) % dimensions;
                if (place == 0 && repetitions[i++] != 0) return false;
                int rest = Math.Min(repetitions.Length - i, dimensions - Math.Max(place, 1));
                if (repetitions.Slice(i, rest).ContainsAnyExcept(1)) return false;
                i += rest;
            }

            return true;
        }

        // Only the first that is wrong is named.
        private InvalidDataException Irregular(ReadOnlySpan<int> definitions, ReadOnlySpan<int> repetitions)
        {
            for (int i = 0; i < definitions.Length; i++)
            {
                (int row, int place) = Math.DivRem(_count + i, dimensions);
                row += group.FirstRow;
                // A level that there is not, or that no page gave.
                if (definitions[i] < 0 || definitions[i] > reader._column.Definition) break;
                if (!repetitions.IsEmpty && repetitions[i] is < 0 or > 1) break;
                if (!repetitions.IsEmpty && repetitions[i] == 0 && place > 0)
                    return reader.Damaged($"row {row} has {place} values; expected {dimensions}");
                if (!repetitions.IsEmpty && repetitions[i] > 0 && place == 0)
                {
                    return reader.Damaged(row == group.FirstRow
                        ? $"row {row} does not start a list"
                        : $"row {row - 1} has more than {dimensions} values");
                }

                if (definitions[i] != reader._column.Definition)
                    return reader.Damaged(place == 0 ? $"row {row} is null or empty" : $"row {row} is null at dimension {place}");
            }

            return reader.Damaged("a page has fewer rows than it announces");
        }

        private static void Widen(ReadOnlySpan<float> values, Span<double> numbers)
        {
            int i = 0;
            for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector.Widen(new Vector<float>(values[i..]), out Vector<double> low, out Vector<double> high);
                low.CopyTo(numbers[i..]);
                high.CopyTo(numbers[(i + Vector<double>.Count)..]);
            }

            for (; i < values.Length; i++) numbers[i] = values[i];
        }

        private static int NotFinite(ReadOnlySpan<double> numbers)
        {
            int i = 0;
            for (; i <= numbers.Length - Vector<double>.Count; i += Vector<double>.Count)
            {
                var block = new Vector<double>(numbers[i..]);
                if (!Vector.LessThanOrEqualAll(Vector.Abs(block), new Vector<double>(double.MaxValue))) break;
            }

            for (; i < numbers.Length; i++)
            {
                if (!double.IsFinite(numbers[i])) return i;
            }

            return -1;
        }
    }
}
