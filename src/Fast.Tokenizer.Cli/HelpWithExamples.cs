using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Fast.Tokenizer.Cli.Commands;

namespace Fast.Tokenizer.Cli;

/// <summary>The parser's help, followed by a command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ToolCommand command) return code;

        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in command.Examples) output.WriteLine($"  fast-tokenizer {example}");
        output.WriteLine();
        return code;
    }
}
