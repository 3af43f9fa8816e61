using static Fast.Tokenizer.Cli.Report.ReportNumber;

namespace Fast.Tokenizer.Cli.Report.Charts;

/// <summary>An axis: what it shows, from where to where, and which values are written beside it.</summary>
internal sealed class ChartAxis
{
    private readonly bool _isLog;
    private readonly double _from;
    private readonly double _to;

    private ChartAxis(string title, double from, double to, bool isLog, IReadOnlyList<(double Value, string Text)> ticks)
    {
        (Title, Ticks) = (title, ticks);
        (_isLog, _from, _to) = (isLog, isLog ? Math.Log(from) : from, isLog ? Math.Log(to) : to);
    }

    /// <summary>What is shown, with the unit.</summary>
    public string Title { get; }

    /// <summary>Values that are written beside the axis.</summary>
    public IReadOnlyList<(double Value, string Text)> Ticks { get; }

    /// <summary>An axis with equal steps.</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="from">The smallest value.</param>
    /// <param name="to">The largest value.</param>
    /// <param name="ticks">About how many values are written.</param>
    /// <param name="isFit">Whether the axis ends at the given values; else at the written ones around them.</param>
    public static ChartAxis Linear(string title, double from, double to, int ticks = 5, bool isFit = false)
    {
        // Where nothing varies, the one value stands in the middle of a range of its own size.
        if (!(to > from)) (from, to) = from == 0 ? (-1.0, 1.0) : (from - (Math.Abs(from) / 2), from + (Math.Abs(from) / 2));
        double step = NiceStep((to - from) / ticks);
        if (!isFit) (from, to) = (Math.Floor((from / step) + 1e-9) * step, Math.Ceiling((to / step) - 1e-9) * step);
        var written = new List<(double, string)>();
        for (double i = Math.Ceiling((from / step) - 1e-9); i * step <= to + (step * 1e-6); i++)
            written.Add((i * step, OnAxis(i * step, step)));
        return new ChartAxis(title, from, to, isLog: false, written);
    }

    /// <summary>An axis of whole numbers, each in the middle of its bar.</summary>
    public static ChartAxis Whole(string title, int from, int to, int ticks = 6)
    {
        int step = Math.Max(1, (int)NiceStep(Math.Max(1, to - from) / (double)ticks));
        var written = new List<(double, string)>();
        for (int value = (from + step - 1) / step * step; value <= to; value += step) written.Add((value, Number(value)));
        return new ChartAxis(title, from - 0.5, to + 0.5, isLog: false, written);
    }

    /// <summary>An axis of named places, numbered from 0.</summary>
    public static ChartAxis Named(string title, IReadOnlyList<string> names) =>
        new(title, -0.5, names.Count - 0.5, isLog: false, [.. names.Select((name, i) => ((double)i, name))]);

    /// <summary>An axis with equal factors.</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="from">The smallest value, above 0.</param>
    /// <param name="to">The largest value.</param>
    public static ChartAxis Log(string title, double from, double to)
    {
        if (!(to > from * 1.001)) (from, to) = (from / 2, from * 2);
        double[] multiples = Math.Log10(to / from) switch { < 1.2 => [1, 1.5, 2, 3, 5, 7], < 3 => [1, 2, 5], _ => [1] };
        var written = new List<(double, string)>();
        for (int power = (int)Math.Floor(Math.Log10(from)); power <= Math.Ceiling(Math.Log10(to)); power++)
        {
            foreach (double multiple in multiples)
            {
                double value = multiple * Math.Pow(10, power);
                if (value >= from * 0.999 && value <= to * 1.001) written.Add((value, Number(value)));
            }
        }

        return new ChartAxis(title, from, to, isLog: true, written);
    }

    /// <summary>Where a value stands, as a share of the axis.</summary>
    public double At(double value) => ((_isLog ? Math.Log(value) : value) - _from) / (_to - _from);

    // 1, 2 or 5 times a power of ten, at least as large as what is asked for.
    private static double NiceStep(double least)
    {
        if (!(least > 0) || !double.IsFinite(least)) return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double multiple = least / power;
        return power * (multiple <= 1.000001 ? 1 : multiple <= 2.000001 ? 2 : multiple <= 5.000001 ? 5 : 10);
    }
}
