using System.CommandLine;
using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>evaluate</c>: the fidelity report of a tokenizer on recorded episodes.</summary>
internal sealed class EvaluateCommand : ToolCommand
{
    private readonly EvaluationOptions _evaluation = new(withBounds: true);
    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public EvaluateCommand(ToolConsole console)
        : base(console, "evaluate", "Encodes and decodes every chunk of recorded episodes; reports errors and token counts.")
    {
        _evaluation.AddTo(this);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "evaluate --tokenizer my-tokenizer --data episodes.npz",
        "evaluate --tokenizer my-tokenizer --data episodes.npz --json > report.json",
        "evaluate --tokenizer my-tokenizer --data episodes.npz --mode rate-distortion --lambda 0.7",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        FidelityReport report = await _evaluation.RunAsync(parsed, Console, cancellationToken);
        if (parsed.GetValue(_json)) Console.Output.WriteLine(_evaluation.Bad.AddTo(report.ToJson(indented: true)));
        else FidelityTables.Write(Console.Tables, report);
        return ExitCode.Done;
    }
}
