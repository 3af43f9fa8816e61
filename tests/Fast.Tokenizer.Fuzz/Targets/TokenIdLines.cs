using Fast.Tokenizer.Cli;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>Token ids as JSON lines, as <c>encode</c> and <c>tokenize</c> write them.</summary>
internal sealed class TokenIdLines() : FuzzTarget("token-id-lines")
{
    private readonly Lazy<ScratchFolder> _folder = new(() => new());

    public override int Cases => 8000;

    public override IReadOnlyList<string> Words { get; } = ["\"ids\"", "[1,2]", "-2147483648", "1.0", "1e3"];

    public override IEnumerable<byte[]> Seeds() => [];

    public override void Run(ReadOnlySpan<byte> input)
    {
        foreach ((int line, int[] tokens) in TokenLines.Read(_folder.Value.Write("ids.jsonl", input)))
            if (line < 1 || tokens.Length > input.Length) throw new FuzzFailure($"{tokens.Length} ids in line {line}");
    }
}
