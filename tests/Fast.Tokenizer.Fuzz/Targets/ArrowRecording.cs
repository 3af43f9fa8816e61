using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using static Fast.Tokenizer.Datasets.Tests.Arrow.ArrowBytes;
using ArrowBytes = Fast.Tokenizer.Datasets.Tests.Arrow.ArrowBytes;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>An Arrow stream or file, plain and compressed.</summary>
internal sealed class ArrowRecording() : RecordingTarget("arrow")
{
    public override IReadOnlyList<string> Words { get; } = ["action", "episode_index", "frame_index", "ARROW1"];

    // A compressed buffer may claim 16 MiB before it is looked at, and the pool rounds up to a power of two.
    public override long UsualMemoryLimit(int length) => 40 << 20;

    // The first three are overwritten word by word.
    public override IEnumerable<byte[]> Seeds() =>
    [
        ArrowBytes.Stream(Usual()),
        ArrowBytes.Stream(CompressionCodecType.Zstd, Usual()),
        ArrowBytes.File(Usual()),
        ArrowBytes.Stream(CompressionCodecType.Lz4Frame, Usual(), Usual()),
        ArrowBytes.Stream(Batch(("action", Pairs(1, 2, 3, 4)), ("episode_index", Longs(0, null)))),
        ArrowBytes.Stream(Batch(("action", Pairs(1, 2, 3, 4)), ("episode_index", Longs(0, 1)))),
    ];

    public override void Run(ReadOnlySpan<byte> input) => Read(Folder.Write("x.arrow", input), "arrow");

    // Nested and described fields, so that all of the metadata is there to be damaged.
    private static RecordBatch Usual()
    {
        var picture = new StructType([new Field("bytes", BinaryType.Default, true), new Field("path", StringType.Default, true)]);
        RecordBatch rows = Rows((0, 0, 1), (0, 1, 2), (1, 0, 3));
        var schema = new Schema(
            [
                .. rows.Schema.FieldsList,
                new Field("picture", picture, true),
                new Field("time", new TimestampType(TimeUnit.Second, "UTC"), true, [new("unit", "s")]),
            ],
            new Dictionary<string, string> { ["huggingface"] = """{"info": {}}""" });
        var paths = new StringArray.Builder().Append("a").Append("b").Append("c").Build();
        var pictures = new StructArray(picture, 3, [Images(3, 5), paths], ArrowBuffer.Empty);
        TimestampArray time = new TimestampArray.Builder((TimestampType)schema.GetFieldByName("time").DataType)
            .Append(DateTimeOffset.UnixEpoch).Append(DateTimeOffset.UnixEpoch).Append(DateTimeOffset.UnixEpoch).Build();
        return new RecordBatch(schema, [.. rows.Arrays, pictures, time], 3);
    }
}
