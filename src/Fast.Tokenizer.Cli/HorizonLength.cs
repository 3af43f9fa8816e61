using System.Globalization;

namespace Fast.Tokenizer.Cli;

/// <summary>The length of a chunk as it is written on the command line: <c>50</c> steps, or <c>1s</c>, <c>0.5s</c>.</summary>
/// <param name="Steps">Time steps; null where seconds were given.</param>
/// <param name="Seconds">Seconds; null where steps were given.</param>
internal readonly record struct HorizonLength(int? Steps, double? Seconds)
{
    /// <summary>Reads a length.</summary>
    /// <exception cref="FormatException">The text is neither a positive whole number nor a positive number with <c>s</c>.</exception>
    public static HorizonLength Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int steps) && steps >= 1) return new(steps, null);
        if (text.EndsWith('s')
            && double.TryParse(text.AsSpan(..^1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds > 0
            && double.IsFinite(seconds))
        {
            return new(null, seconds);
        }

        throw new FormatException($"--horizon '{text}' is no length: give steps such as 50, or seconds such as 1s or 0.5s");
    }
}
