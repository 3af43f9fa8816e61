using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>count</c>: the episodes of a shard to a part.</summary>
internal sealed class CountCommand : ToolCommand
{
    private const string StatisticsPass = "statistics";
    private const string CoefficientsPass = "coefficients";

    private readonly TrainingOptionSet _training = new(0, "nothing", "it is counted");
    private readonly Option<string> _pass = new("--pass")
    {
        Description = "What is counted: values for the statistics first, then, under the merged statistics, coefficients.",
        HelpName = $"{StatisticsPass}|{CoefficientsPass}",
        Required = true,
    };

    private readonly Option<string?> _statistics = new("--statistics")
    {
        Description = "With --pass coefficients: the merged statistics of all shards.",
        HelpName = "PART",
    };

    private readonly Option<string> _output = CommonOption.PartOutput();
    private readonly Option<double> _scale = CommonOption.Scale();
    private readonly Option<string?> _memory = CommonOption.Memory(
        "What counts may take (500MB, 2GB); what is more goes to temporary files beside the output. Results do not depend on it.", "1GB");

    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public CountCommand(ToolConsole console)
        : base(
            console,
            "count",
            "Counts what a training needs of a shard of its episodes, so that many machines can count. Nothing is held out: leave out "
            + "whole shards, and evaluate or verify on them. A count that is run again gives the same bytes.")
    {
        _pass.AcceptOnlyFromAmong(StatisticsPass, CoefficientsPass);
        _training.AddCountingTo(this, [_pass, _statistics, _output], _scale);
        Add(_memory);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "count --pass statistics --data shard-7.npz --horizon 1s --output 7.statistics",
        "count --pass coefficients --statistics all.statistics --data shard-7.npz --scale 10 --output 7.counts",
        "count --config pass-1.json --data shard-7.npz --output 7.statistics --memory 4GB",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        string output = parsed.GetRequiredValue(_output);
        OutputPath.RequireFile(output, _output.Name);
        var counting = new CorpusPartOptions { MemoryLimit = ByteSize.Parse(parsed.GetValue(_memory)!) };
        CorpusPart part = parsed.GetRequiredValue(_pass) == StatisticsPass
            ? await StatisticsAsync(parsed, output, counting, cancellationToken)
            : await CoefficientsAsync(parsed, output, counting, cancellationToken);

        _training.Bad.Note(Console);
        if (part.Windows == 0) Console.Note($"no episode has {part.Shape.Horizon} steps: the part holds no chunks");
        PartSummary summary = PartSummary.Of(part, Stopwatch.GetElapsedTime(start));
        if (parsed.GetValue(_json))
            Console.Output.WriteLine(_training.Bad.AddTo(JsonSerializer.Serialize(summary, ToolJson.Indented.PartSummary)));
        else summary.Write(Console);
        return ExitCode.Done;
    }

    private async Task<CorpusPart> StatisticsAsync(
        ParseResult parsed, string output, CorpusPartOptions counting, CancellationToken cancellationToken)
    {
        foreach (Option option in (Option[])[_statistics, _scale, .. _training.OfCoefficients])
        {
            if (parsed.GetResult(option) is { Implicit: false })
                throw new ArgumentException($"{option.Name} belongs to --pass {CoefficientsPass}: leave it out, and give it there");
        }

        (TrainingOptions options, IEpisodeSource source) = await _training.ReadCountingAsync(parsed, cancellationToken);
        return await ProgressView.RunAsync(
            Console, progress => CorpusPart.CountStatisticsAsync(source, options, output, counting, progress, cancellationToken));
    }

    private async Task<CorpusPart> CoefficientsAsync(
        ParseResult parsed, string output, CorpusPartOptions counting, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(_statistics) ?? throw new ArgumentException(
            $"--pass {CoefficientsPass} counts under statistics: give {_statistics.Name}, which merge wrote");
        CorpusPart statistics = CorpusPart.Open(path);
        (CoefficientCountOptions options, IEpisodeSource source) =
            await _training.ReadCountingAsync(parsed, statistics, cancellationToken);
        return await ProgressView.RunAsync(Console, progress => CorpusPart.CountCoefficientsAsync(
            source, statistics, options with { Scale = parsed.GetValue(_scale) }, output, counting, progress, cancellationToken));
    }
}
