using System.Globalization;

namespace Fast.Tokenizer.Cli;

/// <summary>An amount of memory as it is written on the command line: <c>2GB</c>, <c>512MB</c>, <c>1.5GiB</c>, or bytes.</summary>
/// <param name="Bytes">At least 1.</param>
internal readonly record struct MemorySize(long Bytes)
{
    private static readonly (string Unit, long Bytes)[] _units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("B", 1),
    ];

    /// <summary>Reads an amount.</summary>
    /// <param name="text">A number with a unit, in letters of any case, or a number of bytes.</param>
    /// <param name="option">The option, for messages.</param>
    /// <exception cref="FormatException">It is no amount of at least a byte and below 2^63 of them.</exception>
    public static MemorySize Parse(string text, string option)
    {
        (string unit, long factor) = _units.FirstOrDefault(known => text.EndsWith(known.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        if (decimal.TryParse(text.AsSpan(..^unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && number <= long.MaxValue / factor
            && number * factor >= 1)
        {
            return new MemorySize((long)(number * factor));
        }

        throw new FormatException($"{option} '{text}' is no amount of memory: give one such as 2GB, 512MB or 1.5GiB");
    }
}
