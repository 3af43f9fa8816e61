using System.Buffers.Binary;

namespace Fast.Tokenizer.Fuzz;

/// <summary>Reads an input as choices, so that any bytes are a case; zeros where it ends.</summary>
internal ref struct FuzzInput(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether there is more.</summary>
    public readonly bool HasMore => !_rest.IsEmpty;

    public byte Byte()
    {
        if (_rest.IsEmpty) return 0;
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    /// <summary>A number from 0 to below a limit of at most 256.</summary>
    public int Below(int limit) => Byte() % limit;

    public bool Flag() => (Byte() & 1) != 0;

    public int Integer()
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        Take(value);
        return BinaryPrimitives.ReadInt32LittleEndian(value);
    }

    /// <summary>A number of any bits.</summary>
    public double Double()
    {
        Span<byte> value = stackalloc byte[sizeof(double)];
        Take(value);
        return BinaryPrimitives.ReadDoubleLittleEndian(value);
    }

    /// <summary>A number as most are, from -2 to 2, and now and then one of any bits.</summary>
    public double Usual() => Byte() is var first && first == 0xFF ? Double() : ((sbyte)first + (Byte() / 256.0)) / 64;

    private void Take(scoped Span<byte> value)
    {
        for (int i = 0; i < value.Length; i++) value[i] = Byte();
    }
}
