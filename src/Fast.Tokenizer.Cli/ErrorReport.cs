using System.Text.RegularExpressions;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Cli;

/// <summary>An error as the user sees it: one line, and the exit code.</summary>
/// <param name="ExitCode">See <see cref="Cli.ExitCode"/>.</param>
/// <param name="Message">One line.</param>
internal sealed partial record ErrorReport(int ExitCode, string Message)
{
    /// <summary>Set to 1 to see stack traces.</summary>
    public const string DebugVariable = "FAST_TOKENIZER_DEBUG";

    /// <summary>What to say about an exception.</summary>
    /// <remarks>
    /// An <see cref="ArgumentException"/> is an option that does not fit; commands turn those that data causes into
    /// <see cref="InvalidDataException"/>.
    /// </remarks>
    public static ErrorReport Of(Exception problem) => problem switch
    {
        OperationCanceledException => new(Cli.ExitCode.Interrupted, "stopped before it was done"),
        // The runtime's own words, which give no remedy.
        FileNotFoundException { FileName: { } file } missing when missing.Message.StartsWith("Could not find file", StringComparison.Ordinal) =>
            new(Cli.ExitCode.InvalidData, $"no such file: {file}"),
        ArgumentException argument => new(Cli.ExitCode.WrongUsage, MessageOf(argument)),
        IOException or InvalidDataException or UnauthorizedAccessException or ErrorBoundException =>
            new(Cli.ExitCode.InvalidData, MessageOf(problem)),
        _ => new(Cli.ExitCode.InvalidData, $"{MessageOf(problem)} ({problem.GetType().Name}; {DebugVariable}=1 shows where)"),
    };

    /// <summary>The message of an exception in one line, without the parameter names that .NET appends.</summary>
    public static string MessageOf(Exception problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return ForeignText.OneLine(ParameterName().Replace(problem.Message, "").ReplaceLineEndings(" "));
    }

    [GeneratedRegex(@" \(Parameter '[^']+'\)")]
    private static partial Regex ParameterName();
}
