using System.Text;
using Spectre.Console;

namespace Fast.Tokenizer.Cli;

/// <summary>Where the tool writes: results to one side, everything else to the other.</summary>
internal sealed class ToolConsole : IDisposable
{
    // Tables grow to their content in a pipe; a reader with a terminal wants them wrapped to its width instead.
    private const int PipeWidth = 1000;

    /// <summary>A console over two writers, as in a pipe: no colour, no progress bar.</summary>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives errors and notes.</param>
    public ToolConsole(TextWriter output, TextWriter error)
        : this(output, error, ToPipe(output), progress: null)
    {
    }

    private ToolConsole(TextWriter output, TextWriter error, IAnsiConsole tables, IAnsiConsole? progress)
    {
        Output = output;
        Error = error;
        Tables = tables;
        Progress = progress;
    }

    /// <summary>Receives results.</summary>
    public TextWriter Output { get; }

    /// <summary>Receives errors and notes.</summary>
    public TextWriter Error { get; }

    /// <summary>Writes tables to <see cref="Output"/>.</summary>
    public IAnsiConsole Tables { get; }

    /// <summary>Draws progress bars beside <see cref="Error"/>; null where that is no terminal.</summary>
    public IAnsiConsole? Progress { get; }

    /// <summary>The console of this process.</summary>
    public static ToolConsole OfProcess()
    {
        // The console's own writer flushes every write, which thousands of token lines would wait for.
        TextWriter output = Console.IsOutputRedirected
            ? new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 65536)
            : Console.Out;
        IAnsiConsole tables = Console.IsOutputRedirected ? ToPipe(output) : ToTerminal(output);
        return new ToolConsole(output, Console.Error, tables, Console.IsErrorRedirected ? null : ToTerminal(Console.Error));
    }

    /// <summary>Tells the user something that is no result.</summary>
    public void Note(string text) => Error.WriteLine($"fast-tokenizer: {text}");

    /// <inheritdoc/>
    public void Dispose() => Output.Flush();

    // Spectre's own detection looks at standard output, also for a console on standard error. A dumb terminal still gets plain lines.
    private static IAnsiConsole ToTerminal(TextWriter writer)
    {
        bool isKnown = !OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isKnown ? AnsiSupport.Yes : AnsiSupport.Detect,
            Interactive = isKnown ? InteractionSupport.Yes : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
    }

    private static IAnsiConsole ToPipe(TextWriter writer)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = PipeWidth;
        return console;
    }
}
