using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>merge</c>: counted parts to one.</summary>
internal sealed class MergeCommand : ToolCommand
{
    private readonly Argument<string[]> _parts = new("PART")
    {
        Description = "Parts of one pass, which count wrote, or merge.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _output = CommonOption.PartOutput();
    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public MergeCommand(ToolConsole console)
        : base(
            console,
            "merge",
            "Merges parts that count wrote, statistics or coefficients. The order does not matter, nor does merging in groups: the same "
            + "shards give the same bytes. A shard that is there twice is refused.")
    {
        Add(_parts);
        Add(_output);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "merge a.statistics b.statistics --output all.statistics",
        "merge a.counts b.counts --output all.counts",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        string output = parsed.GetRequiredValue(_output);
        OutputPath.RequireFile(output, _output.Name);
        CorpusPart[] parts = Array.ConvertAll(parsed.GetRequiredValue(_parts), CorpusPart.Open);
        CorpusPart merged = await ProgressView.RunAsync(
            Console, progress => CorpusPart.MergeAsync(parts, output, progress, cancellationToken));
        PartSummary summary = PartSummary.Of(merged, Stopwatch.GetElapsedTime(start));
        if (parsed.GetValue(_json)) Console.Output.WriteLine(JsonSerializer.Serialize(summary, ToolJson.Indented.PartSummary));
        else summary.Write(Console);
        return ExitCode.Done;
    }
}
