using Fast.Tokenizer.Fidelity;
using Spectre.Console;

namespace Fast.Tokenizer.Cli;

/// <summary>A fidelity report as tables.</summary>
internal static class FidelityTables
{
    /// <summary>Writes the totals, then a row per share of the tokens and a row per dimension.</summary>
    public static void Write(IAnsiConsole console, FidelityReport report)
    {
        console.Write(FigureTable.Of(
            ("chunks", FigureTable.Text(report.Chunks)),
            ("shape of a chunk", new ActionShape(report.Horizon, report.Dimensions).ToString()),
            ("tokens, mean", FigureTable.Text(report.MeanTokens)),
            ("tokens, median", FigureTable.Text(report.P50Tokens)),
            ("tokens, 99th percentile", FigureTable.Text(report.P99Tokens)),
            ("tokens, most", FigureTable.Text(report.MaxTokens)),
            ("values per token", FigureTable.Text(report.CompressionRatio)),
            ("rmse", FigureTable.Text(report.Rmse)),
            ("max error", At(report.MaxError, report.MaxErrorAt)),
            ("rmse, normalised", FigureTable.Text(report.RmseNormalized)),
            ("max error, normalised", At(report.MaxErrorNormalized, report.MaxErrorNormalizedAt)),
            ("values clipped", FigureTable.Text(report.Clipped))));

        if (report.PrefixQuality is { } prefixes) console.Write(PrefixTable(prefixes));

        // Most recordings do not say their units, and the width is needed.
        bool hasUnits = report.PerDimension.Any(row => row.Unit.Length > 0);
        Table table = new Table { Border = TableBorder.Simple }.AddColumn(new TableColumn("dimension").PadRight(0));
        if (hasUnits) table.AddColumn(new TableColumn("unit").PadRight(0));
        foreach (string heading in (string[])["rmse", "max error", "bias", "rmse\nnormal.", "max error\nnormal."])
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap().PadRight(0));
        foreach (FidelityDimension row in report.PerDimension)
        {
            string[] units = hasUnits ? [row.Unit] : [];
            double?[] figures = [row.Rmse, row.MaxError, row.MeanError, row.RmseNormalized, row.MaxErrorNormalized];
            string[] texts = [row.Name, .. units, .. figures.Select(FigureTable.Text)];
            table.AddRow(texts.Select(text => new Text(text)));
        }

        console.Write(table);
    }

    private static Table PrefixTable(IReadOnlyList<FidelityPrefix> prefixes)
    {
        Table table = new Table { Border = TableBorder.Simple }.AddColumn(new TableColumn("tokens decoded").PadRight(0));
        foreach (string heading in (string[])["rmse", "rmse\nnormal."])
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap().PadRight(0));
        foreach (FidelityPrefix row in prefixes)
            table.AddRow($"first {FigureTable.Text(100 * row.Share)} %", FigureTable.Text(row.Rmse), FigureTable.Text(row.RmseNormalized));
        return table;
    }

    private static string At(double? figure, FidelityLocation? place) =>
        place is { } at ? $"{FigureTable.Text(figure)} at {at.Name}, step {at.Step} of '{at.Episode}'" : FigureTable.None;
}
