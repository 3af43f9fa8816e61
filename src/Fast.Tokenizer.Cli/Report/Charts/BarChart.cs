namespace Fast.Tokenizer.Cli.Report.Charts;

/// <summary>Bars, upright for a histogram or lying for named rows.</summary>
internal static class BarChart
{
    // Of the place of a bar, what is left empty.
    private const double Gap = 0.15;

    /// <summary>Upright bars.</summary>
    /// <param name="frame">The axes; one unit to the right is the place of one bar.</param>
    /// <param name="description">What there is to see, for those who cannot.</param>
    /// <param name="bars">Middle, width in units, height, and what shows where the pointer rests on it.</param>
    /// <param name="marks">Values to mark, with their names.</param>
    public static Html Upright(
        ChartFrame frame,
        string description,
        IEnumerable<(double Middle, double Width, double Value, string Tip)> bars,
        params IEnumerable<(double Value, string Name)> marks)
    {
        foreach ((double middle, double width, double value, string tip) in bars.Where(bar => bar.Value > 0))
        {
            double left = frame.X(middle - (width / 2)), right = frame.X(middle + (width / 2)), top = frame.Y(value);
            double gap = right - left > 4 ? (right - left) * Gap : 0;
            frame.Add(Svg.Rectangle("bar", left + (gap / 2), top, right - left - gap, frame.Floor - top, tip));
        }

        foreach ((double value, string name) in marks)
        {
            double x = frame.X(value);
            bool isRight = x > (frame.Left + frame.End) / 2;
            frame.Add(Svg.Line("mark", x, ChartFrame.Ceiling, x, frame.Floor));
            frame.Add(Svg.Text("note", x + (isRight ? -4 : 4), ChartFrame.Ceiling + 9, name, isRight ? "end" : "start"));
        }

        return frame.ToHtml(description);
    }

    /// <summary>Lying bars, the first at the bottom of the axis.</summary>
    /// <param name="frame">The axes; one unit upwards is the place of one bar.</param>
    /// <param name="description">What there is to see, for those who cannot.</param>
    /// <param name="bars">Length, a value to mark beside it, and what shows where the pointer rests on it.</param>
    public static Html Lying(ChartFrame frame, string description, IReadOnlyList<(double Value, double Mark, string Tip)> bars)
    {
        for (int i = 0; i < bars.Count; i++)
        {
            (double value, double mark, string tip) = bars[i];
            if (!double.IsFinite(value)) continue;
            double top = frame.Y(i + 0.5 - (Gap / 2)), bottom = frame.Y(i - 0.5 + (Gap / 2));
            frame.Add(Svg.Rectangle("bar", frame.Left, top, Math.Max(0.5, frame.X(value) - frame.Left), bottom - top, tip));
            if (double.IsFinite(mark)) frame.Add(Svg.Line("mark whole", frame.X(mark), top, frame.X(mark), bottom));
        }

        return frame.ToHtml(description);
    }
}
