using System.Globalization;
using Fast.Tokenizer.Cli.Report.Charts;
using Fast.Tokenizer.Fidelity;
using static Fast.Tokenizer.Cli.Report.ReportNumber;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>Where the errors are: by dimension, time step and frequency.</summary>
/// <param name="figures">The figures.</param>
internal sealed class ErrorFigures(ReportFigures figures)
{
    // Half of the power: what is left of the motion at a frequency is then no more than what is wrong.
    private const double Lost = 0.7;

    private readonly double? _rate = figures.Tokenizer.Actions.Rate;

    /// <summary>The heat map.</summary>
    public Html Map()
    {
        FidelityReport report = figures.Fidelity;
        IReadOnlyList<double>?[] rows = [.. figures.Distributions.RmsePerDimensionAndStep.Select((row, d) =>
            figures.HalfRange(d) is { } half ? (IReadOnlyList<double>)[.. row.Select(rmse => rmse / half)] : null)];
        string[] names = [.. report.PerDimension.Select(row => row.Name)];
        FidelityDimension? worst = report.PerDimension.Where(row => row.RmseNormalized is not null).MaxBy(row => row.RmseNormalized);
        string description = worst is null
            ? "No dimension has a range."
            : "Map of the RMSE by dimension and time step. The largest RMSE of a dimension is that of "
                + $"{worst.Name}, {Percent(worst.RmseNormalized)} of half its range.";
        return ReportFigure.Wide(
            "error-map",
            "Error by dimension and time step",
            "RMSE over all chunks. A column that stands out in every row is a time step that chunks get wrong, usually the first and the "
            + "last; a row that does is a dimension that a larger weight would help."
            + (rows.Contains(null) ? " A line stands for a dimension that does not move." : ""),
            HeatMap.Draw(
                ChartAxis.Whole($"step of the chunk{StepNote()}", 0, report.Horizon - 1, 12),
                names,
                rows,
                "RMSE, % of half the range",
                description));
    }

    /// <summary>The other figures, in the order of the page.</summary>
    public IEnumerable<Html> Others()
    {
        if (figures.Fidelity.RmseNormalized is not null) yield return Dimensions();
        yield return Steps();
        if (figures.Distributions.PerFrequency is { } spectrum) yield return Spectrum(spectrum);
    }

    private Html Dimensions()
    {
        FidelityDimension[] rows = [.. figures.Fidelity.PerDimension.Where(row => row.RmseNormalized is not null).Reverse()];
        int still = figures.Fidelity.PerDimension.Count - rows.Length;
        double[] ends = [.. rows.SelectMany(row => (double[])[row.P99ErrorNormalized!.Value, row.RmseNormalized!.Value])];
        double most = Finite(ends).DefaultIfEmpty(0).Max();
        string leftOut = still == 0 ? "" : $" {still} dimensions that do not move are left out.";
        var frame = new ChartFrame(
            ChartAxis.Linear("% of half the range", 0, 100 * most),
            ChartAxis.Named("", [.. rows.Select(row => row.Name)]),
            height: 60 + (rows.Length * (rows.Length > 24 ? 14 : 18)),
            hasGrid: false);
        Html drawing = BarChart.Lying(
            frame,
            $"Bars of the RMSE. {string.Join("; ", rows.Reverse().Select(row => $"{row.Name}: {Percent(row.RmseNormalized)}"))}.",
            [.. rows.Select(row => (
                100 * row.RmseNormalized!.Value,
                100 * row.P99ErrorNormalized!.Value,
                $"{row.Name}: RMSE {Number(row.Rmse, row.Unit)} ({Percent(row.RmseNormalized)}), "
                    + $"99 % below {Number(row.P99Error, row.Unit)}"))]);
        return ReportFigure.Narrow(
            "error-by-dimension",
            "Error by dimension",
            $"The bar is the RMSE, the line the error that 99 of 100 values keep below.{leftOut}",
            drawing);
    }

    private Html Steps()
    {
        FidelityStep[] steps = [.. figures.Fidelity.PerStep];
        bool isNormalized = steps[0].RmseNormalized is not null;
        double[] errors = [.. steps.Select(step => isNormalized ? 100 * step.RmseNormalized!.Value : step.Rmse)];
        int worst = Array.IndexOf(errors, errors.Max());
        var frame = new ChartFrame(
            ChartAxis.Whole($"step of the chunk{StepNote()}", 0, steps.Length - 1),
            ChartAxis.Linear(isNormalized ? "RMSE, % of half the range" : "RMSE", 0, Finite(errors).DefaultIfEmpty(0).Max()));
        string text = steps.Length == 1
            ? "A chunk of one step."
            : $"First step {Text(0)}, middle {Text(steps.Length / 2)}, last {Text(^1)}. "
                + $"Where chunks follow each other, last and first step make the jump between them.";
        return ReportFigure.Narrow(
            "error-by-step",
            "Error along the chunk",
            text,
            CurveChart.Draw(
                frame,
                $"RMSE by time step of the chunk; the largest at step {worst}. {text}",
                [.. steps.Select(step => (double)step.Step)],
                errors));

        string Text(Index step) => isNormalized ? Percent(errors[step] / 100) : Number(errors[step]);
    }

    private Html Spectrum(IReadOnlyList<FidelityFrequency> spectrum)
    {
        int horizon = figures.Fidelity.Horizon;
        double[] x = [.. spectrum.Select(row => _rate is { } rate ? row.Frequency * rate / (2 * horizon) : row.Frequency)];
        double[] motion = [.. spectrum.Select(row => 100 * row.MotionRms)], error = [.. spectrum.Select(row => 100 * row.ErrorRms)];
        double[] positive = [.. Finite(motion.Concat(error)).Where(value => value > 0)];
        double most = positive.DefaultIfEmpty(1).Max(), least = Math.Max(positive.DefaultIfEmpty(1).Min(), most * 1e-6);
        var frame = new ChartFrame(
            ChartAxis.Linear(_rate is null ? "frequency, half periods per chunk" : "frequency, Hz", 0, Math.Max(x[^1], 1e-9), isFit: true),
            ChartAxis.Log("RMS per coefficient, %", least * 0.8, most * 1.25));

        // Where the error is as large as the motion, nothing of the motion is left.
        int lost = Enumerable.Range(0, spectrum.Count)
            .FirstOrDefault(k => spectrum.Skip(k).All(row => row.ErrorRms >= Lost * row.MotionRms), -1);
        string unit = _rate is null ? "half periods per chunk" : "Hz";
        string note = lost > 0
            ? $"From {Number(x[lost])} {unit} on, hardly anything of the motion is kept."
            : "Motion is kept at every frequency.";
        return ReportFigure.Narrow(
            "spectrum",
            "Motion and error by frequency",
            HtmlTemplate.Load("spectrum-text.html").Fill(("note", Html.Of(note))),
            CurveChart.Draw(frame, $"Motion and error by frequency, logarithmic. {note}", x, Floored(motion), Floored(error)));

        double[] Floored(double[] values) => [.. values.Select(value => value >= least ? value : double.NaN)];
    }

    private string StepNote() => _rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $", {rate:0.##} per second") : "";

    private static IEnumerable<double> Finite(IEnumerable<double> values) => values.Where(double.IsFinite);
}
