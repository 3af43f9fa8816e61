namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>LeRobot's <c>meta/episodes.jsonl</c>.</summary>
internal sealed class LeRobotEpisodeLines() : LeRobotTarget("lerobot-episodes", "meta/episodes.jsonl", isVersion3: false)
{
    public override int Cases => 1200;

    public override IReadOnlyList<string> Words { get; } = ["\"episode_index\"", "\"length\"", "\"tasks\"", "}\n{"];
}
