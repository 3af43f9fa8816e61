using System.Globalization;
using Fast.Tokenizer.Datasets;

namespace Fast.Tokenizer.Cli;

/// <summary>Action dimensions as they are written on the command line: <c>0:6,7</c> or <c>x,y,gripper</c>.</summary>
internal static class DimensionList
{
    /// <summary>Reads a list of dimensions.</summary>
    /// <param name="text">Indices, slices with an exclusive end as in Python, and names, separated by commas.</param>
    /// <param name="names">Names of the recorded dimensions; null where the recording has none.</param>
    /// <param name="option">The option, for messages.</param>
    /// <returns>Indices in the order given.</returns>
    /// <exception cref="ArgumentException">An entry is no index, slice or known name, or a dimension is named twice.</exception>
    public static IReadOnlyList<int> Parse(string text, IReadOnlyList<string>? names, string option)
    {
        var dimensions = new List<int>();
        var seen = new HashSet<int>();
        foreach (string entry in text.Split(',', StringSplitOptions.TrimEntries))
        {
            foreach (int dimension in Entry(entry, names, option))
            {
                if (!seen.Add(dimension)) throw new ArgumentException($"{option} {text} names dimension {dimension} twice: name each once");
                dimensions.Add(dimension);
            }
        }

        return dimensions;
    }

    /// <summary>Refuses a dimension that is not among the encoded ones.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void RequireEncoded(int dimension, IReadOnlyList<int> encoded, string where)
    {
        if (!encoded.Contains(dimension))
            throw new ArgumentException($"{where}: {dimension} is not encoded; only {string.Join(',', encoded)}");
    }

    private static IEnumerable<int> Entry(string entry, IReadOnlyList<string>? names, string option)
    {
        if (TryIndex(entry, out int index)) return [index];
        if (entry.Split(':') is [var first, var last]
            && (TryIndex(first, out int start) || first.Length == 0)
            && TryIndex(last, out int end))
        {
            return start < end && end <= ActionShape.MaxCount
                ? Enumerable.Range(start, end - start)
                : throw new ArgumentException($"{option}: the slice {entry} is empty or too long; its end is exclusive, 0:6 is 0 to 5");
        }

        for (int i = 0; i < names?.Count; i++)
        {
            if (names[i] == entry) return [i];
        }

        string known = names is null ? "the recording does not name its dimensions" : $"the recording has {string.Join(", ", names)}";
        string nearest = NearestName.Of(entry, names ?? []) is { } near ? $"; did you mean '{near}'?" : "";
        throw new ArgumentException($"{option}: '{entry}' is no dimension; give indices such as 0:6,7 or names ({known}){nearest}");
    }

    private static bool TryIndex(string text, out int index) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
