using System.Buffers.Binary;
using System.Text;
using Fast.Tokenizer.Datasets.Rlds;
using Google.Protobuf;

namespace Fast.Tokenizer.Datasets.Tests.Rlds;

/// <summary>Writes examples and TFRecord files as TensorFlow does.</summary>
internal static class ExampleBytes
{
    public static byte[] Message(params (int Field, byte[] Value)[] fields) => Written(output =>
    {
        foreach ((int field, byte[] value) in fields)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(value));
        }
    });

    public static byte[] Floats(params float[] values) =>
        Message((2, Message((1, Written(output => Array.ForEach(values, output.WriteFloat))))));

    public static byte[] UnpackedFloats(params float[] values) => Message((2, Written(output => Array.ForEach(values, value =>
    {
        output.WriteTag(1, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    }))));

    public static byte[] Integers(params long[] values) =>
        Message((3, Message((1, Written(output => Array.ForEach(values, output.WriteInt64))))));

    public static byte[] UnpackedIntegers(params long[] values) => Message((3, Written(output => Array.ForEach(values, value =>
    {
        output.WriteTag(1, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }))));

    public static byte[] Bytes(params byte[][] values) => Message((1, Message([.. values.Select(value => (1, value))])));

    public static byte[] Example(params (string Name, byte[] Feature)[] features) => Message((1, Message(
        [.. features.Select(feature => (1, Message((1, Encoding.UTF8.GetBytes(feature.Name)), (2, feature.Feature))))])));

    public static byte[] Records(params byte[][] examples) => [.. examples.SelectMany(Record)];

    public static byte[] Record(byte[] data)
    {
        byte[] record = new byte[data.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedCrc32C.Of(record.AsSpan(0, 8)));
        data.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(data.Length + 12), MaskedCrc32C.Of(data));
        return record;
    }

    private static byte[] Written(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) write(output);
        return stream.ToArray();
    }
}
