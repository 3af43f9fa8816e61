using System.Globalization;
using Fast.Tokenizer.Datasets.NumPy;

namespace Fast.Tokenizer.Datasets.Tests.NumPy;

public sealed class NpyReaderTests
{
    private static NpyArray Read(byte[] file) => NpyReader.Read(new MemoryStream(file), "the file");

    // Every type, with the values that a wrong width, sign or byte order would change.
    public static TheoryData<string, double[]> Types => new()
    {
        { "f2", [0, -1.5, 65504, -6.103515625e-05] },
        { "f4", [0, -1.5, float.MaxValue, float.Epsilon] },
        { "f8", [0, -1.5, double.MaxValue, double.Epsilon] },
        { "i1", [0, -1, sbyte.MinValue, sbyte.MaxValue] },
        { "i2", [0, -1, short.MinValue, 0x0102] },
        { "i4", [0, -1, int.MinValue, 0x01020304] },
        { "i8", [0, -1, long.MinValue, 1L << 52] },
        { "u1", [0, 1, 128, 255] },
        { "u2", [0, 1, 0x0102, ushort.MaxValue] },
        { "u4", [0, 1, 0x01020304, uint.MaxValue] },
        { "u8", [0, 1, 0x0102030405, 9223372036854775808] },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_is_read_in_both_byte_orders(string type, double[] values)
    {
        foreach (char order in "<>")
        {
            byte[] data = [.. values.SelectMany(value => Stored(type, value, order == '>'))];
            NpyArray array = Read(NpyBytes.Array($"{order}{type}", "(2, 2)", data));
            Assert.Equal(values, array.Data.ToArray());
            Assert.Equal([2, 2], array.Shape);
            Assert.Equal(type == "f4", array.IsFloat32);
        }
    }

    [Theory]
    [InlineData("|i1", 0xFE, -2)]
    [InlineData("|u1", 0xFE, 254)]
    [InlineData("|b1", 1, 1)]
    [InlineData("|b1", 0, 0)]
    [InlineData("|b1", 7, 1)]
    public void Single_bytes_need_no_byte_order(string descr, byte stored, double expected) =>
        Assert.Equal([expected], Read(NpyBytes.Array(descr, "(1,)", [stored])).Data.ToArray());

    [Fact]
    public void NaN_and_infinity_are_handed_on()
    {
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0];
        double[] read = Read(NpyBytes.Doubles("(4,)", values)).Data.ToArray();
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), read.Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_format_version_is_read(byte major) =>
        Assert.Equal([1, 2, 3], Read(NpyBytes.Array("<f8", "(3,)", NpyBytes.Bytes(1, 2, 3), major: major)).Data.ToArray());

    [Theory]
    [InlineData("{'descr':'<f8','fortran_order':False,'shape':(2,)}")]
    [InlineData("{\"shape\": (2L,), \"fortran_order\": False, \"descr\": \"<f8\"}\n")]
    [InlineData("  { 'fortran_order' :\tFalse , 'shape' : ( 2 , ) , 'descr' : '<f8' , }\r\n\n")]
    public void Keys_may_come_in_any_order_and_spacing(string header) =>
        Assert.Equal([4, 5], Read(NpyBytes.Make(header, NpyBytes.Bytes(4, 5))).Data.ToArray());

    [Fact]
    public void A_single_value_has_no_axes()
    {
        NpyArray array = Read(NpyBytes.Doubles("()", 7));
        Assert.Empty(array.Shape);
        Assert.Equal([7], array.Data.ToArray());
    }

    [Theory]
    [InlineData("(0,)")]
    [InlineData("(0, 1000000000)")]
    [InlineData("(1000000000, 1000000000, 0)")]
    public void An_axis_of_length_zero_means_no_values(string shape)
    {
        foreach (bool fortran in (bool[])[false, true])
            Assert.Equal(0, Read(NpyBytes.Array("<f8", shape, [], fortran)).Data.Length);
    }

    [Fact]
    public void Fortran_order_of_any_shape_is_turned_row_major()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            int[] shape = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(1, 6))];
            int count = shape.Aggregate(1, (product, length) => product * length);
            double[] expected = [.. Enumerable.Range(0, count).Select(i => (double)i)];
            // Column-major: the value of an index stands at the sum of index times the product of the lengths before it.
            double[] stored = new double[count];
            for (int i = 0; i < count; i++)
            {
                int rest = i, at = 0;
                for (int axis = shape.Length - 1; axis >= 0; axis--)
                {
                    at += rest % shape[axis] * shape[..axis].Aggregate(1, (product, length) => product * length);
                    rest /= shape[axis];
                }

                stored[at] = expected[i];
            }

            string text = string.Create(CultureInfo.InvariantCulture, $"({string.Join(", ", shape)},)");
            Assert.Equal(expected, Read(NpyBytes.Array("<f8", text, NpyBytes.Bytes(stored), fortranOrder: true)).Data.ToArray());
        }
    }

    [Fact]
    public void A_stream_that_gives_few_bytes_at_a_time_is_read_whole()
    {
        double[] values = [.. Enumerable.Range(0, 200_000).Select(i => i * 0.5)];
        using DribblingStream stream = new(NpyBytes.Doubles("(200000,)", values));
        Assert.Equal(values, NpyReader.Read(stream, "pipe").Data.ToArray());
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var missing = Assert.Throws<FileNotFoundException>(() => NpyReader.Read("nowhere/x.npy"));
        Assert.Equal("no such file: nowhere/x.npy", missing.Message);
    }

    [Fact]
    public void A_refused_file_is_named()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.npy", "hello world");
        string message = EpisodeReading.Refusal(() => NpyReader.Read(path));
        Assert.Equal($"file '{path}': is not a NumPy array: starts with 68656C6C6F20, expected 934E554D5059", message);
    }

    // Name, file, and what the message must say.
    public static TheoryData<string, byte[], string> Malformed()
    {
        static string Good(string shape = "(1,)") => NpyBytes.Header("<f8", shape);
        byte[] one = NpyBytes.Bytes(1);
        return new()
        {
            { "empty", [], "is empty" },
            { "magic cut short", [0x93, (byte)'N'], "is not a NumPy array" },
            { "another format", [.. "\u0089HDF\r\n\u001a\n0000"u8], "is not a NumPy array" },
            { "an archive", [.. "PK\u0003\u000400000000"u8], "zip archive" },
            { "a pickle", [0x80, 4, .. "000000000"u8], "pickle" },
            { "version 0", NpyBytes.Make(Good(), one, major: 0), "version 0.0" },
            { "version 4", NpyBytes.Make(Good(), one, major: 4), "version 4.0" },
            { "version 1.1", NpyBytes.Make(Good(), one, minor: 1), "version 1.1" },
            { "ends after the version", [0x93, .. "NUMPY"u8, 1, 0], "header length" },
            { "ends in the header length", [0x93, .. "NUMPY"u8, 2, 0, 1], "header length" },
            { "header longer than the file", NpyBytes.Make(Good(), one, headerLength: 60000), "ends inside the header" },
            { "header of four gigabytes", NpyBytes.Make(Good(), one, major: 2, headerLength: uint.MaxValue), "header of 4294967295 bytes" },
            { "header length zero", NpyBytes.Make("", one), "ends where '{' was expected" },
            { "header cut inside", NpyBytes.Make(Good(), one, headerLength: 30), "does not end" },
            { "header not a dict", NpyBytes.Make("[1, 2]", one), "expected '{'" },
            { "header a call", NpyBytes.Make("__import__('os')", one), "expected '{'" },
            { "no closing brace", NpyBytes.Make(Good().Replace("}", ""), one), "ends where a string was expected" },
            { "no colon", NpyBytes.Make("{'descr' '<f8'}", one), "expected ':'" },
            { "no comma", NpyBytes.Make("{'descr': '<f8' 'shape': (1,)}", one), "expected ',' or '}'" },
            { "something after the dict", NpyBytes.Make(Good().TrimEnd() + " + {}", one), "expected the end" },
            { "a zero byte after the dict", NpyBytes.Make(Good().TrimEnd() + "\0", one), "expected the end" },
            { "key without quotes", NpyBytes.Make("{descr: '<f8'}", one), "expected a string" },
            { "string without end", NpyBytes.Make("{'descr: ", one), "does not end" },
            { "escaped string", NpyBytes.Make("{'\\x64escr': '<f8'}", one), "not plain text" },
            { "byte beyond ASCII", NpyBytes.Make("{'d\u00e9scr': '<f8'}", one), "not plain text" },
            { "no descr", NpyBytes.Make("{'fortran_order': False, 'shape': (1,)}", one), "no 'descr'" },
            { "no fortran_order", NpyBytes.Make("{'descr': '<f8', 'shape': (1,)}", one), "no 'fortran_order'" },
            { "no shape", NpyBytes.Make("{'descr': '<f8', 'fortran_order': False}", one), "no 'shape'" },
            { "descr twice", NpyBytes.Make("{'descr': '<f8', 'descr': '<f4'}", one), "'descr' stands twice" },
            { "shape twice", NpyBytes.Make("{'shape': (1,), 'shape': (1,)}", one), "'shape' stands twice" },
            { "unknown key", NpyBytes.Make("{'version': 1}", one), "may hold only" },
            { "fortran_order a number", NpyBytes.Make("{'fortran_order': 0}", one), "expected True or False" },
            { "shape a list", NpyBytes.Make(Good("[1]"), one), "expected '('" },
            { "shape a number", NpyBytes.Make(Good("1"), one), "expected '('" },
            { "shape a number in brackets", NpyBytes.Make(Good("(1)"), one), "not a tuple" },
            { "shape of a lone comma", NpyBytes.Make(Good("(,)"), one), "a length of zero or more" },
            { "shape without commas", NpyBytes.Make(Good("(1 1)"), one), "expected ',' or ')'" },
            { "shape without end", NpyBytes.Make("{'shape': (1, ", one), "the header ends" },
            { "negative length", NpyBytes.Make(Good("(-1,)"), one), "a length of zero or more" },
            { "fractional length", NpyBytes.Make(Good("(1.0,)"), one), "expected ',' or ')'" },
            { "length an expression", NpyBytes.Make(Good("(1*1,)"), one), "expected ',' or ')'" },
            { "axis beyond the limit", NpyBytes.Make(Good("(1073741824,)"), one), "an axis of more than 1073741823" },
            { "axis beyond int", NpyBytes.Make(Good("(4294967297,)"), one), "an axis of more than" },
            { "axis beyond long", NpyBytes.Make(Good("(18446744073709551617,)"), one), "an axis of more than" },
            { "product beyond the limit", NpyBytes.Make(Good("(32768, 32768)"), one), "more than 1073741823 values" },
            { "product wraps round to 1", NpyBytes.Make(Good("(641, 6700417, 641, 6700417)"), one), "more than 1073741823 values" },
            { "product wraps round to 0", NpyBytes.Make(Good("(65536, 65536, 65536, 65536)"), one), "more than 1073741823 values" },
            { "65 axes", NpyBytes.Make(Good($"({string.Concat(Enumerable.Repeat("1, ", 65))})"), one), "more than 64 axes" },
            { "object array", NpyBytes.Make(NpyBytes.Header("|O", "(1,)"), one), "never unpickled" },
            { "object array with a size", NpyBytes.Make(NpyBytes.Header("|O8", "(1,)"), one), "never unpickled" },
            { "structured", NpyBytes.Make("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (1,), }", one), "structured" },
            { "strings", NpyBytes.Make(NpyBytes.Header("<U2", "(1,)"), one), "dtype '<U2'" },
            { "byte strings", NpyBytes.Make(NpyBytes.Header("|S8", "(1,)"), one), "dtype '|S8'" },
            { "raw bytes", NpyBytes.Make(NpyBytes.Header("|V8", "(1,)"), one), "dtype '|V8'" },
            { "complex", NpyBytes.Make(NpyBytes.Header("<c8", "(1,)"), one), "dtype '<c8'" },
            { "long double", NpyBytes.Make(NpyBytes.Header("<f16", "(1,)"), one), "dtype '<f16'" },
            { "time", NpyBytes.Make(NpyBytes.Header("<M8[ns]", "(1,)"), one), "dtype '<M8[ns]'" },
            { "float of 3 bytes", NpyBytes.Make(NpyBytes.Header("<f3", "(1,)"), one), "dtype '<f3'" },
            { "size with blanks", NpyBytes.Make(NpyBytes.Header("<f 8", "(1,)"), one), "dtype '<f 8'" },
            { "no byte order", NpyBytes.Make(NpyBytes.Header("f8", "(1,)"), one), "dtype 'f8'" },
            { "byte order of the writer", NpyBytes.Make(NpyBytes.Header("=f8", "(1,)"), one), "dtype '=f8'" },
            { "byte order not applicable", NpyBytes.Make(NpyBytes.Header("|f8", "(1,)"), one), "dtype '|f8'" },
            { "empty type", NpyBytes.Make(NpyBytes.Header("", "(1,)"), one), "dtype ''" },
            { "endless type", NpyBytes.Make(NpyBytes.Header(new string('<', 5000), "(1,)"), one), "<<<..." },
            { "no data", NpyBytes.Make(Good(), []), "truncated" },
            { "half a value", NpyBytes.Make(Good(), [1, 2, 3, 4]), "truncated" },
            { "a value too few", NpyBytes.Make(Good("(2,)"), one), "truncated" },
            { "a gigabyte too few", NpyBytes.Make(Good("(134217728,)"), one), "truncated" },
            { "a byte too many", NpyBytes.Make(Good(), [.. one, 0]), "follow" },
            { "two arrays", [.. NpyBytes.Make(Good(), one), .. NpyBytes.Make(Good(), one)], "follow" },
        };
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_files_are_refused_with_the_reason(string name, byte[] file, string reason)
    {
        Assert.NotEmpty(name);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (Stream stream in (Stream[])[new MemoryStream(file), new DribblingStream(file)])
        {
            string message = EpisodeReading.Refusal(() => NpyReader.Read(stream, "the file"));
            Assert.StartsWith("the file: ", message, StringComparison.Ordinal);
            Assert.Contains(reason, message, StringComparison.Ordinal);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    private static byte[] Stored(string type, double value, bool bigEndian)
    {
        byte[] bytes = type switch
        {
            "f2" => BitConverter.GetBytes((Half)value),
            "f4" => BitConverter.GetBytes((float)value),
            "f8" => BitConverter.GetBytes(value),
            "i1" => [(byte)(sbyte)value],
            "i2" => BitConverter.GetBytes((short)value),
            "i4" => BitConverter.GetBytes((int)value),
            "i8" => BitConverter.GetBytes((long)value),
            "u1" => [(byte)value],
            "u2" => BitConverter.GetBytes((ushort)value),
            "u4" => BitConverter.GetBytes((uint)value),
            _ => BitConverter.GetBytes((ulong)value),
        };
        if (bigEndian == BitConverter.IsLittleEndian) Array.Reverse(bytes);
        return bytes;
    }

    private sealed class DribblingStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 777)]);
    }
}
