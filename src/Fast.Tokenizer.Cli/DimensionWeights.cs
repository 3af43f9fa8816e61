using System.Globalization;

namespace Fast.Tokenizer.Cli;

/// <summary>Weights of action dimensions as they are written on the command line: <c>1,1,0.5</c> or <c>gripper=0.5,0:3=2</c>.</summary>
internal static class DimensionWeights
{
    /// <summary>Reads weights.</summary>
    /// <param name="text">One number per encoded dimension, or dimensions as in <see cref="DimensionList"/>, each with its weight; others
    /// weigh 1.</param>
    /// <param name="encoded">The encoded dimensions, by recorded index.</param>
    /// <param name="names">Names of the recorded dimensions; null where the recording has none.</param>
    /// <param name="option">The option, for messages.</param>
    /// <returns>A weight per encoded dimension, in their order.</returns>
    /// <exception cref="ArgumentException">The text is neither, a weight is not a positive number, or a dimension is not encoded or named
    /// twice.</exception>
    public static double[] Parse(string text, IReadOnlyList<int> encoded, IReadOnlyList<string>? names, string option)
    {
        string[] entries = text.Split(',', StringSplitOptions.TrimEntries);
        if (!text.Contains('='))
        {
            return entries.Length == encoded.Count
                ? [.. entries.Select(Weight)]
                : throw new ArgumentException(
                    $"{option} {text}: {entries.Length} weights for {encoded.Count} dimensions; give one each, or by name (gripper=0.5)");
        }

        var weights = new Dictionary<int, double>();
        foreach (string entry in entries)
        {
            int at = entry.LastIndexOf('=');
            if (at < 0)
            {
                throw new ArgumentException(
                    $"{option} {text}: '{entry}' has no weight; give name=weight for each, or numbers alone");
            }

            double weight = Weight(entry[(at + 1)..].TrimStart());
            foreach (int dimension in DimensionList.Parse(entry[..at].TrimEnd(), names, option))
            {
                DimensionList.RequireEncoded(dimension, encoded, $"{option} {text}");
                if (!weights.TryAdd(dimension, weight))
                    throw new ArgumentException($"{option} {text} names dimension {dimension} twice: name each once");
            }
        }

        return [.. encoded.Select(dimension => weights.GetValueOrDefault(dimension, 1))];

        double Weight(string number) =>
            double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight)
            && weight > 0 && double.IsFinite(weight)
                ? weight
                : throw new ArgumentException(
                    $"{option} {text}: '{number}' is no weight; give a number above 0, 1 for the resolution of the others");
    }
}
