using System.CommandLine;
using System.CommandLine.Invocation;

namespace Fast.Tokenizer.Cli;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class UsageMistake
{
    /// <summary>Describes what the parser found.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="mistakes">The parser's own report, which knows the names nearest to a mistyped one.</param>
    public static string Describe(ParseResult parsed, ParseErrorAction mistakes)
    {
        string command = parsed.CommandResult.Command is RootCommand ? "" : $"{parsed.CommandResult.Command.Name} ";
        string help = $"see fast-tokenizer {command}--help";
        if (parsed.UnmatchedTokens is not [var unknown, ..])
            return $"{string.Join("; ", parsed.Errors.Select(error => InPlainWords(error.Message)).Distinct())}; {help}";

        string[] nearest = Nearest(parsed, mistakes, unknown);
        string kind = command.Length == 0 ? "command" : $"argument of {command.TrimEnd()}";
        string suggestion = nearest.Length == 0 ? "" : $"did you mean {string.Join(" or ", nearest)}? ";
        return $"'{unknown}' is no {kind}; {suggestion}{help}";
    }

    private static string InPlainWords(string message) => message
        .ReplaceLineEndings(" ")
        .TrimEnd('.')
        .Replace("System.Nullable`1[System.Int32]", "System.Int32", StringComparison.Ordinal)
        .Replace("System.Nullable`1[System.Double]", "System.Double", StringComparison.Ordinal)
        .Replace("as expected type 'System.Int32'", "as a whole number", StringComparison.Ordinal)
        .Replace("as expected type 'System.Int64'", "as a whole number", StringComparison.Ordinal)
        .Replace("as expected type 'System.Double'", "as a number", StringComparison.Ordinal);

    // The parser writes one paragraph per unknown word: a line that quotes the word, then one name on each line.
    private static string[] Nearest(ParseResult parsed, ParseErrorAction mistakes, string unknown)
    {
        (mistakes.ShowHelp, mistakes.ShowTypoCorrections) = (false, true);
        using var written = new StringWriter();
        parsed.Invoke(new InvocationConfiguration { Output = written, Error = TextWriter.Null, ProcessTerminationTimeout = null });
        return [.. written.ToString().ReplaceLineEndings("\n").Split('\n')
            .SkipWhile(line => !line.StartsWith($"'{unknown}'", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.Length > 0 && line[0] != '\'')
            // A short alias is near to anything.
            .Where(name => name.Length > 2)];
    }
}
