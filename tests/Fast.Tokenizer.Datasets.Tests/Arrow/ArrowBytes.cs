using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Fast.Tokenizer.Datasets.Tests.Arrow;

/// <summary>Writes Arrow streams and files.</summary>
internal static class ArrowBytes
{
    /// <summary>Lists of float32; a null is a null row.</summary>
    public static IArrowArray Lists(params float[]?[] rows)
    {
        var builder = new ListArray.Builder(FloatType.Default);
        var values = (FloatArray.Builder)builder.ValueBuilder;
        foreach (float[]? row in rows)
        {
            if (row is null) builder.AppendNull();
            else builder.Append();
            values.AppendRange(row ?? []);
        }

        return builder.Build();
    }

    /// <summary>Lists of two float64 each.</summary>
    public static IArrowArray Pairs(params double[] values)
    {
        var builder = new FixedSizeListArray.Builder(DoubleType.Default, 2);
        for (int i = 0; i < values.Length; i += 2)
        {
            builder.Append();
            ((DoubleArray.Builder)builder.ValueBuilder).Append(values[i]).Append(values[i + 1]);
        }

        return builder.Build();
    }

    public static IArrowArray Longs(params long?[] values)
    {
        var builder = new Int64Array.Builder();
        foreach (long? value in values) builder.Append(value);
        return builder.Build();
    }

    public static IArrowArray Images(int count, int bytes)
    {
        var builder = new BinaryArray.Builder();
        for (int i = 0; i < count; i++) builder.Append(new byte[bytes].AsSpan());
        return builder.Build();
    }

    public static RecordBatch Batch(params (string Name, IArrowArray Array)[] columns) => new(
        new Schema(columns.Select(column => new Field(column.Name, column.Array.Data.DataType, nullable: true)), null),
        columns.Select(column => column.Array), columns[0].Array.Length);

    /// <summary>A batch of the usual columns: each row is (episode, frame) and has the action (value, -value).</summary>
    public static RecordBatch Rows(params (long Episode, long Frame, float Value)[] rows) => Batch(
        ("action", Lists([.. rows.Select(row => (float[]?)[row.Value, -row.Value])])),
        ("episode_index", Longs([.. rows.Select(row => (long?)row.Episode)])),
        ("frame_index", Longs([.. rows.Select(row => (long?)row.Frame)])));

    public static byte[] Stream(params RecordBatch[] batches) => Stream(null, batches);

    public static byte[] Stream(CompressionCodecType? codec, params RecordBatch[] batches)
    {
        using var bytes = new MemoryStream();
        using (var writer = new ArrowStreamWriter(bytes, batches[0].Schema, leaveOpen: true, Options(codec))) Write(writer, batches);
        return bytes.ToArray();
    }

    public static byte[] File(params RecordBatch[] batches)
    {
        using var bytes = new MemoryStream();
        using (var writer = new ArrowFileWriter(bytes, batches[0].Schema, leaveOpen: true, Options(null))) Write(writer, batches);
        return bytes.ToArray();
    }

    private static IpcOptions Options(CompressionCodecType? codec) => codec is null
        ? new IpcOptions()
        : new IpcOptions { CompressionCodecFactory = new CompressionCodecFactory(), CompressionCodec = codec };

    private static void Write(ArrowStreamWriter writer, RecordBatch[] batches)
    {
        foreach (RecordBatch batch in batches) writer.WriteRecordBatch(batch);
        writer.WriteEnd();
    }
}
