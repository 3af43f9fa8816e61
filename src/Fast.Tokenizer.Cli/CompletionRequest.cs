using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Fast.Tokenizer.Cli;

/// <summary>What a shell's completion script asks: <c>[suggest:POSITION] "fast-tokenizer train --al"</c>.</summary>
/// <param name="Text">The command, the option before the cursor and the word under it, without the program.</param>
internal sealed partial record CompletionRequest(string Text)
{
    // Pressing a key must not read the file that @FILE names.
    private static readonly ParserConfiguration _configuration = new() { ResponseFileTokenReplacer = null };

    /// <summary>Reads a request; null where the arguments are none.</summary>
    /// <remarks>
    /// Words between the command and the option before the cursor are left out: the parser suggests nothing behind an option that takes any
    /// number of values, such as <c>--data</c>.
    /// </remarks>
    /// <param name="args">The arguments of the tool.</param>
    public static CompletionRequest? Of(IReadOnlyList<string> args)
    {
        if (args is not [var directive, var line] || Directive().Match(directive) is not { Success: true } match) return null;

        bool hasPosition = int.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out int position);
        string before = hasPosition ? line[..Math.Min(position, line.Length)] : line;
        string[] words = [.. before.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        if (before.EndsWith(' ') || words.Length == 0) words = [.. words, ""];
        if (words.Length <= 2) return new(string.Join(' ', words));

        (string command, string previous, string word) = (words[0], words[^2], words[^1]);
        return new(previous.StartsWith('-') && !word.StartsWith('-') ? $"{command} {previous} {word}" : $"{command} {word}");
    }

    /// <summary>What can stand where the cursor is.</summary>
    public IEnumerable<string> Answer(RootCommand root) => Completions(root.Parse(Text, _configuration))
        .Select(completion => completion.InsertText ?? completion.Label)
        // The parser also finds the word in the middle of an answer. Short forms of --help are no help.
        .Where(text => text.StartsWith(Text[(Text.LastIndexOf(' ') + 1)..], StringComparison.Ordinal))
        .Where(text => text is not ("-?" or "-h" or "/?" or "/h"))
        .Distinct();

    private CompletionItem[] Completions(ParseResult parsed)
    {
        try
        {
            return [.. parsed.GetCompletions(Text.Length)];
        }
        catch (InvalidOperationException)
        {
            // System.CommandLine looks for an option's own word, which is not there where a text as --a=x or -ax gave it.
            return [];
        }
    }

    [GeneratedRegex(@"^\[suggest(?::(\d+))?\]$", RegexOptions.CultureInvariant)]
    private static partial Regex Directive();
}
