using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>What stands before the values of a <c>.npy</c> file: type, order, shape (NumPy's NEP 1).</summary>
internal sealed class NpyHeader
{
    /// <summary>More values than this in one array are refused.</summary>
    public const int MaxElements = int.MaxValue / 2;

    // The three fields need about 100 bytes; only structured types, which are refused, need more.
    private const int MaxBytes = 65536;

    // NumPy leaves room for the first axis to grow to this many digits, so that a writer can patch it in place.
    private const int GrowthDigits = 21;

    public NpyHeader(NpyElement element, bool fortranOrder, int[] shape, string place)
    {
        Element = element;
        FortranOrder = fortranOrder;
        Shape = shape;
        long count = 1;
        foreach (int length in shape.Contains(0) ? [0] : shape)
        {
            count *= length;
            if (count <= MaxElements) continue;
            string text = string.Join(", ", shape);
            throw new InvalidDataException($"{place}: shape ({text}) is more than {MaxElements} values; split the array");
        }

        Count = (int)count;
    }

    public NpyElement Element { get; }

    public bool FortranOrder { get; }

    public int[] Shape { get; }

    /// <summary>Values in the array, at most <see cref="MaxElements"/>.</summary>
    public int Count { get; }

    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a header of format version 1.0, 2.0 or 3.0.</summary>
    /// <param name="fill">Fills a buffer from the stream and says how many bytes it got.</param>
    /// <param name="place">File and entry, for messages.</param>
    /// <exception cref="InvalidDataException">The bytes are not such a header.</exception>
    public static NpyHeader Read(Func<byte[], int> fill, string place)
    {
        byte[] start = new byte[8];
        int got = fill(start);
        if (got == 0) throw new InvalidDataException($"{place}: is empty; a NumPy array was expected");
        if (got < start.Length || !start.AsSpan().StartsWith(Magic)) throw new InvalidDataException($"{place}: {NotAnArray(start)}");

        (byte major, byte minor) = (start[6], start[7]);
        if (major is < 1 or > 3 || minor != 0)
            throw new InvalidDataException($"{place}: .npy format version {major}.{minor} is not known; 1.0, 2.0 and 3.0 are");

        byte[] size = new byte[major == 1 ? 2 : 4];
        if (fill(size) < size.Length) throw new InvalidDataException($"{place}: ends inside the header length");
        uint length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > MaxBytes) throw new InvalidDataException($"{place}: header of {length} bytes; more than {MaxBytes} is refused");

        byte[] text = new byte[length];
        got = fill(text);
        if (got < length) throw new InvalidDataException($"{place}: ends inside the header, after {got} of {length} bytes");
        return new NpyHeaderParser(Encoding.Latin1.GetString(text), place).Parse();
    }

    /// <summary>The bytes that NumPy writes for a little-endian, row-major array; their length does not depend on the first axis.</summary>
    public static byte[] Format(bool isFloat32, ReadOnlySpan<int> shape)
    {
        var text = new StringBuilder("{'descr': '").Append(isFloat32 ? "<f4" : "<f8").Append("', 'fortran_order': False, 'shape': (");
        for (int i = 0; i < shape.Length; i++) text.Append(i == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{shape[i]}");
        text.Append(shape.Length == 1 ? ",), }" : "), }");
        if (shape.Length > 0) text.Append(' ', GrowthDigits - shape[0].ToString(CultureInfo.InvariantCulture).Length);

        const int Prefix = 10;
        text.Append(' ', 64 - (Prefix + text.Length + 1) % 64).Append('\n');
        byte[] bytes = new byte[Prefix + text.Length];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)text.Length);
        Encoding.ASCII.GetBytes(text.ToString(), bytes.AsSpan(Prefix));
        return bytes;
    }

    private static string NotAnArray(ReadOnlySpan<byte> start) =>
        start.StartsWith("PK"u8) ? "is a zip archive (.npz), where one array (.npy) was expected; extract the array"
        : start[0] == 0x80 ? "looks like a Python pickle, which is never unpickled; save it with numpy.save"
        : $"is not a NumPy array: starts with {Convert.ToHexString(start[..6])}, expected {Convert.ToHexString(Magic)}";
}
