using Fast.Tokenizer.Training;
using static Fast.Tokenizer.Cli.Report.ReportNumber;

namespace Fast.Tokenizer.Cli.Report.Charts;

/// <summary>Tokens against error: the walk over prices as a curve, the baselines and the reported figures as marks.</summary>
internal static class RateDistortionChart
{
    // Smaller errors than that are none.
    private const double LeastError = 1e-9;

    /// <summary>Draws the chart.</summary>
    /// <param name="points">The points, those of the walk in the order of their prices.</param>
    /// <param name="here">Mean tokens and normalised RMSE of the report itself; null where there is no such error.</param>
    /// <param name="description">What there is to see, for those who cannot.</param>
    public static Html Draw(IReadOnlyList<RateDistortionSweepPoint> points, (double Tokens, double Rmse)? here, string description)
    {
        var all = new List<(double Tokens, double Rmse)>(points.Select(point => (point.MeanTokens, point.RmseNormalized)));
        if (here is { } own) all.Add(own);
        double[] errors = [.. all.Select(point => Math.Max(LeastError, point.Rmse))];
        var frame = new ChartFrame(
            ChartAxis.Log(
                "mean tokens per chunk", Math.Max(0.5, all.Min(point => point.Tokens) * 0.85), all.Max(point => point.Tokens) * 1.15),
            ChartAxis.Log("RMSE, % of half the range", 100 * errors.Min() * 0.8, 100 * errors.Max() * 1.25),
            height: 280);
        RateDistortionSweepPoint[] walk = [.. points.Where(point => point.Scheme == RateDistortionSweepScheme.RateDistortion)];
        frame.Add(Svg.Polyline("curve s1", walk.Select(point => Place(point.MeanTokens, point.RmseNormalized))));
        foreach (RateDistortionSweepPoint point in points)
        {
            (double x, double y) = Place(point.MeanTokens, point.RmseNormalized);
            string figures = $"{Number(point.MeanTokens)} tokens, RMSE {Percent(point.RmseNormalized)}";
            frame.Add(point.Scheme switch
            {
                RateDistortionSweepScheme.RateDistortion => Svg.Circle("dot s1", x, y, 4, $"lambda {Number(point.Lambda)}: {figures}"),
                RateDistortionSweepScheme.Canonical => Svg.Triangle("dot s2", x, y, 6, $"canonical: {figures}"),
                _ => Svg.Diamond("dot s3", x, y, 6, $"binning: {figures}"),
            });
        }

        if (here is { } reported)
        {
            (double x, double y) = Place(reported.Tokens, reported.Rmse);
            frame.Add(Svg.Circle(
                "ring s4", x, y, 9, $"this report: {Number(reported.Tokens)} tokens, RMSE {Percent(reported.Rmse)}"));
        }

        return frame.ToHtml(description);

        (double X, double Y) Place(double tokens, double rmse) => (frame.X(tokens), frame.Y(100 * Math.Max(LeastError, rmse)));
    }
}
