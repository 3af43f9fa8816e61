namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A text table.</summary>
internal sealed class CsvTables() : RecordingTarget("csv")
{
    public override int Cases => 5000;

    public override IReadOnlyList<string> Words { get; } =
        ["\"", "\"\"", ",", ";", "\t", "\n", "\r", "1e400", "episode", "frame_index", "action.", "\u2028", "-", ",,,,,,,,"];

    public override IEnumerable<byte[]> Seeds() => [];

    public override void Run(ReadOnlySpan<byte> input) => Read(Folder.Write("x.csv", input), "csv");
}
