using System.Buffers.Binary;
using System.Text;

namespace Fast.Tokenizer.Datasets.Tests.NumPy;

/// <summary>Makes <c>.npy</c> files by hand, right and wrong ones.</summary>
internal static class NpyBytes
{
    public static byte[] Make(string header, byte[] data, byte major = 1, byte minor = 0, long? headerLength = null)
    {
        byte[] text = Encoding.Latin1.GetBytes(header);
        byte[] size = new byte[major == 1 ? 2 : 4];
        long length = headerLength ?? text.Length;
        if (major == 1) BinaryPrimitives.WriteUInt16LittleEndian(size, (ushort)length);
        else BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)length);
        return [0x93, .. "NUMPY"u8, major, minor, .. size, .. text, .. data];
    }

    public static string Header(string descr, string shape, bool fortranOrder = false) =>
        $"{{'descr': '{descr}', 'fortran_order': {(fortranOrder ? "True" : "False")}, 'shape': {shape}, }}   \n";

    public static byte[] Array(string descr, string shape, byte[] data, bool fortranOrder = false, byte major = 1) =>
        Make(Header(descr, shape, fortranOrder), data, major);

    public static byte[] Doubles(string shape, params double[] values) => Array("<f8", shape, Bytes(values));

    public static byte[] Bytes(params double[] values)
    {
        byte[] bytes = new byte[values.Length * 8];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * 8), values[i]);
        return bytes;
    }
}
