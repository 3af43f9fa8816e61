using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>The page as a whole.</summary>
internal static class ReportPage
{
    // Classes of a tile.
    private const string Warning = " warning";

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
            ("limits", Html.Join(Limits(figures).Select(limit => new Html($"<li>{Html.Of(limit).Markup}</li>")))),
            ("json", new Html(JsonSerializer.Serialize(figures, ReportJson.Compact.ReportFigures))));
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Measured(ReportFigures figures)
    {
        FidelityReport report = figures.Fidelity;
        int episodes = figures.Episodes - figures.SkippedEpisodes;
        return $"{ReportNumber.Of(report.Chunks)} chunks of {report.Horizon} steps by {report.Dimensions} dimensions, from {ReportNumber.Of((long)episodes)} episodes, "
            + "were encoded, decoded and compared with what was recorded.";
    }

    private static Html Facts(ReportFigures figures)
    {
        TokenizerDescription tokenizer = figures.Tokenizer;
        double? rate = tokenizer.Actions.Rate;
        (string Name, string Value)[] facts =
        [
            ("tokenizer", figures.Name),
            ("recording", figures.Data),
            ("tokens chosen by", figures.Mode),
            ("chunk", $"{figures.Fidelity.Horizon} steps{(rate is { } hertz ? $" = {ReportNumber.Of(figures.Fidelity.Horizon / hertz)} s at {ReportNumber.Of(hertz)} Hz" : "")}, one every {(figures.Stride == 1 ? "step" : $"{figures.Stride} steps")}"),
            ("vocabulary", $"{ReportNumber.Of((long)tokenizer.VocabularySize)} ids, {tokenizer.Alphabet} alphabet"),
            ("scale", $"{ReportNumber.Of(tokenizer.Scale)} steps per normalised unit, {tokenizer.Order} order, {tokenizer.Reconstruction} reconstruction"),
            ("normalisation", tokenizer.Normalization ?? "none: the recording is taken as normalised"),
        ];
        return Html.Join(facts.Select(fact => new Html($"<div><dt>{Html.Of(fact.Name).Markup}</dt><dd>{Html.Of(fact.Value).Markup}</dd></div>")));
    }

    private static IEnumerable<Html> Tiles(ReportFigures figures)
    {
        FidelityReport report = figures.Fidelity;
        yield return Tile(
            "tokens per chunk", ReportNumber.Of(report.MeanTokens), $"mean; median {ReportNumber.Of(report.P50Tokens)}, 99 % {ReportNumber.Of(report.P99Tokens)}, most {ReportNumber.Of((long)report.MaxTokens)}");
        yield return Tile(
            "values per token", ReportNumber.Of(report.CompressionRatio), $"{ReportNumber.Of((long)report.Horizon * report.Dimensions)} values a chunk; binning has 1");
        if (report.TokensPerSecond is { } perSecond)
            yield return Tile("tokens per second", ReportNumber.Of(perSecond), "of motion, without overlap of chunks");
        if (report.RmseNormalized is not null)
        {
            FidelityDimension worst = report.PerDimension.Where(row => row.RmseNormalized is not null).MaxBy(row => row.RmseNormalized)!;
            yield return Tile("RMSE", ReportNumber.Percent(report.RmseNormalized), "of half the range of a dimension");
            yield return Tile(
                "least exact dimension",
                worst.Name, $"RMSE {ReportNumber.Of(worst.Rmse, worst.Unit)}, {ReportNumber.Percent(worst.RmseNormalized)} of half its range",
                " words");
            FidelityLocation at = report.MaxErrorNormalizedAt!.Value;
            FidelityDimension row = report.PerDimension[at.Dimension];
            yield return Tile(
                "largest error", ReportNumber.Percent(report.MaxErrorNormalized), $"of half the range: {ReportNumber.Of(row.MaxError, row.Unit)} in {at.Name}, step {ReportNumber.Of((long)at.Step)} of {at.Episode}");
        }
        else
        {
            yield return Tile("RMSE", ReportNumber.Of(report.Rmse), "in the units of the recording");
        }

        yield return Tile(
            "ids used", ReportNumber.Percent(report.VocabularyUse.UsedShare), $"of {ReportNumber.Of((long)figures.Tokenizer.VocabularySize)}; entropy {ReportNumber.Of(report.VocabularyUse.Entropy)} of 1");
        yield return Tile(
            "values clipped", ReportNumber.Of(report.Clipped), report.Clipped == 0 ? "all could be expressed" : $"in {ReportNumber.Of(report.ClippedChunks)} chunks", report.Clipped > 0 ? Warning : "");
        if (report.UndecodableChunks > 0)
            yield return Tile("chunks that do not decode", ReportNumber.Of(report.UndecodableChunks), "they are in no other figure", Warning);
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
            ReportNumber.Of(row.Rmse),
            ReportNumber.Percent(row.RmseNormalized),
            ReportNumber.Of(row.MeanAbsoluteError),
            ReportNumber.Of(row.P99Error),
            ReportNumber.Of(row.MaxError),
            ReportNumber.Percent(row.MaxErrorNormalized),
            ReportNumber.Of(row.MeanError),
            ReportNumber.Of(Jump(figures.Distributions.RmsePerDimensionAndStep[d])),
            string.Create(CultureInfo.InvariantCulture, $"{row.MaxErrorAt.Episode}:{row.MaxErrorAt.Step}"),
        ]));

    private static double Jump(IReadOnlyList<double> rmse) => Math.Sqrt((rmse[0] * rmse[0]) + (rmse[^1] * rmse[^1]));

    private static string Range(ReportFigures figures, int dimension)
    {
        if (figures.Tokenizer.Dimensions.Count == 0) return "\u22121 to 1";
        DescribedDimension row = figures.Tokenizer.Dimensions[dimension];
        return row.HalfRange > 0
            ? $"{ReportNumber.Of(row.Center - row.HalfRange)} to {ReportNumber.Of(row.Center + row.HalfRange)}"
            : $"{ReportNumber.Of(row.Center)}, does not move";
    }

    private static Html Checks(ReportFigures figures) => figures.Checks.Count == 0 ? Html.Empty : HtmlTable.Of(
        "Limits that were asked for.",
        [("limit on", false), ("value", true), ("limit", true), ("", false)],
        figures.Checks.Select(check => (string[])
        [
            check.Figure,
            check.Value is null && !check.Passed ? "unbounded" : ReportNumber.Of(check.Value),
            ReportNumber.Of(check.Limit),
            check.Passed ? "kept" : $"missed: {check.WorstCase}",
        ]));

    private static Html Worst(ReportFigures figures) => HtmlTable.Of(
        "The chunks with the largest errors in physical units; no two overlap.",
        [("episode", false), ("from step", true), ("tokens", true), ("max error", true)],
        figures.Fidelity.WorstChunks.Select(chunk => (string[])
            [chunk.Episode, ReportNumber.Of((long)chunk.Step), ReportNumber.Of((long)chunk.Tokens), ReportNumber.Of(chunk.MaxError)]));

    private static IEnumerable<string> Limits(ReportFigures figures)
    {
        TokenizerDescription tokenizer = figures.Tokenizer;
        FidelityReport report = figures.Fidelity;
        yield return $"The alphabet has coefficients from {ReportNumber.Of((long)tokenizer.MinCoefficient)} to {ReportNumber.Of((long)tokenizer.MaxCoefficient)}. "
            + (report.Clipped == 0 ? "No value of this recording is beyond." : $"{ReportNumber.Of(report.Clipped)} values are beyond or outside the range, and were clipped.");
        if (tokenizer.Dimensions.Count > 0)
        {
            yield return tokenizer.Clip
                ? "Actions outside the range of their dimension are clipped to it."
                : "Actions outside the range of their dimension are encoded as they are; the range is the unit of the error, not a limit.";
        }

        if (tokenizer.Dimensions.Any(row => row.HalfRange == 0))
            yield return $"{tokenizer.Dimensions.Count(row => row.HalfRange == 0)} dimensions did not move in training. They decode to their one value and have no normalised error.";
        if (tokenizer.Training is { } training)
            yield return $"The tokenizer was trained on {ReportNumber.Of((long)training.Episodes)} episodes. On these very episodes its figures are better than on new ones.";
        if (figures.SkippedEpisodes > 0)
            yield return $"{ReportNumber.Of((long)figures.SkippedEpisodes)} episodes are shorter than {report.Horizon} steps and were left out.";
        if (report.FirstUndecodable is { } first)
            yield return $"{ReportNumber.Of(report.UndecodableChunks)} chunks with {ReportNumber.Of(report.UndecodableTokens)} tokens do not decode, the first from step {ReportNumber.Of((long)first.Step)} of {first.Episode}.";
        yield return string.Create(CultureInfo.InvariantCulture, $"Chunks overlap where they start less than {report.Horizon} steps apart: their errors are not independent.");
    }
}
