using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets;

/// <summary>What somebody probably meant who wrote a name that there is not.</summary>
internal static class NearestName
{
    // Beyond a third of its letters a name is another name.
    private const int LettersPerMistake = 3;

    /// <summary>The known name with the fewest letters to change, or null where none is near.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        string? nearest = null;
        int least = (Math.Max(name.Length, 3) / LettersPerMistake) + 1;
        foreach (string candidate in known)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < least) (least, nearest) = (distance, candidate);
        }

        return nearest;
    }

    /// <summary>What to put behind a name that there is not: <c> (did you mean 'it'?)</c>, or nothing where none is near.</summary>
    public static string Guess(string name, IEnumerable<string> known) =>
        Of(name, known) is { } nearest ? $" (did you mean '{ForeignText.Shown(nearest)}'?)" : "";

    // Levenshtein's distance, a row at a time; two neighbours that changed places are one mistake.
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)], above = new int[row.Length], below = new int[row.Length];
        for (int i = 1; i <= from.Length; i++)
        {
            below[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int substituted = row[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                below[j] = Math.Min(substituted, Math.Min(row[j], below[j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) below[j] = Math.Min(below[j], above[j - 2] + 1);
            }

            (above, row, below) = (row, below, above);
        }

        return row[to.Length];
    }
}
