using System.CommandLine;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>A command of the tool.</summary>
internal abstract class ToolCommand : Command
{
    /// <summary>Makes a command; a derived class adds its options.</summary>
    /// <param name="console">Where to write.</param>
    /// <param name="name">The word that selects it.</param>
    /// <param name="description">What it does.</param>
    protected ToolCommand(ToolConsole console, string name, string description)
        : base(name, description)
    {
        Console = console;
        SetAction(RunAsync);
    }

    /// <summary>Command lines for the help, without the program's name.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Where to write.</summary>
    protected ToolConsole Console { get; }

    /// <summary>Does what the command says.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellationToken">Stops the command.</param>
    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken);
}
