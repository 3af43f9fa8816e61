using System.Buffers;
using System.Buffers.Binary;
using Fast.Tokenizer.Interop;
using Microsoft.Win32.SafeHandles;

namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>An open Parquet file, of which columns of numbers are read, a row group at a time. Safe to use from several threads.</summary>
internal sealed class ParquetFile : IDisposable
{
    private const int TailBytes = 8, MaxFooterBytes = 64 << 20;

    private readonly SafeFileHandle _handle;

    /// <summary>Opens a file and reads its footer.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no Parquet file, or is damaged.</exception>
    public ParquetFile(string path)
    {
        Path = path;
        _handle = File.OpenHandle(path);
        try
        {
            Footer = ReadFooter();
        }
        catch (InvalidDataException problem)
        {
            Dispose();
            throw new InvalidDataException($"file '{path}': is no whole Parquet file: {problem.Message}", problem);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens a file once more, whose footer was read before.</summary>
    public ParquetFile(string path, ParquetFooter footer)
    {
        Path = path;
        Footer = footer;
        _handle = File.OpenHandle(path);
    }

    public string Path { get; }

    public ParquetFooter Footer { get; }

    /// <summary>The names of the top-level fields.</summary>
    public IReadOnlyList<string> Names => [.. Footer.Columns.Select(column => column.Name).Distinct()];

    /// <summary>The column that a top-level field holds, or null where there is no such field.</summary>
    /// <exception cref="InvalidDataException">The field is a structure, a map, or a list of lists.</exception>
    public ParquetColumn? Find(string name)
    {
        ParquetColumn? found = null;
        foreach (ParquetColumn column in Footer.Columns)
        {
            if (column.Name != name) continue;
            if (found is not null || column.Repetition > 1 || column.Definition > (column.Repetition == 0 ? 1 : 3))
                throw new InvalidDataException($"file '{Path}': column '{ForeignText.Shown(name)}' is nested; "
                    + $"expected a number or a list of numbers per row");
            found = column;
        }

        return found;
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Reads bytes that lie within the file.</summary>
    public void ReadBytes(long start, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int got = RandomAccess.Read(_handle, bytes, start);
            if (got == 0) throw new InvalidDataException($"file '{Path}': ended while it was read");
            start += got;
            bytes = bytes[got..];
        }
    }

    private ParquetFooter ReadFooter()
    {
        long length = RandomAccess.GetLength(_handle);
        if (length < TailBytes + 4) throw new InvalidDataException($"it has {length} bytes");
        Span<byte> tail = stackalloc byte[TailBytes];
        ReadBytes(length - TailBytes, tail);
        if (!tail[4..].SequenceEqual("PAR1"u8))
            throw new InvalidDataException($"it ends in {Convert.ToHexString(tail[4..])}, not in PAR1");
        long dataEnd = length - TailBytes;
        uint footer = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (footer > Math.Min(MaxFooterBytes, dataEnd - 4))
            throw new InvalidDataException($"a footer of {footer} bytes is announced in {length}");

        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)footer);
        try
        {
            dataEnd -= footer;
            ReadBytes(dataEnd, bytes.AsSpan(0, (int)footer));
            return new ParquetFooter(bytes.AsSpan(0, (int)footer), dataEnd);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
