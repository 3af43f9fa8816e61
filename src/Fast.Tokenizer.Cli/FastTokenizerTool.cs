using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Fast.Tokenizer.Cli.Commands;

namespace Fast.Tokenizer.Cli;

/// <summary>The <c>fast-tokenizer</c> tool.</summary>
internal static class FastTokenizerTool
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="console">Where to write.</param>
    /// <param name="cancellationToken">Stops the command; it then leaves nothing half-written.</param>
    /// <returns>The exit code, see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, ToolConsole console, CancellationToken cancellationToken = default)
    {
        try
        {
            RootCommand root = CreateRoot(console);
            if (CompletionRequest.Of(args) is { } request)
            {
                foreach (string answer in request.Answer(root)) console.Output.WriteLine(answer);
                return ExitCode.Done;
            }

            ParseResult parsed = root.Parse(args);
            ConfigFile? config = ConfigFile.Apply(args, parsed, out args);
            if (config is not null) parsed = root.Parse(args);
            if (parsed.Action is ParseErrorAction mistakes)
            {
                string place = config is not null && parsed.Errors.Any(config.IsOf) ? $"{config.Path}: " : "";
                WriteError(console, place + UsageMistake.Describe(parsed, mistakes));
                return ExitCode.WrongUsage;
            }

            var invocation = new InvocationConfiguration
            {
                Output = console.Output,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (Exception problem)
        {
            ErrorReport report = ErrorReport.Of(problem);
            WriteError(console, report.Message);
            if (Environment.GetEnvironmentVariable(ErrorReport.DebugVariable) == "1") console.Error.WriteLine(problem);
            return report.ExitCode;
        }
    }

    /// <summary>The commands.</summary>
    /// <param name="console">Where they write.</param>
    internal static RootCommand CreateRoot(ToolConsole console)
    {
        var root = new RootCommand("Turns chunks of robot actions into tokens and back (FAST, arXiv 2501.09747).")
        {
            new TrainCommand(console),
            new SweepCommand(console),
            new CountCommand(console),
            new MergeCommand(console),
            new TokenizeCommand(console),
            new EncodeCommand(console),
            new DecodeCommand(console),
            new EvaluateCommand(console),
            new VerifyCommand(console),
            new ReportCommand(console),
            new InspectCommand(console),
            new ConvertCommand(console),
            new CompletionCommand(console),
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static void WriteError(ToolConsole console, string message) => console.Error.WriteLine($"fast-tokenizer: error: {message}");
}
