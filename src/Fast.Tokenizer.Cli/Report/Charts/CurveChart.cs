namespace Fast.Tokenizer.Cli.Report.Charts;

/// <summary>Curves over one axis.</summary>
internal static class CurveChart
{
    /// <summary>Draws curves; the first has the class <c>s1</c>, the next <c>s2</c>.</summary>
    /// <param name="frame">The axes.</param>
    /// <param name="description">What there is to see, for those who cannot.</param>
    /// <param name="x">Places of the points.</param>
    /// <param name="curves">Values at these places; one that is not finite interrupts its curve.</param>
    public static Html Draw(ChartFrame frame, string description, IReadOnlyList<double> x, params IEnumerable<IReadOnlyList<double>> curves)
    {
        int number = 0;
        foreach (IReadOnlyList<double> curve in curves)
        {
            string kind = $"curve s{++number}";
            (double X, double Y)[] points = [.. Enumerable.Range(0, x.Count)
                .Where(i => double.IsFinite(curve[i]))
                .Select(i => (frame.X(x[i]), frame.Y(curve[i])))];
            frame.Add(points.Length == 1 ? Svg.Circle($"dot s{number}", points[0].X, points[0].Y, 3) : Svg.Polyline(kind, points));
        }

        return frame.ToHtml(description);
    }
}
