namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>LeRobot's <c>meta/episodes</c> of version 3.0, a Parquet file.</summary>
internal sealed class LeRobotEpisodeTable()
    : LeRobotTarget("lerobot-episode-table", "meta/episodes/chunk-000/file-000.parquet", isVersion3: true)
{
    public override int Cases => 1200;

    public override long UsualMemoryLimit(int length) => (16 << 20) + (2048L * length);
}
