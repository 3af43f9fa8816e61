using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>The data of one record, from its first byte to its last, with its checksum computed on the way.</summary>
internal sealed class TfRecordStream(SafeFileHandle file, TfRecord record, CancellationToken cancellationToken) : ForwardStream
{
    private const int BlockBytes = 65536;

    private uint _state = MaskedCrc32C.Start;
    private int _position;

    public override long Length => record.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">The file has become shorter.</exception>
    public override int Read(Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int wanted = Math.Min(buffer.Length, record.Length - _position);
        if (wanted == 0) return 0;

        int got = RandomAccess.Read(file, buffer[..wanted], record.Offset + _position);
        if (got == 0) throw Shortened();
        _state = MaskedCrc32C.Append(_state, buffer[..got]);
        _position += got;
        return got;
    }

    /// <summary>Reads what is left and compares the checksum.</summary>
    /// <exception cref="InvalidDataException">It differs.</exception>
    public void CheckRest()
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            while (Read(block) > 0)
            {
            }

            Span<byte> footer = block.AsSpan(0, TfRecord.FooterBytes);
            if (RandomAccess.Read(file, footer, record.Offset + record.Length) < footer.Length) throw Shortened();
            uint expected = BinaryPrimitives.ReadUInt32LittleEndian(footer);
            uint actual = MaskedCrc32C.Finish(_state);
            if (actual != expected)
            {
                throw new InvalidDataException(
                    $"{record.Place}: the checksum of its {record.Length} bytes of data is {actual:X8}, not {expected:X8}; "
                    + "the record is damaged");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private InvalidDataException Shortened() => new($"{record.Place}: the file became shorter while it was read");
}
