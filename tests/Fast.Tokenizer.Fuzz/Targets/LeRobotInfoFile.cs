namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>LeRobot's <c>meta/info.json</c>.</summary>
internal sealed class LeRobotInfoFile() : LeRobotTarget("lerobot-info", "meta/info.json", isVersion3: false)
{
    public override int Cases => 1200;

    public override IReadOnlyList<string> Words { get; } =
    [
        "{episode_index}", "{episode_index:06d}", "{episode_index:999999999d}", "{{", "}}", "\"v3.0\"", "\"v2.0\"", "\"shape\": [2]",
        "\"names\"",
    ];
}
