using System.Buffers.Binary;

namespace Fast.Tokenizer.Datasets.Arrow;

/// <summary>A table of a FlatBuffers message, in which every offset is checked before it is followed.</summary>
/// <remarks>
/// Apache.Arrow 23 reserves room for vectors, and follows offsets, without checking them: one wrong word in a file of 900 bytes makes it
/// reserve 15 GB, and a circle of offsets would be followed until the stack ends. What it reads is therefore walked through first.
/// </remarks>
internal readonly ref struct FlatTable
{
    private const int OffsetBytes = sizeof(uint);

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _position;
    private readonly int _vtable;
    private readonly int _vtableBytes;

    private FlatTable(ReadOnlySpan<byte> message, int position)
    {
        _message = message;
        _position = position;
        // The vtable stands at a signed distance before the table.
        long vtable = position - (long)BinaryPrimitives.ReadInt32LittleEndian(At(position, sizeof(int)));
        _vtableBytes = BinaryPrimitives.ReadUInt16LittleEndian(At(vtable, 2 * sizeof(ushort)));
        At(vtable, _vtableBytes);
        _vtable = (int)vtable;
    }

    /// <summary>The table that a message starts with.</summary>
    /// <exception cref="InvalidDataException">An offset leads out of the message.</exception>
    public static FlatTable Root(ReadOnlySpan<byte> message) => new(message, Follow(message, 0));

    /// <summary>A small number, or a default where it is left out.</summary>
    public long Number(int slot, int bytes)
    {
        int position = Field(slot);
        if (position == 0) return 0;
        ReadOnlySpan<byte> value = At(position, bytes);
        return bytes switch
        {
            sizeof(byte) => value[0],
            sizeof(short) => BinaryPrimitives.ReadInt16LittleEndian(value),
            sizeof(int) => BinaryPrimitives.ReadInt32LittleEndian(value),
            _ => BinaryPrimitives.ReadInt64LittleEndian(value),
        };
    }

    /// <summary>Whether a field is there.</summary>
    public bool Has(int slot) => Field(slot) != 0;

    /// <summary>A table within this one; it must be there.</summary>
    public FlatTable Table(int slot) => Has(slot) ? new FlatTable(_message, Follow(_message, Field(slot))) : throw Malformed();

    /// <summary>The elements of a vector; none where it is left out. A string is a vector of bytes.</summary>
    public ReadOnlySpan<byte> Vector(int slot, int elementBytes) => Vector(slot, elementBytes, out _);

    /// <summary>How many tables a vector holds.</summary>
    public int TableCount(int slot) => Vector(slot, OffsetBytes).Length / OffsetBytes;

    /// <summary>A table of a vector of tables.</summary>
    public FlatTable Table(int slot, int index)
    {
        Vector(slot, OffsetBytes, out int start);
        return new FlatTable(_message, Follow(_message, start + (index * OffsetBytes)));
    }

    private static int Follow(ReadOnlySpan<byte> message, int position)
    {
        if (position > message.Length - OffsetBytes) throw Malformed();
        long target = position + (long)BinaryPrimitives.ReadUInt32LittleEndian(message[position..]);
        return target <= message.Length - OffsetBytes ? (int)target : throw Malformed();
    }

    private static InvalidDataException Malformed() => new("its metadata is malformed");

    private ReadOnlySpan<byte> Vector(int slot, int elementBytes, out int start)
    {
        start = 0;
        if (!Has(slot)) return [];
        int position = Follow(_message, Field(slot));
        long bytes = BinaryPrimitives.ReadUInt32LittleEndian(At(position, OffsetBytes)) * (long)elementBytes;
        start = position + OffsetBytes;
        return At(start, bytes);
    }

    private int Field(int slot)
    {
        int entry = (2 + slot) * sizeof(ushort);
        if (entry + sizeof(ushort) > _vtableBytes) return 0;
        int offset = BinaryPrimitives.ReadUInt16LittleEndian(At(_vtable + entry, sizeof(ushort)));
        return offset == 0 ? 0 : _position + offset;
    }

    private ReadOnlySpan<byte> At(long position, long bytes) =>
        position >= 0 && position <= _message.Length - bytes ? _message.Slice((int)position, (int)bytes) : throw Malformed();
}
