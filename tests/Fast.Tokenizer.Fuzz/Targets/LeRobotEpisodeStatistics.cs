using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>LeRobot's <c>episodes_stats.jsonl</c>: statistics of each episode, put together.</summary>
internal sealed class LeRobotEpisodeStatistics() : FuzzTarget("lerobot-episode-statistics")
{
    private readonly Lazy<ScratchFolder> _folder = new(() => new());

    public override IReadOnlyList<string> Words { get; } =
        ["\"stats\"", "\"action\"", "\"count\": [9007199254740992]", "[[1], [2]]", "1e308"];

    public override IEnumerable<byte[]> Seeds() => [];

    public override void Run(ReadOnlySpan<byte> input) =>
        LeRobotStatistics.Read(_folder.Value.Write("episodes_stats.jsonl", input));
}
