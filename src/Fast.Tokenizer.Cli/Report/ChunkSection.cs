using Fast.Tokenizer.Cli.Report.Charts;
using Fast.Tokenizer.Fidelity;
using static Fast.Tokenizer.Cli.Report.ReportNumber;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>Chunks in full: curves, tokens in frequency, and what each token adds.</summary>
/// <param name="figures">The figures.</param>
internal sealed class ChunkSection(ReportFigures figures)
{
    // Of the coefficients of a token, as text; the JSON has all.
    private const int ShownRuns = 10;

    // Wide enough cells for a chunk of few frequencies.
    private const int LeastFrequencies = 24;

    private static readonly HtmlTemplate _template = HtmlTemplate.Load("chunk.html");
    private static readonly HtmlTemplate _curve = HtmlTemplate.Load("curve.html");

    private readonly double? _rate = figures.Tokenizer.Actions.Rate;

    /// <summary>All chunks; the first is unfolded.</summary>
    public IEnumerable<Html> All() => figures.Chunks.Select(Chunk);

    private Html Chunk(ReportChunk chunk, int number)
    {
        ChunkTrace trace = chunk.Trace;
        string name = $"chunk-{number + 1}";
        string incomplete = trace.IsComplete ? "" : ", does not decode: what is missing is drawn as zero";
        return _template.Fill(
            ("name", Html.Of(name)),
            ("open", number == 0 ? new Html(" open") : Html.Empty),
            ("title", Html.Of($"{chunk.Episode}, step {Number(chunk.Step)}")),
            ("facts", Html.Of($"{chunk.Reason}, {trace.Tokens.Count} tokens, {Worst(trace)}{incomplete}")),
            ("curves", Html.Join(Enumerable.Range(0, trace.Dimensions).Select(d => Curve(chunk, d)))),
            ("map", TokensInFrequency(name, trace)),
            ("growth", Growth(name, trace)),
            ("tokens", Tokens(trace)));
    }

    private string Worst(ChunkTrace trace)
    {
        (int at, double share) = (0, -1);
        for (int i = 0; i < trace.Decoded.Count; i++)
        {
            double half = figures.HalfRange(i % trace.Dimensions) ?? double.PositiveInfinity;
            double size = Math.Abs(trace.Decoded[i] - trace.Recorded[i]) / half;
            if (size > share) (at, share) = (i, size);
        }

        (int step, int dimension) = Math.DivRem(at, trace.Dimensions);
        FidelityDimension row = figures.Fidelity.PerDimension[dimension];
        string error = Number(Math.Abs(trace.Decoded[at] - trace.Recorded[at]), row.Unit);
        return $"largest error {Percent(share)} of half the range: {error} in {row.Name}, {At(step)}";
    }

    private string At(int step) => _rate is { } rate ? $"at {OnAxis(step / rate, 0.01)} s" : $"at its step {step}";

    private Html Curve(ReportChunk chunk, int dimension)
    {
        ChunkTrace trace = chunk.Trace;
        double[] recorded = Column(trace.Recorded), decoded = Column(trace.Decoded);
        double[] x = [.. Enumerable.Range(0, trace.Horizon).Select(step => _rate is { } rate ? step / rate : step)];
        FidelityDimension row = figures.Fidelity.PerDimension[dimension];
        double[] sizes = [.. recorded.Select((value, t) => Math.Abs(decoded[t] - value))];
        int worst = Array.IndexOf(sizes, sizes.Max());

        // Rounding is no motion: a dimension that stands still is drawn as a line, not as noise that fills its axis.
        double least = recorded.Concat(decoded).Min(), most = recorded.Concat(decoded).Max();
        double span = (figures.HalfRange(dimension) ?? Math.Abs(most)) * 0.02;
        if (most - least < span) (least, most) = (((least + most) - span) / 2, (least + most + span) / 2);
        double[] errors = [.. recorded.Select((value, t) => decoded[t] - value)];
        double reach = Math.Max(sizes[worst], span / 10);
        ChartAxis actions = ChartAxis.Linear(row.Unit.Length == 0 ? "action" : row.Unit, least, most, 4);
        ChartAxis rest = ChartAxis.Linear("error", -reach, reach, 2);
        double left = Math.Max(ChartFrame.RoomFor(actions), ChartFrame.RoomFor(rest));
        var frame = new ChartFrame(ChartAxis.Linear("", 0, x[^1], 5, isFit: true), actions, width: 320, height: 150, left: left);
        var errorFrame = new ChartFrame(
            ChartAxis.Linear(_rate is null ? "step" : "time, s", 0, x[^1], 5, isFit: true), rest, width: 320, height: 96, left: left);
        errorFrame.Add(Svg.Line("gap", errorFrame.X(x[worst]), errorFrame.Y(0), errorFrame.X(x[worst]), errorFrame.Y(errors[worst])));
        string note = $"max error {Number(sizes[worst], row.Unit)} {At(worst)}";
        return _curve.Fill(
            ("dimension", Html.Of(row.Name)),
            ("unit", Html.Of(row.Unit.Length == 0 ? "" : $" [{row.Unit}]")),
            ("note", Html.Of(note)),
            ("drawing", CurveChart.Draw(frame, $"{row.Name}: recorded and decoded actions over the chunk; {note}.", x, recorded, decoded)),
            ("error", CurveChart.Draw(errorFrame, $"{row.Name}: decoded minus recorded over the chunk; {note}.", x, errors)));

        double[] Column(IReadOnlyList<double> values) =>
            [.. Enumerable.Range(0, trace.Horizon).Select(t => values[(t * trace.Dimensions) + dimension])];
    }

    private Html TokensInFrequency(string name, ChunkTrace trace)
    {
        string[] names = [.. figures.Fidelity.PerDimension.Select(row => row.Name)];
        string hertz = _rate is { } rate ? $", {Number(rate / (2 * trace.Horizon))} Hz each" : "";
        TracedCoefficient[] said = [.. trace.Tokens.SelectMany(token => token.Coefficients).Where(coefficient => coefficient.Value != 0)];
        int used = said.Select(coefficient => coefficient.Frequency).DefaultIfEmpty(-1).Max();
        long all = (long)trace.Horizon * trace.Dimensions;
        string description = $"Map of {trace.Tokens.Count} tokens over {trace.Horizon} frequencies and {trace.Dimensions} dimensions; "
            + $"{said.Length} coefficients are not zero, the highest frequency among them is {used}.";

        // Most chunks end in a long run of zeros, which would press what there is to see against the axis.
        int shown = Math.Min(trace.Horizon, Math.Max(LeastFrequencies, used + 3));
        string zeros = shown < trace.Horizon ? $" From frequency {shown} on all are zero, and left out." : "";
        return ReportFigure.Wide(
            $"{name}-tokens",
            "Tokens in frequency",
            "A cell is a coefficient, a run of cells in one colour a token: down the dimensions of a frequency, then on to the next. "
            + $"Pale cells are zero: {Number(all - said.Length)} of {Number(all)}.{zeros}",
            TokenMap.Draw(ChartAxis.Whole($"frequency{hertz}", 0, shown - 1, 16), names, trace.Tokens, shown, description));
    }

    private static Html Growth(string name, ChunkTrace trace)
    {
        double[] errors = [.. trace.Tokens.Select(token => 100 * (token.RmseNormalized ?? double.NaN))];
        double[] known = [.. errors.Where(double.IsFinite)];
        if (known.Length == 0) return Html.Empty;
        var frame = new ChartFrame(
            ChartAxis.Whole("tokens decoded", 1, Math.Max(2, errors.Length)),
            ChartAxis.Linear("RMSE, % of half the range", 0, known.Max()));
        return ReportFigure.Narrow(
            $"{name}-growth",
            "Error after each token",
            $"What the first tokens give: RMSE {Percent(known[0] / 100)} after one, {Percent(known[^1] / 100)} after all {errors.Length}.",
            CurveChart.Draw(
                frame,
                $"RMSE after each of {errors.Length} tokens, from {Percent(known[0] / 100)} to {Percent(known[^1] / 100)}.",
                [.. Enumerable.Range(1, errors.Length).Select(i => (double)i)],
                errors));
    }

    private Html Tokens(ChunkTrace trace) => HtmlTable.Of(
        "Tokens of this chunk",
        [("token", true), ("id", true), ("coefficients", true), ("from", false), ("to", false), ("values", false), ("RMSE after it", true)],
        trace.Tokens.Select((token, i) => (string[])
        [
            Number((long)i + 1),
            token.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Number(token.Coefficients.Count),
            Place(token.Coefficients, 0),
            Place(token.Coefficients, ^1),
            Values(token.Coefficients),
            Percent(token.RmseNormalized),
        ]));

    private string Place(IReadOnlyList<TracedCoefficient> coefficients, Index index)
    {
        if (coefficients.Count == 0) return "a part of the next";
        TracedCoefficient coefficient = coefficients[index.GetOffset(coefficients.Count)];
        return $"frequency {coefficient.Frequency}, {figures.Fidelity.PerDimension[coefficient.Dimension].Name}";
    }

    // Runs of one value as a count, as most are zeros.
    private static string Values(IReadOnlyList<TracedCoefficient> coefficients)
    {
        var runs = new List<string>();
        for (int i = 0; i < coefficients.Count && runs.Count < ShownRuns;)
        {
            int end = i;
            while (end < coefficients.Count && coefficients[end].Value == coefficients[i].Value) end++;
            string value = Number((long)coefficients[i].Value);
            runs.Add(end - i > 2 ? $"{value}\u00D7{end - i}" : string.Join(' ', Enumerable.Repeat(value, end - i)));
            i = end;
            if (runs.Count == ShownRuns && i < coefficients.Count) runs.Add("\u2026");
        }

        return string.Join(' ', runs);
    }
}
