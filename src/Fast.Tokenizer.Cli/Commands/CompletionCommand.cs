using System.CommandLine;
using Fast.Tokenizer.Datasets;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>completion</c>: a script that lets a shell complete commands, options and values.</summary>
internal sealed class CompletionCommand : ToolCommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = string.Join(", ", CompletionScript.Shells) };

    /// <summary>Makes the command.</summary>
    public CompletionCommand(ToolConsole console)
        : base(console, "completion", "Prints a script that lets a shell complete commands, options and values.")
    {
        _shell.CompletionSources.Add(CompletionScript.Shells);
        _shell.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var shell }] || CompletionScript.Shells.Contains(shell)) return;
            result.AddError($"there is no script for '{shell}': give {string.Join(", ", CompletionScript.Shells)}"
                + NearestName.Guess(shell, CompletionScript.Shells));
        });
        Add(_shell);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["completion bash >> ~/.bashrc"];

    /// <inheritdoc/>
    protected override Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Console.Output.Write($"{CompletionScript.For(parsed.GetRequiredValue(_shell))}\n");
        return Task.FromResult(ExitCode.Done);
    }
}
