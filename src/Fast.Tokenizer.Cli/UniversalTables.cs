using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;
using Spectre.Console;

namespace Fast.Tokenizer.Cli;

/// <summary>A training on several data sets as tables.</summary>
internal static class UniversalTables
{
    /// <summary>Writes the totals, what each data set was, and how each does with which vocabulary.</summary>
    public static void Write(IAnsiConsole console, UniversalSummary summary)
    {
        TrainingFacts facts = summary.Training;
        console.Write(FigureTable.Of(
            ("saved to", summary.Output),
            ("data sets", string.Join(", ", summary.Embodiments.Select(embodiment => embodiment.Name))),
            ("episodes", $"{facts.Episodes} trained on, {facts.HeldOutEpisodes} held out, {facts.SkippedEpisodes} too short"),
            ("chunks", $"{facts.Windows}, {facts.DistinctWindows} different"),
            ("coefficients", $"{facts.MinCoefficient} to {facts.MaxCoefficient} at scale {FigureTable.Text(summary.Scale)}"),
            ("vocabulary", $"{summary.VocabularySize} tokens over an alphabet of {summary.AlphabetSize}"),
            ("seconds", FigureTable.Text(summary.Seconds))));

        Table sets = Of("chunk", "Hz", "episodes", "held out", "chunks", "counted", "share\n%");
        foreach (EmbodimentResult row in summary.Embodiments)
        {
            sets.AddRow(
                new Text(row.Name),
                new Text(new ActionShape(row.Actions.Horizon!.Value, row.Actions.Dimensions!.Value).ToString()),
                new Text(FigureTable.Text(row.Actions.Rate)),
                new Text(FigureTable.Text(row.Training.Episodes)),
                new Text(FigureTable.Text(row.Training.HeldOutEpisodes)),
                new Text(FigureTable.Text(row.Training.Windows)),
                new Text($"x{FigureTable.Text(row.Repetitions)}"),
                new Text(FigureTable.Text(100 * row.Share)));
        }

        console.Write(sets);
        if (summary.Embodiments.All(row => row.HeldOut is null)) return;

        bool compares = summary.Embodiments.Any(row => row.LeftOut is not null);
        console.WriteLine(compares
            ? "On held-out episodes: the vocabulary of all, of all but the data set, of the data set alone:"
            : "On held-out episodes:");
        Table reports = compares
            ? Of(
                "tokens\nall", "tokens\nwithout", "tokens\nalone", "rmse n.\nall", "rmse n.\nwithout", "rmse n.\nalone", "clipped\nwithout")
            : Of("tokens", "p95", "rmse\nnormal.", "max err.\nnormal.", "clipped");
        foreach (EmbodimentResult row in summary.Embodiments)
        {
            FidelityReport? all = row.HeldOut, without = row.LeftOut, alone = row.Own;
            double?[] figures = compares
                ?
                [
                    all?.MeanTokens, without?.MeanTokens, alone?.MeanTokens,
                    all?.RmseNormalized, without?.RmseNormalized, alone?.RmseNormalized, without?.Clipped,
                ]
                : [all?.MeanTokens, all?.P95Tokens, all?.RmseNormalized, all?.MaxErrorNormalized, all?.Clipped];
            reports.AddRow([new Text(row.Name), .. figures.Select(figure => new Text(FigureTable.Text(figure)))]);
        }

        console.Write(reports);
    }

    private static Table Of(params string[] figures)
    {
        Table table = new Table { Border = TableBorder.Simple }.AddColumn(new TableColumn("data set").PadRight(0));
        foreach (string figure in figures) table.AddColumn(new TableColumn(figure).RightAligned().NoWrap().PadRight(0));
        return table;
    }
}
