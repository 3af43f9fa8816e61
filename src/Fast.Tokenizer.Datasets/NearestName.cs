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
        Of(name, known) is { } nearest ? $" (did you mean '{nearest}'?)" : "";

    // Levenshtein's distance, a row at a time.
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
