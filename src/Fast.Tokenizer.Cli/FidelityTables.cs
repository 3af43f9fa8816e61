using Fast.Tokenizer.Fidelity;
using Spectre.Console;

namespace Fast.Tokenizer.Cli;

/// <summary>A fidelity report as tables.</summary>
internal static class FidelityTables
{
    /// <summary>Writes the totals, then what happens along a chunk, the worst chunks, and a row per dimension in each unit.</summary>
    public static void Write(IAnsiConsole console, FidelityReport report)
    {
        console.Write(FigureTable.Of(
            ("chunks", FigureTable.Text(report.Chunks)),
            ("shape of a chunk", new ActionShape(report.Horizon, report.Dimensions).ToString()),
            ("tokens, mean", FigureTable.Text(report.MeanTokens)),
            ("tokens, median", FigureTable.Text(report.P50Tokens)),
            ("tokens, 95th percentile", FigureTable.Text(report.P95Tokens)),
            ("tokens, 99th percentile", FigureTable.Text(report.P99Tokens)),
            ("tokens, most", $"{FigureTable.Text(report.MaxTokens)} from step {report.LongestChunk.Step} of '{report.LongestChunk.Episode}'"),
            ("tokens per second of motion", FigureTable.Text(report.TokensPerSecond)),
            ("values per token (binning: 1)", FigureTable.Text(report.CompressionRatio)),
            ("ids used",
                $"{FigureTable.Text(100 * report.VocabularyUse.UsedShare)} %, "
                + $"entropy {FigureTable.Text(report.VocabularyUse.Entropy)} of 1"),
            ("most frequent id", $"{FigureTable.Text(100 * report.VocabularyUse.MostFrequentShare)} % of the tokens"),
            ("rmse", FigureTable.Text(report.Rmse)),
            ("max error", At(report.MaxError, report.MaxErrorAt)),
            ("rmse, normalised", FigureTable.Text(report.RmseNormalized)),
            ("max error, normalised", At(report.MaxErrorNormalized, report.MaxErrorNormalizedAt)),
            ("values clipped", report.Clipped == 0 ? FigureTable.Text(0) : $"{report.Clipped} in {report.ClippedChunks} chunks"),
            ("chunks that do not decode", Undecodable(report))));

        console.Write(StepTable(report.PerStep));
        if (report.PrefixQuality is { } prefixes) console.Write(PrefixTable(prefixes));
        console.Write(WorstTable(report.WorstChunks));

        string[] flips = [.. report.PerDimension.Where(row => row.Flips is not null).Select(row => $"{row.Flips} of {row.Name}")];
        if (flips.Length > 0) console.Write(FigureTable.Of(("binary values that came back as the other", string.Join(", ", flips))));

        // Most recordings do not say their units, and the width is needed.
        bool hasUnits = report.PerDimension.Any(row => row.Unit.Length > 0);
        console.Write(DimensionTable(
            "dimension",
            report.PerDimension,
            hasUnits ? row => row.Unit : null,
            row => row.IsNotCounted ? new double?[5] : [row.Rmse, row.MeanAbsoluteError, row.P99Error, row.MaxError, row.MeanError]));
        console.Write(DimensionTable(
            "normalised",
            report.PerDimension,
            unit: null,
            row =>
            [
                row.RmseNormalized, row.MeanAbsoluteErrorNormalized, row.P99ErrorNormalized, row.MaxErrorNormalized, row.MeanErrorNormalized,
            ]));
    }

    private static Table DimensionTable(
        string heading, IReadOnlyList<FidelityDimension> rows, Func<FidelityDimension, string>? unit, Func<FidelityDimension, double?[]> figures)
    {
        string[] units = unit is null ? [] : ["unit"];
        Table table = Of([heading, .. units], ["rmse", "mean\nerror", "99 %\nbelow", "max\nerror", "bias"]);
        foreach (FidelityDimension row in rows)
        {
            string[] texts = [row.Name, .. unit is null ? (string[])[] : [unit(row)], .. figures(row).Select(FigureTable.Text)];
            table.AddRow(texts.Select(text => new Text(text)));
        }

        return table;
    }

    // All steps are in the JSON; these say whether the ends of a chunk are worse than its middle.
    private static Table StepTable(IReadOnlyList<FidelityStep> steps)
    {
        Table table = Of(["step of the chunk"], ["rmse", "rmse\nnormal."]);
        FidelityStep worst = steps.Any(step => step.RmseNormalized is not null)
            ? steps.MaxBy(step => step.RmseNormalized)
            : steps.MaxBy(step => step.Rmse);
        foreach (FidelityStep step in (FidelityStep[])
            [.. new[] { steps[0], steps[steps.Count / 2], steps[^1], worst }.Distinct().OrderBy(step => step.Step)])
        {
            table.AddRow(
                step == worst ? $"{step.Step}, the worst" : FigureTable.Text(step.Step),
                FigureTable.Text(step.Rmse),
                FigureTable.Text(step.RmseNormalized));
        }

        return table;
    }

    private static Table WorstTable(IReadOnlyList<FidelityChunk> chunks)
    {
        Table table = Of(["worst chunks"], ["from step", "tokens", "max error"]);
        foreach (FidelityChunk chunk in chunks)
        {
            string[] texts = [chunk.Episode, FigureTable.Text(chunk.Step), FigureTable.Text(chunk.Tokens), FigureTable.Text(chunk.MaxError)];
            table.AddRow(texts.Select(text => new Text(text)));
        }

        return table;
    }

    private static Table PrefixTable(IReadOnlyList<FidelityPrefix> prefixes)
    {
        Table table = Of(["tokens decoded"], ["rmse", "rmse\nnormal."]);
        foreach (FidelityPrefix row in prefixes)
            table.AddRow($"first {FigureTable.Text(100 * row.Share)} %", FigureTable.Text(row.Rmse), FigureTable.Text(row.RmseNormalized));
        return table;
    }

    private static Table Of(string[] names, string[] figures)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string name in names) table.AddColumn(new TableColumn(name).PadRight(0));
        foreach (string figure in figures) table.AddColumn(new TableColumn(figure).RightAligned().NoWrap().PadRight(0));
        return table;
    }

    private static string Undecodable(FidelityReport report) => report.FirstUndecodable is { } first
        ? $"{report.UndecodableChunks} with {report.UndecodableTokens} tokens, in no other row; the first from step {first.Step} of '{first.Episode}'"
        : FigureTable.Text(0);

    private static string At(double? figure, FidelityLocation? place) =>
        place is { } at ? $"{FigureTable.Text(figure)} at {at.Name}, step {at.Step} of '{at.Episode}'" : FigureTable.None;
}
