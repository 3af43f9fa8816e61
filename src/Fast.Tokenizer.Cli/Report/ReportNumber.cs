using System.Globalization;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>Numbers as a reader of the page wants them: the digits that mean something, thousands apart, a real minus sign.</summary>
internal static class ReportNumber
{
    private const string None = "\u2013";
    private const char UnbrokenSpace = '\u00A0';
    private const int Digits = 3;

    /// <summary>A measured number: three digits, and all those before the point.</summary>
    public static string Number(double? value)
    {
        if (value is not { } number) return None;
        if (!double.IsFinite(number)) return double.IsNaN(number) ? None : number > 0 ? "\u221E" : "\u2212\u221E";
        double size = Math.Abs(number);
        if (size is > 0 and (< 1e-4 or >= 1e7)) return Signed(number.ToString("0.##e0", CultureInfo.InvariantCulture));
        int decimals = size == 0 ? 0 : Math.Clamp(Digits - 1 - (int)Math.Floor(Math.Log10(size)), 0, 7);
        string text = number.ToString($"N{decimals}", CultureInfo.InvariantCulture);
        return Signed(decimals > 0 ? text.TrimEnd('0').TrimEnd('.') : text);
    }

    /// <summary>A whole number.</summary>
    public static string Number(long value) => Signed(value.ToString("N0", CultureInfo.InvariantCulture));

    /// <summary>A number with its unit, where it has one.</summary>
    public static string Number(double? value, string unit) =>
        unit.Length == 0 || value is null ? Number(value) : $"{Number(value)}{UnbrokenSpace}{unit}";

    /// <summary>A share of 1.</summary>
    public static string Percent(double? share) => share is { } number ? $"{Number(100 * number)}{UnbrokenSpace}%" : None;

    /// <summary>A number on an axis.</summary>
    /// <param name="value">The number.</param>
    /// <param name="step">Distance of its neighbours, which says how many digits tell them apart.</param>
    public static string OnAxis(double value, double step)
    {
        if (Math.Abs(value) < step / 1000) return "0";
        if (step < 1e-4 || Math.Abs(value) >= 1e6) return Signed(value.ToString("0.##e0", CultureInfo.InvariantCulture));
        return Signed(value.ToString($"N{Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9))}", CultureInfo.InvariantCulture));
    }

    /// <summary>A coordinate in a drawing.</summary>
    public static string Coordinate(double value) => (Math.Round(value, 1) + 0.0).ToString("0.#", CultureInfo.InvariantCulture);

    private static string Signed(string text) => text.Replace('-', '\u2212');
}
