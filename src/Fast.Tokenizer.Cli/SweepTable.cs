using Fast.Tokenizer.Training;
using Spectre.Console;

namespace Fast.Tokenizer.Cli;

/// <summary>What a sweep measured, as a table.</summary>
internal static class SweepTable
{
    /// <summary>What a scheme is called.</summary>
    public static string NameOf(RateDistortionSweepScheme scheme) => scheme switch
    {
        RateDistortionSweepScheme.RateDistortion => "rate-distortion",
        RateDistortionSweepScheme.Canonical => "plain FAST",
        RateDistortionSweepScheme.Published => "published",
        _ => "256 bins",
    };

    /// <summary>Writes a row per point, by vocabulary size and tokens; the Pareto-optimal ones are marked.</summary>
    public static void Write(IAnsiConsole console, RateDistortionSweepResult result)
    {
        string measured = result.HeldOutEpisodes > 0 ? $"{result.HeldOutEpisodes} held out" : "measured on the same";
        console.Write(FigureTable.Of(
            ("episodes", $"{result.TrainingEpisodes} trained on, {measured}, {result.SkippedEpisodes} too short"),
            ("chunks per point", $"{result.Windows} of {new ActionShape(result.Horizon, result.Dimensions)}")));

        Table table = new Table { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("ids").RightAligned().NoWrap().PadRight(0));
        table.AddColumn(new TableColumn("encoding").NoWrap().PadRight(0));
        foreach (string heading in (string[])["scale", "lambda", "tokens\nmean", "tokens\n99 %", "rmse\nnormal.", "max err.\nnormal."])
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap().PadRight(0));
        table.AddColumn(new TableColumn(""));
        IEnumerable<RateDistortionSweepPoint> points = result.Points.Concat(result.Baselines)
            .OrderBy(point => point.VocabularySize)
            .ThenBy(point => point.MeanTokens);
        foreach (RateDistortionSweepPoint point in points)
        {
            double?[] figures =
                [point.Scale, point.Lambda, point.MeanTokens, point.P99Tokens, point.RmseNormalized, point.MaxErrorNormalized];
            string[] texts =
            [
                FigureTable.Text(point.VocabularySize),
                point.Lambda == 0 ? "shortest" : NameOf(point.Scheme),
                .. figures.Select(FigureTable.Text),
                point.IsParetoOptimal ? "*" : "",
            ];
            Style style = point.IsParetoOptimal ? new Style(decoration: Decoration.Bold) : Style.Plain;
            table.AddRow(texts.Select(text => new Text(text, style)));
        }

        console.Write(table);
        console.WriteLine("* no other encoding here has as few tokens, as small an rmse and as small a vocabulary");
    }
}
