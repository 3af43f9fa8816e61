using System.Buffers;

namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>Writes Thrift's compact protocol: as much of it as a Parquet footer and a page header need.</summary>
internal struct ThriftWriter(ArrayBufferWriter<byte> output)
{
    private int _field;

    public void Int32(int field, int value)
    {
        Head(field, ThriftType.Int32);
        Zigzag(value);
    }

    public void Int64(int field, long value)
    {
        Head(field, ThriftType.Int64);
        Zigzag(value);
    }

    public void Text(int field, ReadOnlySpan<byte> value)
    {
        Head(field, ThriftType.Binary);
        Element(value);
    }

    /// <summary>The head of a list of fewer than 15 elements, which follow.</summary>
    public void List(int field, ThriftType type, int count)
    {
        Head(field, ThriftType.List);
        Byte((byte)((count << 4) | (int)type));
    }

    /// <summary>An element of a list of numbers.</summary>
    public readonly void Element(int value) => Zigzag(value);

    /// <summary>An element of a list of texts.</summary>
    public readonly void Element(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        output.Write(value);
    }

    /// <summary>Begins a structure, whose fields go to the writer that is returned, until its <see cref="End"/>.</summary>
    public ThriftWriter Structure(int field)
    {
        Head(field, ThriftType.Structure);
        return new ThriftWriter(output);
    }

    public readonly void End() => Byte((byte)ThriftType.Stop);

    private void Head(int field, ThriftType type)
    {
        Byte((byte)(((field - _field) << 4) | (int)type));
        _field = field;
    }

    private readonly void Zigzag(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    private readonly void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private readonly void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
