using System.Globalization;

namespace Fast.Tokenizer.Cli;

/// <summary>An amount of memory as it is written on the command line: <c>500MB</c>, <c>1.5GB</c>, or bytes.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Bytes)[] _units =
        [("KB", 1L << 10), ("MB", 1L << 20), ("GB", 1L << 30), ("TB", 1L << 40), ("B", 1)];

    /// <summary>Reads an amount.</summary>
    /// <returns>Bytes, at least 1.</returns>
    /// <exception cref="FormatException">The text is no positive amount below 2^60 bytes.</exception>
    public static long Parse(string text)
    {
        (string suffix, long unit) = _units.FirstOrDefault(
            known => text.EndsWith(known.Suffix, StringComparison.OrdinalIgnoreCase), ("", 1));
        return double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && Math.Floor(number * unit) is >= 1 and < (1L << 60) and var bytes
            ? (long)bytes
            : throw new FormatException($"'{text}' is no amount of memory: give bytes, or an amount such as 500MB or 2GB");
    }
}
