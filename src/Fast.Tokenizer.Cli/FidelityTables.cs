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
            ("tokens, 95th percentile", FigureTable.Text(report.P95Tokens)),
            ("tokens, 99th percentile", FigureTable.Text(report.P99Tokens)),
            ("tokens, most", FigureTable.Text(report.MaxTokens)),
            ("tokens per second of motion", FigureTable.Text(report.TokensPerSecond)),
            ("values per token (binning: 1)", FigureTable.Text(report.CompressionRatio)),
            ("ids used", $"{FigureTable.Text(100 * report.VocabularyUse.UsedShare)} %, entropy {FigureTable.Text(report.VocabularyUse.Entropy)} of 1"),
            ("most frequent id", $"{FigureTable.Text(100 * report.VocabularyUse.MostFrequentShare)} % of the tokens"),
            ("rmse", FigureTable.Text(report.Rmse)),
            ("max error", At(report.MaxError, report.MaxErrorAt)),
            ("rmse, normalised", FigureTable.Text(report.RmseNormalized)),
            ("max error, normalised", At(report.MaxErrorNormalized, report.MaxErrorNormalizedAt)),
            ("values clipped", FigureTable.Text(report.Clipped)),
            ("chunks that do not decode", Undecodable(report))));

        if (report.PrefixQuality is { } prefixes) console.Write(PrefixTable(prefixes));
        console.Write(WorstTable(report.WorstChunks));

        // Most recordings do not say their units, and the width is needed.
        bool hasUnits = report.PerDimension.Any(row => row.Unit.Length > 0);
        Table table = new Table { Border = TableBorder.Simple }.AddColumn(new TableColumn("dimension").PadRight(0));
        if (hasUnits) table.AddColumn(new TableColumn("unit").PadRight(0));
        foreach (string heading in (string[])["rmse", "mean\nerror", "99 %\nbelow", "max\nerror", "bias", "rmse\nnormal.", "max err.\nnormal."])
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap().PadRight(0));
        foreach (FidelityDimension row in report.PerDimension)
        {
            string[] units = hasUnits ? [row.Unit] : [];
            double?[] figures =
                [row.Rmse, row.MeanAbsoluteError, row.P99Error, row.MaxError, row.MeanError, row.RmseNormalized, row.MaxErrorNormalized];
            string[] texts = [row.Name, .. units, .. figures.Select(FigureTable.Text)];
            table.AddRow(texts.Select(text => new Text(text)));
        }

        console.Write(table);
    }

    private static Table WorstTable(IReadOnlyList<FidelityChunk> chunks)
    {
        const int Shown = 3;
        Table table = new Table { Border = TableBorder.Simple }.AddColumn(new TableColumn("worst chunks").PadRight(0));
        foreach (string heading in (string[])["from step", "tokens", "max error"])
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap().PadRight(0));
        foreach (FidelityChunk chunk in chunks.Take(Shown))
        {
            string[] texts = [chunk.Episode, FigureTable.Text(chunk.Step), FigureTable.Text(chunk.Tokens), FigureTable.Text(chunk.MaxError)];
            table.AddRow(texts.Select(text => new Text(text)));
        }

        return table;
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

    private static string Undecodable(FidelityReport report) => report.FirstUndecodable is { } first
        ? $"{FigureTable.Text(report.UndecodableChunks)}, the first from step {first.Step} of '{first.Episode}'"
        : FigureTable.Text(0);

    private static string At(double? figure, FidelityLocation? place) =>
        place is { } at ? $"{FigureTable.Text(figure)} at {at.Name}, step {at.Step} of '{at.Episode}'" : FigureTable.None;
}
