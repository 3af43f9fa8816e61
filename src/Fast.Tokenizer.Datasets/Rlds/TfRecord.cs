using System.Buffers.Binary;

namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>Where a record stands in a TFRecord file: length, checksum of the length, data, checksum of the data.</summary>
/// <param name="Path">The file.</param>
/// <param name="Index">Records before it.</param>
/// <param name="Offset">The first byte of the data.</param>
/// <param name="Length">Bytes of data.</param>
internal sealed record TfRecord(string Path, int Index, long Offset, int Length)
{
    /// <summary>Bytes before the data: a length of 8 and its checksum.</summary>
    public const int HeaderBytes = sizeof(ulong) + sizeof(uint);

    /// <summary>Bytes after the data: its checksum.</summary>
    public const int FooterBytes = sizeof(uint);

    /// <summary>The first byte after the record.</summary>
    public long End => Offset + Length + FooterBytes;

    /// <summary>For messages.</summary>
    public string Place => $"file '{Path}', record {Index}";

    /// <summary>Whether a file starts with a length and its checksum.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> head) =>
        head.Length >= HeaderBytes
        && MaskedCrc32C.Of(head[..sizeof(ulong)]) == BinaryPrimitives.ReadUInt32LittleEndian(head[sizeof(ulong)..]);

    /// <summary>Reads the header of a record, and checks it against what the file holds.</summary>
    /// <param name="path">The file.</param>
    /// <param name="index">Records before this one.</param>
    /// <param name="start">Where the header stands.</param>
    /// <param name="header">The header, shorter where the file ends.</param>
    /// <param name="fileLength">Bytes of the file.</param>
    /// <exception cref="InvalidDataException">There is no such record, and therefore no telling where the next one stands.</exception>
    public static TfRecord Parse(string path, int index, long start, ReadOnlySpan<byte> header, long fileLength)
    {
        string place = $"file '{path}', record {index}";
        string lost = $"the {fileLength - start} bytes from byte {start} on cannot be read; fetch the file again";
        if (header.Length < HeaderBytes)
            throw new InvalidDataException($"{place}: the file ends within the record's length; {lost}");
        if (start == 0 && header is [0x1F, 0x8B, ..] && !IsHeader(header))
            throw new InvalidDataException($"file '{path}': is compressed with gzip; decompress it first");
        if (!IsHeader(header))
            throw new InvalidDataException($"{place}: the checksum of the record's length is wrong; {lost}");

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(header);
        ulong present = (ulong)(fileLength - start - HeaderBytes);
        if (length > present || present - length < FooterBytes)
            throw new InvalidDataException(
                $"{place}: has {length} bytes of data and a checksum of {FooterBytes}, the file {present} in all; {lost}");
        if (length > int.MaxValue)
            throw new InvalidDataException($"{place}: has {length} bytes, more than an example may have ({int.MaxValue}); {lost}");
        return new TfRecord(path, index, start + HeaderBytes, (int)length);
    }
}
