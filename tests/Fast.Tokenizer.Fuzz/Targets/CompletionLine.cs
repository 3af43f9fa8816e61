using System.CommandLine;
using Fast.Tokenizer.Cli;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>What a shell asks: the directive, a line feed, and the command line.</summary>
internal sealed class CompletionLine() : FuzzTarget("completion-line")
{
    private readonly Lazy<RootCommand> _root = new(() => FastTokenizerTool.CreateRoot(new ToolConsole(TextWriter.Null, TextWriter.Null)));

    public override double LeastRefused => 0;

    public override IReadOnlyList<string> Words { get; } =
    [
        "[suggest:5]", "[suggest]", "[suggest:99999999999]", "--data", "--alphabet ", "--", "-", " ", "'", "@file", "train", "completion",
        "[diagram]", "=", ":",
    ];

    public override IEnumerable<byte[]> Seeds() => [];

    public override void Run(ReadOnlySpan<byte> input)
    {
        string[] args = System.Text.Encoding.UTF8.GetString(input).Split('\n', 2);
        foreach (string answer in CompletionRequest.Of(args)?.Answer(_root.Value) ?? [])
            if (answer.Length == 0) throw new FuzzFailure("an empty answer");
    }
}
