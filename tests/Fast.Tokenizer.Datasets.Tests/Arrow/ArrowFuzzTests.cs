using System.Buffers.Binary;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using static Fast.Tokenizer.Datasets.Tests.Arrow.ArrowBytes;

namespace Fast.Tokenizer.Datasets.Tests.Arrow;

/// <summary>Damaged data sets are refused or read, whatever Apache.Arrow makes of them; seeded, so that a failure repeats.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class ArrowFuzzTests : IDisposable
{
    private const int Cases = 3000;

    // A compressed buffer may claim 16 MiB before it is looked at, and the pool rounds up to a power of two.
    private const long MemoryLimit = 40 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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

    private static byte[][] Files() =>
    [
        ArrowBytes.Stream(Usual(), Usual()),
        ArrowBytes.Stream(CompressionCodecType.Lz4Frame, Usual()),
        ArrowBytes.Stream(CompressionCodecType.Zstd, Usual()),
        ArrowBytes.File(Usual()),
        ArrowBytes.Stream(Batch(("action", Pairs(1, 2, 3, 4)), ("episode_index", Longs(0, null)))),
    ];

    [Fact]
    public async Task Damaged_files_are_refused_or_read()
    {
        byte[][] files = Files();
        var random = new Random(20261127);
        var fuzz = new FormatFuzz(new EpisodeDatasetOptions { Format = "arrow" }, MemoryLimit);
        for (int i = 0; i < Cases; i++)
            await fuzz.Read(_folder.Write("x.arrow", FormatFuzz.Damage(files[random.Next(files.Length)], random)));
        Assert.InRange(fuzz.Refused, Cases / 4, Cases);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_length_and_offset_may_be_wrong(int index)
    {
        byte[] file = Files()[index];
        var fuzz = new FormatFuzz(new EpisodeDatasetOptions { Format = "arrow" }, MemoryLimit);
        // The schema, the batch's metadata, and of compressed data the sizes too.
        int start = file.AsSpan().StartsWith("ARROW1"u8) ? 8 : 0;
        int batch = start + 8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(start + 4));
        int body = batch + 8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(batch + 4));
        foreach (byte[] damaged in FormatFuzz.Overwritten(file, start, Math.Min(body + 400, file.Length)))
            await fuzz.Read(_folder.Write("x.arrow", damaged));
        Assert.InRange(fuzz.Refused, fuzz.Cases / 4, fuzz.Cases);
    }
}
