namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>The JSON file beside a table or an archive: rate and dimension names.</summary>
internal sealed class RecordingDescriptionFile() : RecordingTarget("recording-description")
{
    public override IReadOnlyList<string> Words { get; } = ["\"hz\"", "\"dim_names\"", "[\"a\", \"b\"]", "1e-320"];

    public override IEnumerable<byte[]> Seeds() => [Utf8("""{"hz": 20.5, "dim_names": ["a", "b"], "source": {"url": "x"}}""")];

    public override void Run(ReadOnlySpan<byte> input)
    {
        string table = Folder.Write("x.csv", "episode,action.x,action.y\n0,1,2\n0,3,4\n"u8);
        Folder.Write("x.json", input);
        Read(table, format: null);
    }
}
