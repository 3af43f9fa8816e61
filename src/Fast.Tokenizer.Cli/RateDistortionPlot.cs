using System.Globalization;
using System.Text;
using Fast.Tokenizer.Training;
using ScottPlot;
using SkiaSharp;

namespace Fast.Tokenizer.Cli;

/// <summary>A sweep as a plot: tokens per chunk to the right, normalised RMSE upwards, a colour per vocabulary size.</summary>
/// <remarks>Lines join the points that no other of the same series beats; the others are dots.</remarks>
internal sealed class RateDistortionPlot : IDisposable
{
    private const int Width = 1080;
    private const int Height = 560;

    // Points per drawn unit: sharp on screens with small pixels.
    private const int PngScale = 2;

    // A baseline that far to the right would press the curves into a corner of a linear axis.
    private const double FarAway = 3;

    private const double LeastError = 1e-9;

    private static readonly Color[] _colors = [.. new ScottPlot.Palettes.Category10().Colors];
    private static readonly string[] _fonts = ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans", "Noto Sans"];
    private static readonly double[] _steps = [1, 1.5, 2, 3, 5, 7];

    private readonly Plot _plot = new();
    private readonly string? _font = _fonts.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains);
    private readonly bool _isLogX;

    /// <summary>Makes the plot.</summary>
    /// <param name="result">What was measured.</param>
    /// <param name="recording">Name of the recording, for the title.</param>
    public RateDistortionPlot(RateDistortionSweepResult result, string recording)
    {
        RateDistortionSweepPoint[] curves = [.. result.Points, .. result.Baselines.Where(point => point.Scale is not null)];
        RateDistortionSweepPoint binning = result.Baselines.Single(point => point.Scheme == RateDistortionSweepScheme.Binning);
        _isLogX = binning.MeanTokens > FarAway * curves.Max(point => point.MeanTokens);

        int[] sizes = [.. curves.Select(point => point.VocabularySize).Distinct().Order()];
        for (int i = 0; i < sizes.Length; i++)
        {
            (int size, Color color) = (sizes[i], _colors[i % _colors.Length]);
            RateDistortionSweepPoint[] points = [.. curves.Where(point => point.VocabularySize == size)];
            AddSeries(points, RateDistortionSweepScheme.RateDistortion, $"rate-distortion, {size} ids", color, MarkerShape.FilledCircle);
            AddSeries(points, RateDistortionSweepScheme.Canonical, $"plain FAST, {size} ids", color, MarkerShape.OpenSquare);
            AddSeries(points, RateDistortionSweepScheme.Published, $"published scheme, {size} ids", color, MarkerShape.OpenTriangleUp);
        }

        AddScatter([binning], Colors.Black, MarkerShape.FilledDiamond, 11)!.LegendText = "binning, 256 ids";

        Label(result, recording);
        Axes([.. curves, binning]);
    }

    /// <summary>Whether the machine has a font to letter a picture with.</summary>
    public static bool HasFont => SKTypeface.Default.ContainsGlyph('0');

    /// <summary>The plot as PNG.</summary>
    public byte[] ToPng()
    {
        _plot.ScaleFactor = PngScale;
        return _plot.GetImage(Width * PngScale, Height * PngScale).GetImageBytes(ImageFormat.Png);
    }

    /// <summary>The plot as SVG.</summary>
    public byte[] ToSvg()
    {
        _plot.ScaleFactor = 1;
        string svg = _plot.GetSvgXml(Width, Height);

        // A reader's machine may have another font of the same widths, or none of them.
        string fonts = $"{_font}, {string.Join(", ", _fonts)}, sans-serif";
        return Encoding.UTF8.GetBytes(_font is null ? svg : svg.Replace($"\"{_font}\"", $"\"{fonts}\"", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose() => _plot.Dispose();

    // No dashes: the SVG cannot have them.
    private void AddSeries(
        RateDistortionSweepPoint[] points, RateDistortionSweepScheme scheme, string name, Color color, MarkerShape marker)
    {
        RateDistortionSweepPoint[] series = [.. points.Where(point => point.Scheme == scheme).OrderBy(point => point.MeanTokens)];
        if (series.Length == 0) return;
        RateDistortionSweepPoint[] best =
            [.. series.Where((point, i) => series[..i].All(before => before.RmseNormalized > point.RmseNormalized))];
        AddScatter(series.Except(best), color.WithAlpha(0.3), MarkerShape.FilledCircle, 4);
        ScottPlot.Plottables.Scatter line = AddScatter(best, color, marker, 7)!;
        line.LineWidth = scheme == RateDistortionSweepScheme.RateDistortion ? 2.5f : 1;
        line.LegendText = name;
    }

    private ScottPlot.Plottables.Scatter? AddScatter(
        IEnumerable<RateDistortionSweepPoint> points, Color color, MarkerShape marker, float size)
    {
        RateDistortionSweepPoint[] all = [.. points];
        if (all.Length == 0) return null;
        ScottPlot.Plottables.Scatter scatter = _plot.Add.Scatter(
            all.Select(point => X(point.MeanTokens)).ToArray(), all.Select(point => Y(point.RmseNormalized)).ToArray(), color);
        scatter.MarkerShape = marker;
        scatter.MarkerSize = size;
        scatter.LineWidth = 0;
        return scatter;
    }

    private void Label(RateDistortionSweepResult result, string recording)
    {
        string episodes = result.HeldOutEpisodes > 0 ? "held-out" : "training";
        string chunks = $"{result.Windows} {episodes} chunks of {new ActionShape(result.Horizon, result.Dimensions)}";
        _plot.Title($"Tokens against error: {recording}, {chunks}", 16);
        _plot.XLabel("tokens per chunk, mean", 14);
        _plot.YLabel("RMSE, normalised", 14);
        _plot.ShowLegend(Edge.Right);
        _plot.Legend.FontSize = 13;
        _plot.Legend.ShadowColor = Colors.Transparent;
        _plot.Legend.OutlineColor = Colors.Transparent;
        if (_font is not null) _plot.Font.Set(_font);
        _plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.1);
    }

    // Ticks where a reader expects them: 10, 15, 20, 30 ...
    private void Axes(RateDistortionSweepPoint[] points)
    {
        (double Low, double High) x = (points.Min(point => X(point.MeanTokens)), points.Max(point => X(point.MeanTokens)));
        (double Low, double High) y = (points.Min(point => Y(point.RmseNormalized)), points.Max(point => Y(point.RmseNormalized)));
        _plot.Axes.Left.TickGenerator = LogTicks(y.Low, y.High);
        if (_isLogX) _plot.Axes.Bottom.TickGenerator = LogTicks(x.Low, x.High);
        _plot.Axes.Margins(0.06, 0.08);
    }

    // From and to logarithms to the base 10.
    private static ScottPlot.TickGenerators.NumericManual LogTicks(double low, double high)
    {
        var ticks = new ScottPlot.TickGenerators.NumericManual();
        for (int decade = (int)Math.Floor(low); decade <= Math.Ceiling(high); decade++)
        {
            foreach (double step in _steps)
            {
                double value = step * Math.Pow(10, decade);
                ticks.AddMajor(Math.Log10(value), value.ToString("0.######", CultureInfo.InvariantCulture));
            }
        }

        return ticks;
    }

    private double X(double tokens) => _isLogX ? Math.Log10(tokens) : tokens;

    // A motion that is reproduced exactly has no logarithm.
    private static double Y(double rmse) => Math.Log10(Math.Max(rmse, LeastError));
}
