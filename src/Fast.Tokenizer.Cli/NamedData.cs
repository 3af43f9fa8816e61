namespace Fast.Tokenizer.Cli;

/// <summary>One of several data sets as they are written on the command line: <c>aloha=day1.npz,day2.npz</c>.</summary>
/// <remarks>
/// What is there as a file or folder, or has anything but letters, digits, <c>_</c>, <c>-</c> and <c>.</c> before its first <c>=</c>, is
/// a path and no name: <c>./a=b.npz</c> is a path whether it is there or not. What stands behind the first <c>=</c> is divided at commas,
/// unless it is there as it stands.
/// </remarks>
/// <param name="Name">What the data set is called in the tokenizer.</param>
/// <param name="Paths">Files, folders and patterns, at least one.</param>
internal sealed record NamedData(string Name, IReadOnlyList<string> Paths)
{
    /// <summary>Reads the data sets.</summary>
    /// <param name="values">The values of the option.</param>
    /// <param name="option">The option, for messages.</param>
    /// <returns>The data sets in the order given; none where the values are all paths of one data set without a name.</returns>
    /// <exception cref="ArgumentException">A name is used twice, has no path, or stands beside a path without a name.</exception>
    public static IReadOnlyList<NamedData> Parse(IReadOnlyList<string> values, string option)
    {
        var sets = new List<NamedData>();
        string? unnamed = null;
        foreach (string value in values)
        {
            if (NameOf(value) is not { } name)
            {
                unnamed ??= value;
                continue;
            }

            string rest = value[(name.Length + 1)..];
            string[] paths = Path.Exists(rest) ? [rest] : rest.Split(',');
            if (paths.Contains(""))
                throw new ArgumentException($"{option} {value}: a path is missing; give {name}=PATH or {name}=PATH,PATH");
            if (sets.Any(set => set.Name == name))
                throw new ArgumentException($"{option} names '{name}' twice: give all its paths at once, {name}=PATH,PATH");
            sets.Add(new NamedData(name, paths));
        }

        return unnamed is null || sets.Count == 0
            ? sets
            : throw new ArgumentException(
                $"{option} {unnamed} has no name, but '{sets[0].Name}' has: name each data set (NAME=PATH), or none and train on one");
    }

    /// <summary>The name in a value of the option; null where it is a path.</summary>
    public static string? NameOf(string value)
    {
        int end = value.IndexOf('=', StringComparison.Ordinal);
        return end < 0 || Path.Exists(value) || !IsName(value.AsSpan(0, end)) ? null : value[..end];
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (char character in text)
        {
            if (!char.IsLetterOrDigit(character) && character is not ('_' or '-' or '.')) return false;
        }

        return !text.IsEmpty;
    }
}
