using System.Globalization;
using System.Xml.Linq;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Transform;

namespace Fast.Tokenizer.Cli.Tests.Documentation;

/// <summary>Draws how FAST works, by what the library computes of one chunk of the tutorial's recording.</summary>
internal static class FigureOfFast
{
    private const int Width = 900;
    private const int Height = 600;
    private const int Horizon = 20;
    private const int Episode = 7;
    private const int FirstStep = 46;

    private static readonly string[] _names = ["shoulder", "elbow", "gripper"];
    private static readonly string[] _colours = ["#1f6feb", "#d1570a", "#1a7f37"];
    private static readonly ActionShape _shape = new(Horizon, _names.Length);

    /// <summary>The drawing, as it is committed.</summary>
    public static async Task<string> DrawAsync()
    {
        var episodes = new EpisodeList(
            [.. Enumerable.Range(0, 20).Select(number => new Episode($"{number}", Motion(number), _names.Length))]) { Rate = Horizon };
        var trainer = new ActionTokenizerTrainer(new TrainingOptions { HorizonSeconds = 1, HoldoutFraction = 0.2 });
        FastActionTokenizer tokenizer = (await trainer.TrainAsync(episodes)).Tokenizer;

        double[] chunk = Motion(Episode)[(FirstStep * _shape.Dimensions)..((FirstStep + Horizon) * _shape.Dimensions)];
        double[] normalized = new double[_shape.Count], coefficients = new double[_shape.Count], decoded = new double[_shape.Count];
        tokenizer.Definition.Normalizer!.Normalize(chunk, normalized);
        new DctPlan(Horizon).Forward(normalized, _shape.Dimensions, coefficients);
        int[] rounded = [.. coefficients.Select(value => (int)Math.Round(value * tokenizer.Definition.Scale, MidpointRounding.ToEven))];

        int[] tokens = tokenizer.Encode(chunk, _shape);
        var stream = new StreamingActionDecoder(tokenizer, _shape);
        int[] ends = [.. tokens.Select(token => { stream.Push(token); return stream.Coefficients; })];
        stream.Read(decoded);
        double[] shown = new double[_shape.Count];
        tokenizer.Definition.Normalizer!.Normalize(decoded, shown);

        List<XElement> content =
        [
            new("rect", Of("width", Width), Of("height", Height), new XAttribute("rx", 8), new XAttribute("fill", "#ffffff")),
            .. Curves(normalized, shown),
            .. Bars(coefficients),
            .. Matrix(rounded),
            .. Tokens(rounded, tokens, ends),
        ];
        XNamespace svg = "http://www.w3.org/2000/svg";
        var root = new XElement(
            "svg",
            new XAttribute("viewBox", $"0 0 {Width} {Height}"),
            new XAttribute("font-family", "system-ui, -apple-system, 'Segoe UI', sans-serif"),
            new XAttribute("role", "img"),
            new XElement("title", $"One second of three joints becomes {tokens.Length} tokens"),
            content);
        foreach (XElement element in root.DescendantsAndSelf()) element.Name = svg + element.Name.LocalName;
        return root + "\n";
    }

    /// <summary>The recording of the tutorial, to the digits that it writes.</summary>
    public static double[] Motion(int episode) => [.. Enumerable.Range(0, 200).SelectMany(step =>
    {
        double s = step / 20.0;
        return new[]
        {
            Math.Round(Math.Sin(s * (1 + (episode / 40.0))), 4),
            Math.Round(0.5 * Math.Sin((2 * s) + episode), 4),
            (int)(s + (episode / 7.0)) % 4 < 2 ? 0.08 : 0,
        };
    })];

    private static IEnumerable<XElement> Curves(double[] recorded, double[] decoded)
    {
        const int Left = 24, Top = 64, Wide = 400, High = 150;
        double X(int step) => Left + (Wide * step / (Horizon - 1.0));
        double Y(double value) => Top + (High / 2.0) - (value * High / 2.2);

        yield return Heading(
            Left, "1  A chunk: 20 time steps of 3 joints", "60 values, each joint normalised by its 1st and 99th percentile");
        foreach (double level in (double[])[-1, 0, 1]) yield return Line(Left, Y(level), Left + Wide, Y(level), "#d8dee4");
        for (int d = 0; d < _names.Length; d++)
        {
            int joint = d;
            foreach (int step in Enumerable.Range(0, Horizon))
            {
                yield return new XElement(
                    "circle", Of("cx", X(step)), Of("cy", Y(recorded[(step * _names.Length) + d])), Of("r", 2.6), Fill(_colours[d]));
            }

            yield return new XElement(
                "polyline",
                new XAttribute("points", string.Join(' ', Enumerable.Range(0, Horizon).Select(step =>
                    $"{Number(X(step))},{Number(Y(decoded[(step * _names.Length) + joint]))}"))),
                Fill("none"),
                new XAttribute("stroke", _colours[d]),
                new XAttribute("stroke-opacity", "0.55"));
            yield return Text(Left + (76 * d), Top + High + 22, 13, _colours[d], _names[d]);
        }

        yield return Text(Left + 236, Top + High + 22, 12, "#57606a", "dots recorded, lines decoded");
    }

    private static IEnumerable<XElement> Bars(double[] coefficients)
    {
        const int Left = 476, Top = 64, Wide = 400, High = 150;
        double most = coefficients.Max(Math.Abs), slot = Wide / (double)Horizon, bar = (slot - 4) / _names.Length;
        double zero = Top + (High / 2.0);

        yield return Heading(Left, "2  Cosine transform along time", "smooth joints need few of them, a gripper that switches many");
        yield return Line(Left, zero, Left + Wide, zero, "#d8dee4");
        for (int i = 0; i < coefficients.Length; i++)
        {
            double height = Math.Abs(coefficients[i]) / most * High / 2;
            double x = Left + (i / _names.Length * slot) + (i % _names.Length * bar);
            yield return Box(x, coefficients[i] > 0 ? zero - height : zero, bar - 0.5, height, _colours[i % _names.Length]);
        }

        yield return Text(Left, Top + High + 22, 12, "#57606a", "frequency 0");
        yield return Text(Left + Wide - 24, Top + High + 22, 12, "#57606a", "19");
    }

    private static IEnumerable<XElement> Matrix(int[] rounded)
    {
        const int Left = 96, Top = 312;
        const double Cell = 39, Row = 26;
        int zeros = rounded.Count(value => value == 0);
        yield return Text(24, Top - 34, 15, "#1f2328", "3  Times 10, and rounded", bold: true);
        yield return Text(24, Top - 14, 12, "#57606a", $"one scale for all: {zeros} of {rounded.Length} integers are zero");
        for (int d = 0; d < _names.Length; d++)
        {
            yield return Text(24, Top + (d * Row) + 17, 13, _colours[d], _names[d]);
            for (int f = 0; f < Horizon; f++)
            {
                int value = rounded[(f * _names.Length) + d];
                yield return Box(Left + (f * Cell), Top + (d * Row), Cell - 3, Row - 3, value == 0 ? "#f6f8fa" : "#ddf4ff");
                yield return Text(
                    Left + (f * Cell) + ((Cell - 3) / 2), Top + (d * Row) + 16, 12, value == 0 ? "#afb8c1" : "#1f2328",
                    value.ToString(CultureInfo.InvariantCulture), middle: true);
            }
        }
    }

    private static IEnumerable<XElement> Tokens(int[] rounded, int[] tokens, int[] ends)
    {
        const int Left = 24, Top = 452, Right = Width - 24, High = 50, Gap = 6;
        yield return Text(
            Left, Top - 24, 15, "#1f2328", "4  Read column by column, and cut into tokens of the trained vocabulary", bold: true);
        yield return Text(
            Left, Top - 6, 12, "#57606a",
            $"{rounded.Length} integers are {tokens.Length} tokens; below each id stand the integers that it says");
        double x = Left, y = Top + 8;
        for (int i = 0, start = 0; i < tokens.Length; start = ends[i], i++)
        {
            string said = Said(rounded[start..ends[i]]);
            double width = Math.Max(44, (said.Length * 6.6) + 16);
            if (x + width > Right) (x, y) = (Left, y + High + Gap);
            yield return new XElement(
                "rect", Of("x", x), Of("y", y), Of("width", width), Of("height", High), new XAttribute("rx", 5), Fill("#eef4fb"),
                new XAttribute("stroke", "#9fc3ee"));
            string id = tokens[i].ToString(CultureInfo.InvariantCulture);
            yield return Text(x + (width / 2), y + 20, 14, "#0a3069", id, bold: true, middle: true);
            yield return Text(x + (width / 2), y + 40, 12, "#1f2328", said, middle: true);
            x += width + Gap;
        }
    }

    private static string Said(int[] values)
    {
        List<string> parts = [];
        for (int i = 0; i < values.Length;)
        {
            int run = values[i..].TakeWhile(value => value == 0).Count();
            parts.Add(run > 2 ? $"0 \u00d7 {run}" : $"{values[i]}");
            i += run > 2 ? run : 1;
        }

        return string.Join(", ", parts).Replace("-", "\u2212", StringComparison.Ordinal);
    }

    private static XElement Heading(int left, string title, string line) =>
        new("g", Text(left, 30, 15, "#1f2328", title, bold: true), Text(left, 50, 12, "#57606a", line));

    private static XElement Line(double x1, double y1, double x2, double y2, string colour) =>
        new("line", Of("x1", x1), Of("y1", y1), Of("x2", x2), Of("y2", y2), new XAttribute("stroke", colour));

    private static XElement Box(double x, double y, double width, double height, string colour) =>
        new("rect", Of("x", x), Of("y", y), Of("width", width), Of("height", height), Fill(colour));

    private static XElement Text(double x, double y, int size, string colour, string text, bool bold = false, bool middle = false) => new(
        "text", Of("x", x), Of("y", y), new XAttribute("font-size", size), Fill(colour),
        bold ? new XAttribute("font-weight", 600) : null, middle ? new XAttribute("text-anchor", "middle") : null, text);

    private static XAttribute Fill(string colour) => new("fill", colour);

    private static XAttribute Of(string name, double value) => new(name, Number(value));

    private static string Number(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);
}
