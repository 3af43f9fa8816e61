using System.Buffers;
using System.IO.Compression;
using Parquet.Meta;
using Snappier;

namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>A page of a column: its header, checked, and the place of its body.</summary>
internal readonly ref struct ParquetPage
{
    // A number takes 8 bytes at most, its two levels about two; headers of runs and blocks are the rest.
    private const int MaxBytesPerValue = 16, SpareBytes = 1 << 10;

    private readonly ReadOnlySpan<byte> _repetitions;
    private readonly ReadOnlySpan<byte> _definitions;
    private readonly ReadOnlySpan<byte> _body;
    private readonly bool _isCompressed;
    private readonly int _bodyBytes;

    /// <summary>Reads a page's header, and checks it and the size of its body.</summary>
    /// <param name="chunk">What is left of the column chunk.</param>
    /// <param name="column">The column.</param>
    /// <param name="codec">How its pages are compressed.</param>
    /// <param name="maxValues">Values that may still come.</param>
    /// <exception cref="InvalidDataException">The page is not what it should be.</exception>
    public ParquetPage(ReadOnlySpan<byte> chunk, ParquetColumn column, CompressionCodec codec, int maxValues)
    {
        var reader = new ThriftReader(chunk);
        int type = -1, uncompressed = -1, compressed = -1;
        var details = new Details();
        int field = 0;
        while (reader.ReadField(ref field, out ThriftType kind))
        {
            switch (field, kind)
            {
                case (1, ThriftType.Int32):
                    type = reader.ReadInt32();
                    break;
                case (2, ThriftType.Int32):
                    uncompressed = reader.ReadInt32();
                    break;
                case (3, ThriftType.Int32):
                    compressed = reader.ReadInt32();
                    break;
                case (5 or 7 or 8, ThriftType.Structure):
                    details = field == 8 ? ReadSecondDetails(ref reader) : ReadDetails(ref reader);
                    break;
                default:
                    reader.Skip(kind);
                    break;
            }
        }

        int left = chunk.Length - reader.Position;
        if (compressed < 0 || compressed > left)
            throw new InvalidDataException($"a page announces {compressed} bytes where {left} are left");
        Type = (PageType)type;
        Length = reader.Position + compressed;
        (Values, Encoding) = (details.Values, details.Encoding);
        if (Type == PageType.INDEX_PAGE) return;

        if (Values < 0 || Values > maxValues)
            throw new InvalidDataException($"a page announces {Values} values where {maxValues} are left");
        if (uncompressed < 0 || uncompressed > ((long)Values * MaxBytesPerValue) + SpareBytes)
            throw new InvalidDataException($"a page of {Values} values announces {uncompressed} bytes");
        ReadOnlySpan<byte> body = chunk.Slice(reader.Position, compressed);
        switch (Type)
        {
            case PageType.DATA_PAGE:
                break;
            case PageType.DICTIONARY_PAGE:
                Encoding = Encoding.PLAIN;
                int valueBytes = column.Type is Parquet.Meta.Type.FLOAT or Parquet.Meta.Type.INT32 ? sizeof(int) : sizeof(long);
                if (uncompressed != (long)Values * valueBytes)
                    throw new InvalidDataException($"a dictionary of {Values} values announces {uncompressed} bytes");
                break;
            case PageType.DATA_PAGE_V2:
                // The levels stand before the values, and are never compressed.
                long levels = (long)details.RepetitionBytes + details.DefinitionBytes;
                if (details.RepetitionBytes < 0 || details.DefinitionBytes < 0 || levels > Math.Min(compressed, uncompressed))
                    throw new InvalidDataException($"a page of {compressed} bytes announces {levels} bytes of levels");
                _repetitions = body[..details.RepetitionBytes];
                _definitions = body.Slice(details.RepetitionBytes, details.DefinitionBytes);
                body = body[(int)levels..];
                uncompressed -= (int)levels;
                break;
            default:
                throw new InvalidDataException($"there is no page type {type}");
        }

        _body = body;
        _isCompressed = details.IsCompressed && codec != CompressionCodec.UNCOMPRESSED;
        _bodyBytes = uncompressed;
        if (!_isCompressed && body.Length != uncompressed)
            throw new InvalidDataException($"a page of {body.Length} bytes announces {uncompressed}");
    }

    /// <summary>What kind of page it is.</summary>
    public PageType Type { get; }

    /// <summary>Values and nulls; of a dictionary, its entries.</summary>
    public int Values { get; }

    /// <summary>How the values are written.</summary>
    public Encoding Encoding { get; }

    /// <summary>Bytes of the page, with its header.</summary>
    public int Length { get; }

    /// <summary>Writes the page uncompressed, as a page of the first kind, the only one that Parquet.Net reads of lists.</summary>
    /// <exception cref="InvalidDataException">The body is not what the header says.</exception>
    public void WriteTo(ArrayBufferWriter<byte> output, ArrayBufferWriter<byte> scratch, ParquetColumn column, CompressionCodec codec)
    {
        scratch.ResetWrittenCount();
        if (Type == PageType.DATA_PAGE_V2)
        {
            if (column.Repetition > 0) WriteLevels(scratch, _repetitions);
            if (column.Definition > 0) WriteLevels(scratch, _definitions);
        }

        Span<byte> values = scratch.GetSpan(Math.Max(1, _bodyBytes))[.._bodyBytes];
        if (_isCompressed) Decompress(codec, _body, values);
        else _body.CopyTo(values);
        scratch.Advance(_bodyBytes);
        if (Encoding == Encoding.DELTA_BINARY_PACKED) CheckDeltas(scratch.WrittenSpan, column);

        bool isDictionary = Type == PageType.DICTIONARY_PAGE;
        var header = new ThriftWriter(output);
        header.Int32(1, (int)(isDictionary ? PageType.DICTIONARY_PAGE : PageType.DATA_PAGE));
        header.Int32(2, scratch.WrittenCount);
        header.Int32(3, scratch.WrittenCount);
        ThriftWriter details = header.Structure(isDictionary ? 7 : 5);
        details.Int32(1, Values);
        details.Int32(2, (int)Encoding);
        if (!isDictionary)
        {
            details.Int32(3, (int)Encoding.RLE);
            details.Int32(4, (int)Encoding.RLE);
        }

        details.End();
        header.End();
        output.Write(scratch.WrittenSpan);
    }

    // Of a page of the first kind, and of a dictionary.
    private static Details ReadDetails(ref ThriftReader reader)
    {
        var details = new Details();
        int field = 0;
        while (reader.ReadField(ref field, out ThriftType kind))
        {
            switch (field, kind)
            {
                case (1, ThriftType.Int32):
                    details.Values = reader.ReadInt32();
                    break;
                case (2, ThriftType.Int32):
                    details.Encoding = (Encoding)reader.ReadInt32();
                    break;
                case (3 or 4, ThriftType.Int32):
                    if ((Encoding)reader.ReadInt32() != Encoding.RLE)
                        throw new InvalidDataException("a page has levels in an outdated encoding");
                    break;
                default:
                    reader.Skip(kind);
                    break;
            }
        }

        return details;
    }

    private static Details ReadSecondDetails(ref ThriftReader reader)
    {
        var details = new Details();
        int field = 0;
        while (reader.ReadField(ref field, out ThriftType kind))
        {
            switch (field, kind)
            {
                case (1, ThriftType.Int32):
                    details.Values = reader.ReadInt32();
                    break;
                case (4, ThriftType.Int32):
                    details.Encoding = (Encoding)reader.ReadInt32();
                    break;
                case (5, ThriftType.Int32):
                    details.DefinitionBytes = reader.ReadInt32();
                    break;
                case (6, ThriftType.Int32):
                    details.RepetitionBytes = reader.ReadInt32();
                    break;
                case (7, _):
                    details.IsCompressed = kind == ThriftType.True;
                    break;
                default:
                    reader.Skip(kind);
                    break;
            }
        }

        return details;
    }

    private static void WriteLevels(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> levels)
    {
        BitConverter.TryWriteBytes(output.GetSpan(sizeof(int)), levels.Length);
        output.Advance(sizeof(int));
        output.Write(levels);
    }

    private static void Decompress(CompressionCodec codec, ReadOnlySpan<byte> from, Span<byte> to)
    {
        if (codec is not (CompressionCodec.SNAPPY or CompressionCodec.ZSTD or CompressionCodec.GZIP or CompressionCodec.BROTLI))
            throw new InvalidDataException($"pages are compressed with {codec}; expected snappy, zstd, gzip, brotli or none");
        int got;
        try
        {
            got = codec switch
            {
                CompressionCodec.SNAPPY => Unsnap(from, to),
                CompressionCodec.ZSTD => Unwrap(from, to),
                CompressionCodec.GZIP => Inflate(from, to),
                _ => BrotliDecoder.TryDecompress(from, to, out int written) ? written : -1,
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"a page is damaged: {e.Message}", e);
        }

        if (got != to.Length)
            throw new InvalidDataException($"a page is damaged: it holds {got} bytes where its header says {to.Length}");
    }

    private static int Unsnap(ReadOnlySpan<byte> from, Span<byte> to)
    {
        // It takes memory for the length that stands in the body.
        int length = Snappy.GetUncompressedLength(from);
        return length == to.Length ? Snappy.Decompress(from, to) : length;
    }

    private static int Unwrap(ReadOnlySpan<byte> from, Span<byte> to)
    {
        using var zstd = new ZstdSharp.Decompressor();
        return zstd.Unwrap(from, to);
    }

    private static int Inflate(ReadOnlySpan<byte> from, Span<byte> to)
    {
        using var gzip = new GZipStream(new MemoryStream(from.ToArray()), CompressionMode.Decompress);
        int got = gzip.ReadAtLeast(to, to.Length, throwOnEndOfStream: false);
        return gzip.ReadByte() < 0 ? got : got + 1;
    }

    // Parquet.Net takes memory for as many values as a block is said to have.
    private void CheckDeltas(ReadOnlySpan<byte> body, ParquetColumn column)
    {
        if (column.Repetition > 0) throw new InvalidDataException("a list is written in differences, which is not read");
        if (column.Definition > 0)
        {
            int levels = body.Length < sizeof(int) ? -1 : BitConverter.ToInt32(body);
            if (levels < 0 || levels > body.Length - sizeof(int))
                throw new InvalidDataException($"a page announces {levels} bytes of levels");
            body = body[(sizeof(int) + levels)..];
        }

        if (body.IsEmpty && Values == 0) return;
        var reader = new ThriftReader(body);
        ulong block = reader.ReadVarint(), miniblocks = reader.ReadVarint(), count = reader.ReadVarint();
        if (block is 0 or > 1 << 16 || miniblocks is 0 || miniblocks > block || count > (ulong)Values)
            throw new InvalidDataException($"a page of {Values} values announces {count}, in blocks of {block} and {miniblocks} parts");
    }

    private struct Details()
    {
        public int Values = -1;
        public Encoding Encoding = Encoding.PLAIN;
        public int DefinitionBytes = 0;
        public int RepetitionBytes = 0;
        public bool IsCompressed = true;
    }
}
