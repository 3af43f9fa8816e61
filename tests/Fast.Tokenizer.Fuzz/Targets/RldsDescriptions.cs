using static Fast.Tokenizer.Datasets.Tests.Rlds.ExampleBytes;
using static Fast.Tokenizer.Datasets.Tests.Rlds.RldsFolder;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>What TensorFlow Datasets writes beside the shards. The first byte says which file is the input, the other is sound.</summary>
internal sealed class RldsDescriptions() : RecordingTarget("rlds-description")
{
    private static readonly string _features = Features(
        ("action", Tensor("float32", "2")), ("is_first", Tensor("bool")), ("observation/image", Tensor("uint8", "30")));

    private static readonly string _info = Info(("train", [2]));

    public override IReadOnlyList<string> Words { get; } =
    [
        "\"featuresDict\"", "\"features\"", "\"tensor\"", "\"dimensions\"", "\"shardLengths\"", "\"splits\"", "{SHARD_X_OF_Y}",
        "{SHARD_INDEX}", "{NUM_SHARDS}", "\"filepathTemplate\"", "\"sequence\"",
    ];

    public override IEnumerable<byte[]> Seeds() => [[0, .. Utf8(_features)], [1, .. Utf8(_info)]];

    public override void Run(ReadOnlySpan<byte> input)
    {
        bool isInfo = !input.IsEmpty && (input[0] & 1) != 0;
        ReadOnlySpan<byte> rest = input.IsEmpty ? [] : input[1..];
        Folder.Write("d-train.tfrecord-00000-of-00001", Records(TfRecords.Examples));
        Folder.Write("features.json", isInfo ? Utf8(_features) : rest);
        Folder.Write("dataset_info.json", isInfo ? rest : Utf8(_info));
        Read(Folder.FullPath, format: null);
    }
}
