using System.Globalization;
using System.Text.RegularExpressions;

namespace Fast.Tokenizer.Cli;

/// <summary>What a shell's completion script asks for: <c>[suggest:POSITION] "fast-tokenizer train --al"</c>.</summary>
internal static partial class CompletionRequest
{
    /// <summary>Leaves the program, the command, the option before the cursor and the word under it.</summary>
    /// <remarks>The parser suggests nothing behind an option that takes any number of values, such as <c>--data</c>.</remarks>
    /// <param name="args">The arguments of the tool; others than a request come back as they are.</param>
    public static IReadOnlyList<string> Shorten(IReadOnlyList<string> args)
    {
        if (args is not [var directive, var line] || Directive().Match(directive) is not { Success: true } match) return args;

        bool hasPosition = int.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out int position);
        string before = hasPosition ? line[..Math.Min(position, line.Length)] : line;
        string[] words = before.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool isNewWord = before.EndsWith(' ');
        if (words.Length < (isNewWord ? 2 : 3)) return [$"[suggest:{before.Length}]", before];

        string word = isNewWord ? "" : words[^1], previous = isNewWord ? words[^1] : words[^2];
        string[] kept = previous.StartsWith('-') && !word.StartsWith('-') ? [words[0], words[1], previous, word] : [words[0], words[1], word];
        string text = string.Join(' ', kept);
        return [$"[suggest:{text.Length}]", text];
    }

    [GeneratedRegex(@"^\[suggest(?::(\d+))?\]$", RegexOptions.CultureInvariant)]
    private static partial Regex Directive();
}
