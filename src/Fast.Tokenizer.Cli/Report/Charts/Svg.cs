using System.Xml.Linq;
using static Fast.Tokenizer.Cli.Report.ReportNumber;

namespace Fast.Tokenizer.Cli.Report.Charts;

/// <summary>Elements of a drawing. Classes carry the colours, as a drawing has to follow the theme of the page.</summary>
internal static class Svg
{
    /// <summary>The drawing itself.</summary>
    /// <param name="width">Its own width, in units of about a pixel.</param>
    /// <param name="height">Its own height.</param>
    /// <param name="description">What there is to see, for those who cannot.</param>
    /// <param name="content">The elements.</param>
    public static XElement Root(double width, double height, string description, IEnumerable<XElement> content) => new(
        "svg",
        new XAttribute("viewBox", $"0 0 {Coordinate(width)} {Coordinate(height)}"),
        new XAttribute("role", "img"),
        new XAttribute("aria-label", Html.XmlText(description)),
        content);

    /// <summary>A straight line.</summary>
    public static XElement Line(string kind, double x1, double y1, double x2, double y2) =>
        new("line", Class(kind), Number("x1", x1), Number("y1", y1), Number("x2", x2), Number("y2", y2));

    /// <summary>A line through points.</summary>
    public static XElement Polyline(string kind, IEnumerable<(double X, double Y)> points) => new(
        "polyline",
        Class(kind),
        new XAttribute("points", string.Join(' ', points.Select(point => $"{Coordinate(point.X)},{Coordinate(point.Y)}"))));

    /// <summary>A rectangle, with a text that shows where the pointer rests on it.</summary>
    public static XElement Rectangle(string kind, double x, double y, double width, double height, string? tip = null) =>
        new("rect", Class(kind), Number("x", x), Number("y", y), Number("width", width), Number("height", height), Tip(tip));

    /// <summary>Many rectangles of one kind.</summary>
    public static XElement Rectangles(
        string kind, IEnumerable<(double X, double Y, double Width, double Height)> rectangles, string? tip = null) => new(
        "path",
        Class(kind),
        new XAttribute("d", string.Concat(rectangles.Select(place =>
            $"M{Coordinate(place.X)} {Coordinate(place.Y)}h{Coordinate(place.Width)}"
            + $"v{Coordinate(place.Height)}h{Coordinate(-place.Width)}z"))),
        Tip(tip));

    /// <summary>A disc.</summary>
    public static XElement Circle(string kind, double x, double y, double radius, string? tip = null) =>
        new("circle", Class(kind), Number("cx", x), Number("cy", y), Number("r", radius), Tip(tip));

    /// <summary>A square standing on a corner.</summary>
    public static XElement Diamond(string kind, double x, double y, double radius, string? tip = null) => Closed(
        kind, [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)], tip);

    /// <summary>A triangle on its base.</summary>
    public static XElement Triangle(string kind, double x, double y, double radius, string? tip = null) => Closed(
        kind, [(x, y - radius), (x + radius, y + (radius * 0.8)), (x - radius, y + (radius * 0.8))], tip);

    /// <summary>Text of any origin.</summary>
    /// <param name="kind">Classes.</param>
    /// <param name="x">Where it is anchored.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="text">The text.</param>
    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    public static XElement Text(string kind, double x, double y, string text, string anchor = "start") =>
        new("text", Class(kind), Number("x", x), Number("y", y), new XAttribute("text-anchor", anchor), Html.XmlText(text));

    private static XElement Closed(string kind, IEnumerable<(double X, double Y)> points, string? tip)
    {
        XElement shape = Polyline(kind, points);
        shape.Name = "polygon";
        shape.Add(Tip(tip));
        return shape;
    }

    private static XElement? Tip(string? text) => text is null ? null : new XElement("title", Html.XmlText(text));

    private static XAttribute Class(string kind) => new("class", kind);

    private static XAttribute Number(string name, double value) => new(name, Coordinate(value));
}
