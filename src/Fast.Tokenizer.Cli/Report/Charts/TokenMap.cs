using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Cli.Report.Charts;

/// <summary>Which coefficients each token of a chunk says: frequencies to the right, a row per dimension.</summary>
internal static class TokenMap
{
    // Neighbours in the order of tokens must differ; the colours then come again.
    private const int Colors = 4;

    private const double Width = 960;

    /// <summary>Draws the map.</summary>
    /// <param name="x">Axis of the frequencies, whole numbers.</param>
    /// <param name="names">Names of the dimensions, the first at the top.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="frequencies">How many frequencies are drawn.</param>
    /// <param name="description">What there is to see, for those who cannot.</param>
    public static Html Draw(
        ChartAxis x, IReadOnlyList<string> names, IReadOnlyList<TracedToken> tokens, int frequencies, string description)
    {
        double rowHeight = names.Count > 24 ? 14 : 18;
        var frame = new ChartFrame(x, ChartAxis.Named("", [.. names.Reverse()]), Width, (rowHeight * names.Count) + 46, hasGrid: false);
        for (int i = 0; i < tokens.Count; i++)
        {
            // A coefficient that is not zero has the full colour, a zero a pale one.
            foreach (IGrouping<bool, TracedCoefficient> group in tokens[i].Coefficients
                .Where(coefficient => coefficient.Frequency < frequencies)
                .GroupBy(coefficient => coefficient.Value != 0))
            {
                frame.Add(Svg.Rectangles(
                    $"t{i % Colors}{(group.Key ? "" : " zero")}",
                    group.Select(coefficient => Cell(coefficient)),
                    $"token {i + 1} of {tokens.Count}: id {tokens[i].Id}, {tokens[i].Coefficients.Count} coefficients"));
            }
        }

        return frame.ToHtml(description);

        (double, double, double, double) Cell(TracedCoefficient coefficient)
        {
            double left = frame.X(coefficient.Frequency - 0.5), top = frame.Y(names.Count - 1 - coefficient.Dimension + 0.5);
            double gap = 0.5;
            return (
                left + gap,
                top + gap,
                frame.X(coefficient.Frequency + 0.5) - left - (2 * gap),
                frame.Y(names.Count - 1 - coefficient.Dimension - 0.5) - top - (2 * gap));
        }
    }
}
