using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>openpi's <c>norm_stats.json</c>.</summary>
internal sealed class OpenPiStatisticsFile() : FuzzTarget("openpi-statistics")
{
    private readonly Lazy<ScratchFolder> _folder = new(() => new());

    public override IReadOnlyList<string> Words { get; } =
        ["\"norm_stats\"", "\"actions\"", "\"q01\"", "\"std\"", "[[1], [2]]", "NaN", "-Infinity"];

    public override IEnumerable<byte[]> Seeds() => [SampleFolders.File("norm_stats.json")];

    public override void Run(ReadOnlySpan<byte> input) =>
        OpenPiStatistics.ReadNormalizer(_folder.Value.Write("norm_stats.json", input), dimensions: 2);
}
