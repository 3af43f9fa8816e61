using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>How one value is stored: NumPy's <c>descr</c>, such as <c>&lt;f4</c>.</summary>
/// <param name="Kind">'f' float, 'i' signed, 'u' unsigned, 'b' Boolean.</param>
/// <param name="Size">Bytes of one value: 1, 2, 4 or 8.</param>
/// <param name="BigEndian">Most significant byte first.</param>
internal readonly record struct NpyElement(char Kind, int Size, bool BigEndian)
{
    /// <exception cref="InvalidDataException">The type is none that actions are recorded in; the message names it.</exception>
    public static NpyElement Parse(string descr, string place)
    {
        // Only the spellings that NumPy writes: byte order, kind, size.
        if (descr.Length >= 2 && descr[0] is '<' or '>' or '|' or '=')
        {
            char kind = descr[1];
            string size = descr[2..];
            bool known = (kind, size) is ('f', "2" or "4" or "8") or ('i' or 'u', "1" or "2" or "4" or "8") or ('b', "1");
            bool ordered = descr[0] is '<' or '>' || size == "1";
            if (known && ordered) return new NpyElement(kind, int.Parse(size, CultureInfo.InvariantCulture), descr[0] == '>');
            if (kind == 'O')
                throw new InvalidDataException($"{place}: dtype '{Clip(descr)}' is an object array, a pickle, which is never unpickled");
        }

        throw new InvalidDataException(
            $"{place}: dtype '{Clip(descr)}' is not read; save float32 or float64 (also read: f2, i1 to i8, u1 to u8, bool)");
    }

    /// <summary>Converts stored values; <paramref name="bytes"/> is used as scratch.</summary>
    public void ToDouble(Span<byte> bytes, Span<double> values)
    {
        if (BigEndian == BitConverter.IsLittleEndian && Size > 1)
            for (int i = 0; i < bytes.Length; i += Size) bytes.Slice(i, Size).Reverse();

        switch (Kind, Size)
        {
            case ('f', 2): Widen<Half>(bytes, values); break;
            case ('f', 4): Widen<float>(bytes, values); break;
            case ('f', 8): MemoryMarshal.Cast<byte, double>(bytes).CopyTo(values); break;
            case ('i', 1): Widen<sbyte>(bytes, values); break;
            case ('i', 2): Widen<short>(bytes, values); break;
            case ('i', 4): Widen<int>(bytes, values); break;
            case ('i', 8): Widen<long>(bytes, values); break;
            case ('u', 1): Widen<byte>(bytes, values); break;
            case ('u', 2): Widen<ushort>(bytes, values); break;
            case ('u', 4): Widen<uint>(bytes, values); break;
            case ('u', 8): Widen<ulong>(bytes, values); break;
            default:
                for (int i = 0; i < values.Length; i++) values[i] = bytes[i] == 0 ? 0 : 1;
                break;
        }
    }

    private static void Widen<T>(ReadOnlySpan<byte> bytes, Span<double> values) where T : unmanaged, INumberBase<T>
    {
        ReadOnlySpan<T> stored = MemoryMarshal.Cast<byte, T>(bytes);
        for (int i = 0; i < values.Length; i++) values[i] = double.CreateTruncating(stored[i]);
    }

    private static string Clip(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
