using static Fast.Tokenizer.Datasets.Tests.Arrow.ArrowBytes;
using ArrowBytes = Fast.Tokenizer.Datasets.Tests.Arrow.ArrowBytes;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>What <c>datasets</c> saves beside the data. The first byte says which file is the input, the other is sound.</summary>
internal sealed class ArrowDescriptions() : RecordingTarget("arrow-description")
{
    private const string State = """{"_data_files": [{"filename": "data-00000-of-00001.arrow"}], "_fingerprint": "0", "_split": null}""";
    private const string Info = """
        {"features": {"action": {"feature": {"dtype": "float32"}, "names": {"motors": ["x", "y"]}}}, "fps": 20}
        """;

    private readonly Lazy<byte[]> _data = new(() => ArrowBytes.Stream(Rows((0, 0, 1), (0, 1, 2), (1, 0, 3))));

    public override IReadOnlyList<string> Words { get; } =
        ["\"_data_files\"", "\"filename\"", "\"_indices_files\"", "\"fps\"", "\"names\"", "\"features\"", "data-00000-of-00001.arrow"];

    public override IEnumerable<byte[]> Seeds() => [[0, .. Utf8(State)], [1, .. Utf8(Info)]];

    public override void Run(ReadOnlySpan<byte> input)
    {
        bool isInfo = !input.IsEmpty && (input[0] & 1) != 0;
        ReadOnlySpan<byte> rest = input.IsEmpty ? [] : input[1..];
        Folder.Write("data-00000-of-00001.arrow", _data.Value);
        Folder.Write("state.json", isInfo ? Utf8(State) : rest);
        Folder.Write("dataset_info.json", isInfo ? rest : Utf8(Info));
        Read(Folder.FullPath, "arrow");
    }
}
