using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>LeRobot's <c>stats.json</c>.</summary>
internal sealed class LeRobotStatisticsFile() : FuzzTarget("lerobot-statistics")
{
    private readonly Lazy<ScratchFolder> _folder = new(() => new());

    public override IReadOnlyList<string> Words { get; } =
        ["\"action\"", "\"count\"", "\"min\"", "\"std\"", "[[1], [2]]", "NaN", "\"q99\""];

    public override IEnumerable<byte[]> Seeds() => [SampleFolders.File("stats.json")];

    public override void Run(ReadOnlySpan<byte> input) => LeRobotStatistics.ReadNormalizer(_folder.Value.Write("stats.json", input));
}
