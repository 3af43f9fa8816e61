using System.CommandLine;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>What <c>evaluate</c> and <c>verify</c> have in common: which tokenizer, on which chunks.</summary>
internal sealed class EvaluationOptions
{
    private readonly Option<string> _tokenizer = CommonOption.Tokenizer();
    private readonly Option<string[]> _data = CommonOption.Data();
    private readonly Option<int?> _horizon = CommonOption.Horizon();
    private readonly Option<int> _stride = CommonOption.Stride();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_tokenizer, _data, _horizon, _stride]) command.Add(option);
    }

    /// <summary>Evaluates as the options say.</summary>
    public async Task<FidelityReport> RunAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(parsed.GetRequiredValue(_tokenizer));
        int horizon = parsed.GetValue(_horizon)
            ?? tokenizer.Definition.Metadata.Horizon
            ?? throw new ArgumentException("the tokenizer does not say its horizon: give --horizon");
        var evaluation = new RecordingEvaluation(tokenizer, EpisodeDataset.Open(parsed.GetRequiredValue(_data)), horizon, parsed.GetValue(_stride));
        FidelityReport report = await ProgressView.RunAsync(console, progress => evaluation.RunAsync(progress, cancellationToken));
        if (evaluation.SkippedEpisodes > 0) console.Note($"{evaluation.SkippedEpisodes} episodes shorter than {horizon} steps were left out");
        return report;
    }
}
