namespace Fast.Tokenizer.Cli;

/// <summary>Dimensions with something about each, as they are written on the command line: <c>3:5=360,wrist</c>.</summary>
internal static class ValuedDimensions
{
    /// <summary>Reads dimensions as in <see cref="DimensionList"/>. One without a value has that of the next one that has one.</summary>
    /// <param name="text">The dimensions, each with <c>=value</c> or not.</param>
    /// <param name="names">Names of the recorded dimensions; null where the recording has none.</param>
    /// <param name="option">The option, for messages.</param>
    /// <returns>The values as they are written, null for the last dimensions where they have none.</returns>
    /// <exception cref="ArgumentException">A dimension is not known, or named twice.</exception>
    public static SortedDictionary<int, string?> Parse(string text, IReadOnlyList<string>? names, string option)
    {
        var values = new SortedDictionary<int, string?>();
        string? next = null;
        foreach (string entry in text.Split(',', StringSplitOptions.TrimEntries).Reverse())
        {
            int at = entry.LastIndexOf('=');
            if (at >= 0) next = entry[(at + 1)..].TrimStart();
            foreach (int dimension in DimensionList.Parse(at < 0 ? entry : entry[..at].TrimEnd(), names, option))
            {
                if (!values.TryAdd(dimension, next))
                    throw new ArgumentException($"{option} {text} names dimension {dimension} twice: name each once");
            }
        }

        return values;
    }
}
