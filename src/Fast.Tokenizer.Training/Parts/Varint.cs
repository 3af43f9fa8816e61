namespace Fast.Tokenizer.Training.Parts;

/// <summary>Numbers in seven bits per byte, the lowest first (LEB128).</summary>
internal static class Varint
{
    /// <summary>The longest, of 64 bits.</summary>
    public const int MaxLength = 10;

    /// <summary>Writes a number; there must be room for <see cref="MaxLength"/> bytes.</summary>
    /// <returns>Where the next one goes.</returns>
    public static int Write(Span<byte> target, int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7) target[at++] = (byte)(value | 0x80);
        target[at++] = (byte)value;
        return at;
    }

    /// <summary>Reads a number.</summary>
    /// <returns>False where the bytes end before it does, it is longer than 64 bits, or it is written longer than it need be.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && (uint)at < (uint)source.Length; shift += 7)
        {
            byte part = source[at++];
            if (shift == 63 && part > 1) return false;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return part != 0 || shift == 0;
        }

        return false;
    }
}
