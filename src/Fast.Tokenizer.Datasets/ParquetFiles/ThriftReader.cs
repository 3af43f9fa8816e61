namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>Reads Thrift's compact protocol, in which Parquet writes its footer and page headers, and never past the end.</summary>
/// <remarks>See the "Thrift compact protocol encoding" specification.</remarks>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    private readonly int Left => _bytes.Length - Position;

    /// <summary>Reads the next field's head; false at the end of the structure.</summary>
    /// <param name="field">The field before, 0 at the start; becomes this one.</param>
    /// <param name="type">What stands there.</param>
    public bool ReadField(ref int field, out ThriftType type)
    {
        byte head = ReadByte();
        type = (ThriftType)(head & 0xF);
        if (type == ThriftType.Stop) return false;
        int delta = head >> 4;
        field = delta > 0 ? field + delta : ReadInt32();
        return true;
    }

    public int ReadInt32()
    {
        long value = ReadInt64();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Malformed($"{value} is no 32-bit number");
    }

    public long ReadInt64()
    {
        ulong value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ReadOnlySpan<byte> ReadBinary()
    {
        ulong length = ReadVarint();
        if (length > (ulong)Left) throw Malformed($"{length} bytes are announced where {Left} are left");
        ReadOnlySpan<byte> value = _bytes.Slice(Position, (int)length);
        Position += value.Length;
        return value;
    }

    /// <summary>Reads the head of a list, whose elements take at least a byte each.</summary>
    public int ReadList(out ThriftType type)
    {
        byte head = ReadByte();
        type = (ThriftType)(head & 0xF);
        ulong count = head >> 4 == 15 ? ReadVarint() : (ulong)(head >> 4);
        return count <= (ulong)Left ? (int)count : throw Malformed($"a list of {count} is announced where {Left} bytes are left");
    }

    /// <summary>Reads the head of a list of structures.</summary>
    public int ReadStructures()
    {
        int count = ReadList(out ThriftType type);
        return count == 0 || type == ThriftType.Structure ? count : throw Malformed($"a list holds {type} where structures are expected");
    }

    public void Skip(ThriftType type) => Skip(type, 0);

    private void Skip(ThriftType type, int depth)
    {
        if (depth > MaxDepth) throw Malformed($"structures are nested more than {MaxDepth} deep");
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                ReadByte();
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                ReadVarint();
                break;
            case ThriftType.Double:
                if (Left < sizeof(double)) throw Malformed("it ends in the middle of a number");
                Position += sizeof(double);
                break;
            case ThriftType.Binary:
                ReadBinary();
                break;
            case ThriftType.List or ThriftType.Set:
                int count = ReadList(out ThriftType element);
                for (int i = 0; i < count; i++) SkipElement(element, depth + 1);
                break;
            case ThriftType.Structure:
                int field = 0;
                while (ReadField(ref field, out ThriftType inner)) Skip(inner, depth + 1);
                break;
            default:
                throw Malformed($"there is no type {(int)type}");
        }
    }

    // In a list a truth value takes a byte of its own; in a structure it stands in the field's head.
    private void SkipElement(ThriftType type, int depth) =>
        Skip(type is ThriftType.True or ThriftType.False ? ThriftType.Byte : type, depth);

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = ReadByte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw Malformed("a number is longer than 64 bits");
    }

    private byte ReadByte() => Left > 0 ? _bytes[Position++] : throw Malformed("it ends in the middle of a structure");

    private readonly InvalidDataException Malformed(string what) => new($"{what} (byte {Position})");
}
