using static Fast.Tokenizer.Cli.Report.ReportNumber;

namespace Fast.Tokenizer.Cli.Report.Charts;

/// <summary>A grid of values as shades, a row per name.</summary>
internal static class HeatMap
{
    /// <summary>Number of shades: classes <c>h0</c> to <c>h8</c>. Few enough to be told apart and to be listed beside the map.</summary>
    private const int Shades = 9;

    private const double Width = 960;

    /// <summary>Draws the map and, below it, what the shades mean.</summary>
    /// <param name="x">Axis of the columns, whole numbers.</param>
    /// <param name="names">Names of the rows, the first at the top.</param>
    /// <param name="rows">Values from 0 up, a row per name; null for a row without, which is a line.</param>
    /// <param name="legend">What a shade means, with the unit.</param>
    /// <param name="description">What there is to see, for those who cannot.</param>
    public static Html Draw(
        ChartAxis x, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<double>?> rows, string legend, string description)
    {
        double rowHeight = names.Count > 24 ? 14 : 18, height = (rowHeight * names.Count) + 90;
        const double LegendHeight = 44;
        double most = rows.SelectMany(row => row ?? []).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        var frame = new ChartFrame(x, ChartAxis.Named("", [.. names.Reverse()]), Width, height - LegendHeight, hasGrid: false);
        var cells = Enumerable.Range(0, Shades).Select(_ => new List<(double, double, double, double)>()).ToArray();
        for (int d = 0; d < rows.Count; d++)
        {
            double top = frame.Y(names.Count - 1 - d + 0.5), bottom = frame.Y(names.Count - 1 - d - 0.5);
            if (rows[d] is not { } row)
            {
                frame.Add(Svg.Line("none", frame.Left, (top + bottom) / 2, frame.End, (top + bottom) / 2));
                continue;
            }

            for (int t = 0; t < row.Count; t++)
            {
                int shade = most > 0 && double.IsFinite(row[t]) ? Math.Min(Shades - 1, (int)(row[t] / most * Shades)) : Shades - 1;
                if (most == 0) shade = 0;
                cells[shade].Add((frame.X(t - 0.5), top, frame.X(t + 0.5) - frame.X(t - 0.5), bottom - top));
            }
        }

        for (int shade = 0; shade < Shades; shade++)
        {
            string range = $"{Percent(most * shade / Shades)} to {Percent(most * (shade + 1) / Shades)}";
            if (cells[shade].Count > 0) frame.Add(Svg.Rectangles($"h{shade}", cells[shade], range));
            double left = frame.Left + (shade * 30);
            frame.Add(Svg.Rectangle($"h{shade}", left, height - 30, 30, 12, range));
        }

        frame.Add(Svg.Text("tick", frame.Left, height - 6, "0"));
        frame.Add(Svg.Text("tick", frame.Left + (Shades * 30), height - 6, Percent(most), "end"));
        frame.Add(Svg.Text("axis", frame.Left + (Shades * 30) + 10, height - 20, legend));
        return frame.ToHtml(description, height);
    }
}
