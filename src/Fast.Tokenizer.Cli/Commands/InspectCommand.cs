using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fast.Tokenizer.Training.Parts;
using Spectre.Console;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>inspect</c>: what is in a tokenizer folder.</summary>
internal sealed class InspectCommand : ToolCommand
{
    private const int SymbolsShown = 12;

    private readonly Argument<string> _directory = new("DIR")
    {
        Description = "Folder of the tokenizer, or a part that count or merge wrote.",
    };

    private readonly Option<string?> _embodiment = CommonOption.Embodiment();
    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public InspectCommand(ToolConsole console)
        : base(console, "inspect", "Shows what is in a tokenizer, or what was counted in a part.")
    {
        Add(_directory);
        Add(_embodiment);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["inspect my-tokenizer", "inspect all.counts"];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string directory = parsed.GetRequiredValue(_directory);
        if (File.Exists(directory)) return Inspect(CorpusPart.Open(directory), parsed);
        FastActionTokenizer tokenizer = await FastActionTokenizer.LoadOrDownloadAsync(directory, cancellationToken: cancellationToken);

        // Without a name all robots are listed.
        if (parsed.GetValue(_embodiment) is { } name) tokenizer = EmbodimentChoice.Of(tokenizer, name, _embodiment.Name);
        TokenizerDescription description = TokenizerDescription.Of(tokenizer.Definition);
        if (parsed.GetValue(_json)) Console.Output.WriteLine(JsonSerializer.Serialize(description, ToolJson.Indented.TokenizerDescription));
        else Write(description);
        return ExitCode.Done;
    }

    private int Inspect(CorpusPart part, ParseResult parsed)
    {
        if (parsed.GetValue(_embodiment) is not null)
            throw new ArgumentException($"{_embodiment.Name}: {part.Name} is a part, and has no robots");
        PartSummary summary = PartSummary.Of(part, null);
        if (parsed.GetValue(_json)) Console.Output.WriteLine(JsonSerializer.Serialize(summary, ToolJson.Indented.PartSummary));
        else summary.Write(Console);
        return ExitCode.Done;
    }

    private void Write(TokenizerDescription description)
    {
        ActionMetadata actions = description.Actions;
        Console.Tables.Write(FigureTable.Of(
            ("scale", FigureTable.Text(description.Scale)),
            ("order", description.Order),
            ("alphabet", $"{description.Alphabet}, {description.AlphabetSize} symbols"),
            ("coefficients", $"{description.MinCoefficient} to {description.MaxCoefficient}"),
            ("decoded as", description.Reconstruction),
            ("vocabulary", $"{description.VocabularySize} tokens"),
            ("symbols in a token", $"{description.MinTokenLength} to {description.MaxTokenLength}, median {description.MedianTokenLength}"),
            ("horizon", actions.Horizon is { } horizon ? $"{horizon} steps{Seconds(horizon, actions.Rate)}" : FigureTable.None),
            ("dimensions", actions.Dimensions is { } dimensions ? FigureTable.Text(dimensions) : FigureTable.None),
            ("recorded dimensions", actions.EncodedDimensions is { } encoded ? string.Join(',', encoded) : "all"),
            ("rate", actions.Rate is { } rate ? $"{FigureTable.Text(rate)} Hz" : FigureTable.None),
            ("normalization", description.Normalization is null ? (description.Embodiments.Count > 0 ? "each robot's own" : "none: the input is normalised already")
                : description.StatisticsHorizon is null ? description.Normalization
                : $"{description.Normalization}, per time step; below that of the first"),
            ("values out of range", description.Clip ? "clipped" : "kept"),
            ("trained on", description.Training is { } training ? Text(training) : FigureTable.None)));
        if (description.Embodiments.Count > 0) WriteEmbodiments(description.Embodiments);
        if (description.Dimensions.Count > 0) WriteDimensions(description.Dimensions);
        WriteTokens(description);
    }

    private void WriteEmbodiments(IReadOnlyList<DescribedEmbodiment> embodiments)
    {
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn(new TableColumn("robot").NoWrap())
            .AddColumn(new TableColumn("chunk").RightAligned())
            .AddColumn(new TableColumn("Hz").RightAligned())
            .AddColumn("normalization")
            .AddColumn("dimensions");
        foreach (DescribedEmbodiment row in embodiments)
        {
            string chunk = row.Actions is { Horizon: { } horizon, Dimensions: { } dimensions }
                ? new ActionShape(horizon, dimensions).ToString()
                : FigureTable.None;
            string[] texts =
            [
                row.Name, chunk, FigureTable.Text(row.Actions.Rate), row.Normalization ?? FigureTable.None,
                row.Actions.DimensionNames is { } names ? string.Join(", ", names) : FigureTable.None,
            ];
            table.AddRow(texts.Select(text => new Text(text)));
        }

        Console.Tables.Write(table);
    }

    private void WriteDimensions(IReadOnlyList<DescribedDimension> dimensions)
    {
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn(new TableColumn("dimension").NoWrap())
            .AddColumn("unit")
            .AddColumn(new TableColumn("center").RightAligned())
            .AddColumn(new TableColumn("half range").RightAligned())
            .AddColumn(new TableColumn("weight").RightAligned())
            .AddColumn("");
        foreach (DescribedDimension row in dimensions)
        {
            string? range = row.Encoding is null && !row.Normalized ? "left as it is" : row.HalfRange == 0 ? "constant" : null;
            string?[] remarks = [row.Encoding, range];
            string remark = string.Join("; ", remarks.OfType<string>());
            string[] texts =
            [
                row.Name, row.Unit, FigureTable.Text(row.Center), FigureTable.Text(row.HalfRange), FigureTable.Text(row.Weight), remark,
            ];
            table.AddRow(texts.Select(text => new Text(text)));
        }

        Console.Tables.Write(table);
    }

    private void WriteTokens(TokenizerDescription description)
    {
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn(new TableColumn("longest\ntokens").RightAligned())
            .AddColumn(new TableColumn("\nlength").RightAligned())
            .AddColumn(description.Alphabet == "integer" ? "\ncoefficients" : "\nsymbols");
        foreach (DescribedToken token in description.LongestTokens)
            table.AddRow(new Text(FigureTable.Text(token.Id)), new Text(FigureTable.Text(token.Length)), new Text(Runs(token.Symbols)));
        Console.Tables.Write(table);
    }

    // The longest tokens are mostly runs of zeros.
    private static string Runs(IReadOnlyList<int> symbols)
    {
        var runs = new List<string>();
        for (int start = 0, end; start < symbols.Count; start = end)
        {
            for (end = start + 1; end < symbols.Count && symbols[end] == symbols[start];) end++;
            runs.Add(end - start > 2 ? $"{symbols[start]} x{end - start}" : string.Join(", ", symbols.Skip(start).Take(end - start)));
        }

        return string.Join(", ", runs.Take(SymbolsShown)) + (runs.Count > SymbolsShown ? ", ..." : "");
    }

    private static string Seconds(int horizon, double? rate) =>
        rate is { } hertz ? string.Create(CultureInfo.InvariantCulture, $", {horizon / hertz:G4} s") : "";

    private static string Text(TrainingFacts facts) =>
        $"{facts.Windows} chunks ({facts.DistinctWindows} different) of {facts.Episodes} episodes, stride {facts.Stride}; "
        + $"{facts.HeldOutEpisodes} held out, {facts.SkippedEpisodes} too short; "
        + $"coefficients seen {facts.MinCoefficient} to {facts.MaxCoefficient}";
}
