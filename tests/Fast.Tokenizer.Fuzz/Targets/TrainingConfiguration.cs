using System.CommandLine;
using Fast.Tokenizer.Cli;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A <c>train.json</c> that <c>--config</c> names. The command is parsed, not run.</summary>
internal sealed class TrainingConfiguration() : FuzzTarget("training-configuration")
{
    private readonly Lazy<ScratchFolder> _folder = new(() => new());
    private readonly Lazy<RootCommand> _root = new(() => FastTokenizerTool.CreateRoot(new ToolConsole(TextWriter.Null, TextWriter.Null)));

    public override IReadOnlyList<string> Words { get; } =
    [
        "\"horizon\"", "\"1s\"", "\"data\"", "\"vocab_size\"", "\"vocab-size\"", "\"scale\"", "\"dims\"", "\"0-3\"", "\"weights\"",
        "\"holdout\"", "\"alphabet\"", "\"byte-level\"", "\"normalization\"", "\"seed\"", "\"stride\"", "\"rate\"", "\"--help\"", "\"@x\"",
        "// x", "/* x */",
    ];

    public override IEnumerable<byte[]> Seeds() => [];

    public override void Run(ReadOnlySpan<byte> input)
    {
        try
        {
            Parse(["train", "--output", "out", "--config", _folder.Value.Write("train.json", input)]);
        }
        catch (Exception problem) when (problem is ArgumentException or IOException)
        {
            // What the user is told.
            throw new InvalidDataException(ErrorReport.Of(problem).Message, problem);
        }
    }

    private void Parse(string[] args)
    {
        _ = ConfigFile.Apply(args, _root.Value.Parse(args), out IReadOnlyList<string> extended);
        ParseResult parsed = _root.Value.Parse(extended);
        if (parsed.Errors.Count > 0) throw new ArgumentException(parsed.Errors[0].Message);
        if (ConfigFile.Resolved(parsed).Length == 0) throw new FuzzFailure("nothing is said");
    }
}
