using System.CommandLine;
using System.Text.Json;
using Fast.Tokenizer.Cli.Report;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>report</c>: the fidelity of a tokenizer on recorded episodes as a page to look at.</summary>
internal sealed class ReportCommand : ToolCommand
{
    private readonly EvaluationOptions _evaluation = new(withBounds: true);
    private readonly Option<string> _output = new("--output")
    {
        Description = "The page, one file that needs no other; a file that is there is replaced.",
        HelpName = "report.html",
        Required = true,
    };

    private readonly Option<string?> _title = new("--title")
    {
        Description = "Heading of the page. [default: names tokenizer and data]",
        HelpName = "TEXT",
    };

    private readonly Option<string[]> _chunk = new("--chunk")
    {
        Description = "A chunk to show in full, by episode and first step; may be given again.",
        HelpName = "EPISODE:STEP",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int> _worst = new("--worst")
    {
        Description = "How many of the ten chunks with the largest errors to show in full.",
        HelpName = "N",
        DefaultValueFactory = _ => 3,
    };

    private readonly Option<string[]> _dimension = CommonOption.DimensionLimit();
    private readonly Option<int> _windows = CommonOption.AtLeastOne(new Option<int>("--windows")
    {
        Description = "The most chunks that the curve of tokens against error is measured on, spread evenly over the episodes.",
        HelpName = "N",
        DefaultValueFactory = _ => 500,
    });

    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public ReportCommand(ToolConsole console)
        : base(console, "report", "Writes what evaluate reports, and what it is made of, as one HTML page.")
    {
        _evaluation.AddTo(this);
        foreach (Option option in (Option[])[_output, _title, _chunk, _worst, _windows, _dimension, _json]) Add(option);
        _worst.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() < 0) result.AddError("--worst is negative: give 0 or more");
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "report --tokenizer my-tokenizer --data episodes.npz --output report.html",
        "report --tokenizer my-tokenizer --data episodes.npz --output report.html --mode shortest --chunk episode_000:120",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string output = parsed.GetRequiredValue(_output);
        OutputPath.RequireFile(output, _output.Name);
        ChunkPlace[] chosen = [.. (parsed.GetValue(_chunk) ?? []).Select(text => ChunkPlace.Parse(text, _chunk.Name)).Distinct()];
        var gate = new FidelityGate { Dimensions = DimensionLimits.Parse(parsed.GetValue(_dimension) ?? [], _dimension.Name) };
        RecordingEvaluation evaluation = await _evaluation.OpenAsync(parsed, Console, cancellationToken);

        // First, as a mistyped name should not wait for the figures.
        ReportChunk[] chosenChunks = await ChunkReader.ReadAsync(evaluation, chosen, cancellationToken);
        FidelityEvaluator evaluator = await _evaluation.RunAsync(evaluation, Console, cancellationToken);
        FidelityReport fidelity = evaluator.ToReport();
        ChunkPlace[] worst = [.. fidelity.WorstChunks
            .Take(parsed.GetValue(_worst))
            .Select((chunk, i) => new ChunkPlace(chunk.Episode, chunk.Step, i == 0 ? "the worst" : $"number {i + 1} of the worst"))];

        string name = _evaluation.TokenizerName(parsed), data = Path.GetFileName(Path.TrimEndingDirectorySeparator(evaluation.Source.Name));
        int windows = parsed.GetValue(_windows);
        var figures = new ReportFigures
        {
            Title = parsed.GetValue(_title) ?? $"{name} on {data}",
            Name = name,
            Data = data,
            Mode = _evaluation.Mode(parsed),
            Stride = evaluation.Stride,
            Episodes = evaluation.Episodes,
            SkippedEpisodes = evaluation.SkippedEpisodes,
            Tokenizer = TokenizerDescription.Of(evaluation.Tokenizer.Definition),
            HalfRanges = ReportFigures.HalfRangesOf(evaluation.Tokenizer.Definition),
            Fidelity = fidelity,
            Distributions = evaluator.ToDistributions(),
            Checks = gate.Dimensions.Count == 0 ? [] : VerificationResult.Of(fidelity, gate with { MaxUndecodableChunks = null }).Checks,
            Windows = windows,
            RateDistortion = await RateDistortionCurve.MeasureAsync(
                evaluation.Tokenizer,
                evaluation.Source,
                new RateDistortionCurveOptions { Horizon = evaluation.Horizon, Stride = evaluation.Stride, Windows = windows },
                cancellationToken),
            Chunks = [.. chosenChunks, .. await ChunkReader.ReadAsync(evaluation, worst, cancellationToken)],
        };
        cancellationToken.ThrowIfCancellationRequested();
        ReportFile.Write(output, figures);
        if (parsed.GetValue(_json))
        {
            var summary = new ReportSummary(output, fidelity.Chunks, evaluation.Episodes, evaluation.SkippedEpisodes);
            Console.Output.WriteLine(_evaluation.Bad.AddTo(JsonSerializer.Serialize(summary, ToolJson.Indented.ReportSummary)));
        }
        else Console.Output.WriteLine($"wrote the report on {fidelity.Chunks} chunks to {output}");
        return ExitCode.Done;
    }
}
