using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fast.Tokenizer.Fidelity;
using static Fast.Tokenizer.Cli.Report.ReportNumber;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>The page as a whole.</summary>
internal static class ReportPage
{
    // Classes of a tile.
    private const string Warning = " warning";

    private static readonly HtmlTemplate _fact = HtmlTemplate.Load("fact.html");
    private static readonly HtmlTemplate _limit = HtmlTemplate.Load("limit.html");
    private static readonly HtmlTemplate _tile = HtmlTemplate.Load("tile.html");

    /// <summary>Makes the page. The same figures give the same bytes.</summary>
    public static Html Of(ReportFigures figures)
    {
        string style = HtmlTemplate.Read("page.css"), script = HtmlTemplate.Read("page.js");
        var tokens = new TokenFigures(figures);
        var errors = new ErrorFigures(figures);
        return HtmlTemplate.Load("page.html").Fill(
            ("style-hash", new Html(Hash(style))),
            ("script-hash", new Html(Hash(script))),
            ("style", new Html(style)),
            ("script", new Html(script)),
            ("title", Html.Of(figures.Title)),
            ("measured", Html.Of(Measured(figures))),
            ("facts", Facts(figures)),
            ("tiles", Html.Join(Tiles(figures))),
            ("error-map", errors.Map()),
            ("errors", Html.Join(errors.Others())),
            ("tokens", Html.Join(tokens.All())),
            ("dimensions", Dimensions(figures)),
            ("worst", Worst(figures)),
            ("chunks", Html.Join(new ChunkSection(figures).All())),
            ("checks", Checks(figures)),
            ("limits", Html.Join(Limits(figures).Select(limit => _limit.Fill(("text", Html.Of(limit)))))),
            ("json", new Html(JsonSerializer.Serialize(figures, ReportJson.Compact.ReportFigures))));
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Measured(ReportFigures figures)
    {
        FidelityReport report = figures.Fidelity;
        int episodes = figures.Episodes - figures.SkippedEpisodes;
        return $"{Number(report.Chunks)} chunks of {report.Horizon} steps by {report.Dimensions} dimensions, "
            + $"from {Number(episodes)} episodes, were encoded, decoded and compared with what was recorded.";
    }

    private static Html Facts(ReportFigures figures)
    {
        TokenizerDescription tokenizer = figures.Tokenizer;
        int horizon = figures.Fidelity.Horizon;
        string duration = tokenizer.Actions.Rate is { } rate ? $" = {Number(horizon / rate)} s at {Number(rate)} Hz" : "";
        string every = figures.Stride == 1 ? "step" : $"{figures.Stride} steps";
        (string Name, string Value)[] facts =
        [
            ("tokenizer", figures.Name),
            ("recording", figures.Data),
            ("tokens chosen by", figures.Mode),
            ("chunk", $"{horizon} steps{duration}, one every {every}"),
            ("vocabulary", $"{Number(tokenizer.VocabularySize)} ids, {tokenizer.Alphabet} alphabet"),
            ("scale", $"{Number(tokenizer.Scale)} steps per normalised unit"),
            ("coefficients", $"{tokenizer.Order} order, {tokenizer.Reconstruction} reconstruction"),
            ("normalisation", tokenizer.Normalization ?? "none: the recording is taken as normalised"),
        ];
        return Html.Join(facts.Select(fact => _fact.Fill(("name", Html.Of(fact.Name)), ("value", Html.Of(fact.Value)))));
    }

    private static IEnumerable<Html> Tiles(ReportFigures figures)
    {
        FidelityReport report = figures.Fidelity;
        yield return Tile(
            "tokens per chunk",
            Number(report.MeanTokens),
            $"mean; median {Number(report.P50Tokens)}, 99 % {Number(report.P99Tokens)}, most {Number(report.MaxTokens)}");
        yield return Tile(
            "values per token",
            Number(report.CompressionRatio),
            $"{Number((long)report.Horizon * report.Dimensions)} values a chunk; binning has 1");
        if (report.TokensPerSecond is { } perSecond)
            yield return Tile("tokens per second", Number(perSecond), "of motion, without overlap of chunks");
        if (report.RmseNormalized is not null)
        {
            FidelityDimension worst = report.PerDimension.Where(row => row.RmseNormalized is not null).MaxBy(row => row.RmseNormalized)!;
            yield return Tile("RMSE", Percent(report.RmseNormalized), "of half the range of a dimension");
            yield return Tile(
                "least exact dimension",
                worst.Name, $"RMSE {Number(worst.Rmse, worst.Unit)}, {Percent(worst.RmseNormalized)} of half its range",
                " words");
            FidelityLocation at = report.MaxErrorNormalizedAt!.Value;
            FidelityDimension row = report.PerDimension[at.Dimension];
            yield return Tile(
                "largest error",
                Percent(report.MaxErrorNormalized),
                $"of half the range: {Number(row.MaxError, row.Unit)} in {at.Name}, step {Number(at.Step)} of {at.Episode}");
        }
        else
        {
            yield return Tile("RMSE", Number(report.Rmse), "in the units of the recording");
        }

        yield return Tile(
            "ids used",
            Percent(report.VocabularyUse.UsedShare),
            $"of {Number(figures.Tokenizer.VocabularySize)}; entropy {Number(report.VocabularyUse.Entropy)} of 1");
        yield return Tile(
            "values clipped",
            Number(report.Clipped),
            report.Clipped == 0 ? "all could be expressed" : $"in {Number(report.ClippedChunks)} chunks",
            report.Clipped > 0 ? Warning : "");
        if (report.UndecodableChunks > 0)
            yield return Tile("chunks that do not decode", Number(report.UndecodableChunks), "they are in no other figure", Warning);
    }

    private static Html Tile(string label, string value, string note, string kind = "") => _tile.Fill(
        ("kind", new Html(kind)), ("label", Html.Of(label)), ("value", Html.Of(value)), ("note", Html.Of(note)));

    private static Html Dimensions(ReportFigures figures) => HtmlTable.Of(
        "Errors of all dimensions. A share is of half the range; bias is the mean of decoded minus recorded; "
        + "the jump is the RMS that is added where one chunk ends and the next begins, their errors taken as independent.",
        [
            ("dimension", false), ("range", false), ("RMSE", true), ("share", true), ("mean error", true), ("99 % below", true),
            ("max error", true), ("share", true), ("bias", true), ("jump", true), ("max error at", false),
        ],
        figures.Fidelity.PerDimension.Select((row, d) => (string[])
        [
            row.Unit.Length == 0 ? row.Name : $"{row.Name} [{row.Unit}]",
            Range(figures, d),
            Number(row.Rmse),
            Percent(row.RmseNormalized),
            Number(row.MeanAbsoluteError),
            Number(row.P99Error),
            Number(row.MaxError),
            Percent(row.MaxErrorNormalized),
            Number(row.MeanError),
            Number(Jump(figures.Distributions.RmsePerDimensionAndStep[d])),
            string.Create(CultureInfo.InvariantCulture, $"{row.MaxErrorAt.Episode}:{row.MaxErrorAt.Step}"),
        ]));

    private static double Jump(IReadOnlyList<double> rmse) => Math.Sqrt((rmse[0] * rmse[0]) + (rmse[^1] * rmse[^1]));

    private static string Range(ReportFigures figures, int dimension)
    {
        if (figures.Tokenizer.Dimensions.Count == 0) return "\u22121 to 1";
        DescribedDimension row = figures.Tokenizer.Dimensions[dimension];
        return row.HalfRange > 0
            ? $"{Number(row.Center - row.HalfRange)} to {Number(row.Center + row.HalfRange)}"
            : $"{Number(row.Center)}, does not move";
    }

    private static Html Checks(ReportFigures figures) => figures.Checks.Count == 0 ? Html.Empty : HtmlTable.Of(
        "Limits that were asked for.",
        [("limit on", false), ("value", true), ("limit", true), ("", false)],
        figures.Checks.Select(check => (string[])
        [
            check.Figure,
            check.Value is null && !check.Passed ? "unbounded" : Number(check.Value),
            Number(check.Limit),
            check.Passed ? "kept" : $"missed: {check.WorstCase}",
        ]));

    private static Html Worst(ReportFigures figures) => HtmlTable.Of(
        "The chunks with the largest errors in physical units; no two overlap.",
        [("episode", false), ("from step", true), ("tokens", true), ("max error", true)],
        figures.Fidelity.WorstChunks.Select(chunk => (string[])
            [chunk.Episode, Number(chunk.Step), Number(chunk.Tokens), Number(chunk.MaxError)]));

    private static IEnumerable<string> Limits(ReportFigures figures)
    {
        TokenizerDescription tokenizer = figures.Tokenizer;
        FidelityReport report = figures.Fidelity;
        yield return $"The alphabet has coefficients from {Number(tokenizer.MinCoefficient)} to {Number(tokenizer.MaxCoefficient)}. "
            + (report.Clipped == 0
                ? "No value of this recording is beyond."
                : $"{Number(report.Clipped)} values are beyond or outside the range, and were clipped.");
        if (tokenizer.Dimensions.Count > 0)
        {
            yield return tokenizer.Clip
                ? "Actions outside the range of their dimension are clipped to it."
                : "Actions outside the range of their dimension are encoded as they are; the range is the unit of the error, not a limit.";
        }

        if (tokenizer.Dimensions.Any(row => row.HalfRange == 0))
        {
            yield return $"{tokenizer.Dimensions.Count(row => row.HalfRange == 0)} dimensions did not move in training. "
                + "They decode to their one value and have no normalised error.";
        }

        if (tokenizer.Training is { } training)
        {
            yield return $"The tokenizer was trained on {Number(training.Episodes)} episodes. "
                + "On these very episodes its figures are better than on new ones.";
        }

        if (figures.SkippedEpisodes > 0)
            yield return $"{Number(figures.SkippedEpisodes)} episodes are shorter than {report.Horizon} steps and were left out.";
        if (report.FirstUndecodable is { } first)
        {
            yield return $"{Number(report.UndecodableChunks)} chunks with {Number(report.UndecodableTokens)} tokens do not decode, "
                + $"the first from step {Number(first.Step)} of {first.Episode}.";
        }

        yield return $"Chunks overlap where they start less than {report.Horizon} steps apart: their errors are not independent.";
    }
}
