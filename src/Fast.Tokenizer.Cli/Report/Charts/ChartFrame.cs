using System.Xml.Linq;
using static Fast.Tokenizer.Cli.Report.ReportNumber;

namespace Fast.Tokenizer.Cli.Report.Charts;

/// <summary>A drawing with two axes; a chart adds what is between them.</summary>
/// <remarks>
/// Drawn by hand, not with a plot library: the page is one file whose drawings follow its theme, reflow on a phone, have a text
/// alternative and can be read by a screen reader, and a library's drawing has its colours and its size built in.
/// </remarks>
internal sealed class ChartFrame
{
    private const double Right = 18;
    private const double Top = 10;
    private const double CharacterWidth = 6.2;
    private const int LongestName = 24;

    private readonly List<XElement> _content = [];
    private readonly ChartAxis _x;
    private readonly ChartAxis _y;
    private readonly double _width;
    private readonly double _height;
    private readonly double _left;
    private readonly double _bottom;

    /// <summary>Makes a frame.</summary>
    /// <param name="x">The axis to the right.</param>
    /// <param name="y">The axis upwards.</param>
    /// <param name="width">Width in units; text is 11 of them high.</param>
    /// <param name="height">Height in units.</param>
    /// <param name="hasGrid">Whether lines join the written values of the axes.</param>
    /// <param name="left">Room on the left, for drawings one below the other; by default what the axis needs.</param>
    public ChartFrame(ChartAxis x, ChartAxis y, double width = 400, double height = 240, bool hasGrid = true, double? left = null)
    {
        (_x, _y, _width, _height) = (x, y, width, height);
        _left = left ?? RoomFor(y);
        _bottom = x.Title.Length > 0 ? 36 : 20;
        foreach ((double value, string text) in x.Ticks)
        {
            if (hasGrid && text.Length > 0) _content.Add(Svg.Line("grid", X(value), Top, X(value), height - _bottom));
            _content.Add(Svg.Text("tick", X(value), height - _bottom + 14, text, "middle"));
        }

        foreach ((double value, string text) in y.Ticks)
        {
            if (hasGrid) _content.Add(Svg.Line("grid", _left, Y(value), width - Right, Y(value)));
            _content.Add(Svg.Text("tick", _left - 6, Y(value) + 4, Shortened(text), "end"));
        }

        _content.Add(Svg.Text("axis", (_left + width - Right) / 2, height - 4, x.Title, "middle"));
        if (y.Title.Length > 0)
        {
            XElement title = Svg.Text("axis", 0, 0, y.Title, "middle");
            double middle = (Top + height - _bottom) / 2;
            title.Add(new XAttribute("transform", $"translate(11 {Coordinate(middle)}) rotate(-90)"));
            _content.Add(title);
        }
    }

    /// <summary>The room that an axis upwards needs on its left.</summary>
    public static double RoomFor(ChartAxis y)
    {
        double longest = y.Ticks.Count == 0 ? 0 : y.Ticks.Max(tick => Math.Min(tick.Text.Length, LongestName));
        return 12 + (CharacterWidth * longest) + (y.Title.Length > 0 ? 14 : 0);
    }

    /// <summary>Where the floor of the chart is.</summary>
    public double Floor => _height - _bottom;

    /// <summary>Where the ceiling of the chart is.</summary>
    public static double Ceiling => Top;

    /// <summary>Where the chart begins on the left.</summary>
    public double Left => _left;

    /// <summary>Where the chart ends on the right.</summary>
    public double End => _width - Right;

    /// <summary>Where a value stands from the left.</summary>
    public double X(double value) => _left + (_x.At(value) * (_width - Right - _left));

    /// <summary>Where a value stands from the top.</summary>
    public double Y(double value) => _height - _bottom - (_y.At(value) * (_height - _bottom - Top));

    /// <summary>Adds elements on top of those before.</summary>
    public void Add(params IEnumerable<XElement> elements) => _content.AddRange(elements);

    /// <summary>The drawing.</summary>
    /// <param name="description">What there is to see, for those who cannot.</param>
    /// <param name="height">Height in units where there is more below the axes; else that of the frame.</param>
    public Html ToHtml(string description, double? height = null) => Html.Of(Svg.Root(_width, height ?? _height, description, _content));

    private static string Shortened(string text) => text.Length <= LongestName ? text : $"{text[..(LongestName - 1)]}\u2026";
}
