using System.Buffers.Binary;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>A value of a column as a string of bytes that sorts by column and then by value, without the zero bytes at its end.</summary>
internal static class ValueKey
{
    /// <summary>The longest string.</summary>
    public const int MaxLength = ColumnLength + sizeof(ulong);

    private const int ColumnLength = sizeof(int);
    private const ulong Zero = 1UL << 63;

    /// <summary>A number that ascends with the value; 0.0 and -0.0 have the same one.</summary>
    public static ulong Ordered(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return bits >= 0 ? Zero + (ulong)bits : Zero - (ulong)(bits & long.MaxValue);
    }

    /// <summary>Writes a number of a column.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(int column, ulong number, Span<byte> key)
    {
        BinaryPrimitives.WriteInt32BigEndian(key, column);
        BinaryPrimitives.WriteUInt64BigEndian(key[ColumnLength..], number);
        int length = MaxLength;
        while (length > ColumnLength && key[length - 1] == 0) length--;
        return length;
    }

    /// <summary>Reads a number of a column.</summary>
    /// <returns>False where none is written so.</returns>
    public static bool TryRead(ReadOnlySpan<byte> key, out int column, out ulong number)
    {
        (column, number) = (0, 0);
        if (key.Length is < ColumnLength or > MaxLength || (key.Length > ColumnLength && key[^1] == 0)) return false;
        column = BinaryPrimitives.ReadInt32BigEndian(key);
        int at = 8 * sizeof(ulong);
        foreach (byte value in key[ColumnLength..]) number |= (ulong)value << (at -= 8);
        return column >= 0;
    }

    /// <summary>Whether a string is of a value that an action may have, in one of so many columns.</summary>
    public static bool IsValue(ReadOnlySpan<byte> key, int columns) =>
        TryRead(key, out int column, out ulong number)
        && column < columns
        && Math.Abs(ValueOf(number)) <= ActionStatistics.MaxMagnitude;

    /// <summary>The value that a number of <see cref="Ordered"/> stands for.</summary>
    public static double ValueOf(ulong number) => number >= Zero
        ? BitConverter.Int64BitsToDouble((long)(number - Zero))
        : -BitConverter.Int64BitsToDouble((long)(Zero - number));
}
