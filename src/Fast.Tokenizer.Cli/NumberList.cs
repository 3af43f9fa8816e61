using System.Globalization;
using System.Numerics;

namespace Fast.Tokenizer.Cli;

/// <summary>Numbers as they are written on the command line: <c>8,10,14.5</c>.</summary>
internal static class NumberList
{
    /// <summary>Reads a list of numbers.</summary>
    /// <param name="text">Numbers, separated by commas.</param>
    /// <param name="option">The option, for messages.</param>
    /// <param name="isValid">Which numbers are meant.</param>
    /// <param name="what">What an entry is, and what to give, for messages: <c>scale; give numbers above 0</c>.</param>
    /// <exception cref="ArgumentException">An entry is no such number; the message names it.</exception>
    public static T[] Parse<T>(string text, string option, Func<T, bool> isValid, string what)
        where T : struct, INumber<T>
    {
        string[] entries = text.Split(',', StringSplitOptions.TrimEntries);
        return [.. entries.Select(entry =>
            T.TryParse(entry, NumberStyles.Float, CultureInfo.InvariantCulture, out T number) && T.IsFinite(number) && isValid(number)
                ? number
                : throw new ArgumentException($"{option} {text}: '{entry}' is no {what}"))];
    }
}
