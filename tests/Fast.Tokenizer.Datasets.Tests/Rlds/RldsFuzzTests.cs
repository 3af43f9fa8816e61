using System.Text;
using static Fast.Tokenizer.Datasets.Tests.Rlds.ExampleBytes;
using static Fast.Tokenizer.Datasets.Tests.Rlds.RldsFolder;

namespace Fast.Tokenizer.Datasets.Tests.Rlds;

/// <summary>Damaged data sets are refused or read; seeded, so that a failure repeats.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class RldsFuzzTests : IDisposable
{
    private const int Cases = 3000;
    private const long MemoryLimit = 4 << 20;
    private const string Shard = "d-train.tfrecord-00000-of-00001";

    private static readonly byte[][] _examples =
    [
        Example(("steps/action", Floats(1, 2, 3, 4)), ("steps/is_first", Integers(1, 0)),
            ("steps/observation/image", Bytes(new byte[300]))),
        Example(("steps/action", UnpackedFloats(1, 2)), ("steps/observation/state", Floats(1, 2, 3)),
            ("steps/is_first", UnpackedIntegers(1))),
    ];

    private static readonly string _features = Features(
        ("action", Tensor("float32", "2")), ("is_first", Tensor("bool")), ("observation/state", Tensor("float32", "3")));

    private static readonly string _info = Info(("train", [2]));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Damaged_files_are_refused_or_read()
    {
        var random = new Random(20261125);
        var fuzz = new FormatFuzz(new EpisodeDatasetOptions { Format = "rlds" }, MemoryLimit);
        for (int i = 0; i < Cases; i++)
        {
            // Every other is a sound file around a damaged example, which the checksum would hide otherwise.
            byte[] file = i % 2 == 0
                ? Records(FormatFuzz.Damage(_examples[random.Next(2)], random), FormatFuzz.Damage(_examples[random.Next(2)], random))
                : FormatFuzz.Damage(Records(_examples), random);
            await fuzz.Read(_folder.Write("x.tfrecord", file));
        }

        Assert.InRange(fuzz.Refused, Cases / 2, Cases);
    }

    [Fact]
    public async Task Damaged_descriptions_are_refused_or_read()
    {
        var random = new Random(20261126);
        var fuzz = new FormatFuzz(new EpisodeDatasetOptions(), MemoryLimit);
        _folder.Write(Shard, Records(_examples));
        for (int i = 0; i < Cases / 2; i++)
        {
            _folder.Write("features.json", i % 2 == 0 ? FormatFuzz.Damage(Encoding.UTF8.GetBytes(_features), random) : Encoding.UTF8.GetBytes(_features));
            _folder.Write(
                "dataset_info.json", i % 2 == 1 ? FormatFuzz.Damage(Encoding.UTF8.GetBytes(_info), random) : Encoding.UTF8.GetBytes(_info));
            await fuzz.Read(_folder.FullPath);
        }

        Assert.InRange(fuzz.Refused, Cases / 4, Cases / 2);
    }
}
