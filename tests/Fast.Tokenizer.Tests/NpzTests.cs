using System.Buffers.Binary;
using System.Text;

namespace Fast.Tokenizer.Tests;

public sealed class NpzTests
{
    [Theory]
    [InlineData("<f8")]
    [InlineData("<f4")]
    [InlineData("<i4")]
    [InlineData("<i8")]
    public void Every_element_type_reads_row_by_row(string type)
    {
        NpzArray array = Npz.Parse(File(type, "(2, 3)", [1, -2, 3, 4, 5, 70000], order: "False"), "array");

        Assert.Equal([2, 3], array.Shape);
        Assert.Equal([1, -2, 3, 4, 5, 70000], array.Values);
    }

    [Fact]
    public void A_scalar_has_one_value_and_no_sizes()
    {
        NpzArray array = Npz.Parse(File("<f8", "()", [7], order: "False"), "array");

        Assert.Empty(array.Shape);
        Assert.Equal([7], array.Values);
    }

    [Fact]
    public void Fortran_order_and_unknown_types_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => Npz.Parse(File("<f8", "(2,)", [1, 2], order: "True"), "array"));
        Assert.Throws<InvalidDataException>(() => Npz.Parse(File("<c16", "(1,)", [1], order: "False"), "array"));
    }

    private static byte[] File(string type, string shape, double[] values, string order)
    {
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        var file = new List<byte> { 0x93 };
        file.AddRange("NUMPY\x01\0"u8.ToArray());
        file.AddRange([(byte)header.Length, 0, .. header]);
        foreach (double value in values)
        {
            byte[] element = new byte[type[^1] == '4' ? 4 : 8];
            if (type == "<f8") BinaryPrimitives.WriteDoubleLittleEndian(element, value);
            if (type == "<f4") BinaryPrimitives.WriteSingleLittleEndian(element, (float)value);
            if (type == "<i4") BinaryPrimitives.WriteInt32LittleEndian(element, (int)value);
            if (type == "<i8") BinaryPrimitives.WriteInt64LittleEndian(element, (long)value);
            file.AddRange(element);
        }

        return [.. file];
    }
}
