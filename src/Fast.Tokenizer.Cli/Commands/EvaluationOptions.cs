using System.CommandLine;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>What <c>evaluate</c>, <c>verify</c> and <c>report</c> have in common: which tokenizer, on which chunks.</summary>
internal sealed class EvaluationOptions
{
    private readonly Option<string> _tokenizer = CommonOption.Tokenizer();
    private readonly Option<string[]> _data = CommonOption.Data();
    private readonly Option<int?> _horizon = CommonOption.Horizon();
    private readonly Option<int> _stride = CommonOption.Stride();

    private readonly EncodingOptions _encoding;

    /// <summary>Makes the options.</summary>
    /// <param name="withBounds">Whether encoding can be asked to keep a bound on the error.</param>
    public EvaluationOptions(bool withBounds) => _encoding = new EncodingOptions(withBounds);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_tokenizer, _data, _horizon, _stride]) command.Add(option);
        _encoding.AddTo(command);
    }

    /// <summary>What the tokenizer is called: its folder's name, or its name on the Hub.</summary>
    public string TokenizerName(ParseResult parsed)
    {
        string given = parsed.GetRequiredValue(_tokenizer);
        return Directory.Exists(given) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(given))) : given;
    }

    /// <summary>How tokens are chosen, as the command line says it.</summary>
    public string Mode(ParseResult parsed) => _encoding.Describe(parsed);

    /// <summary>Evaluates as the options say.</summary>
    public async Task<FidelityReport> RunAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        RecordingEvaluation evaluation = await OpenAsync(parsed, cancellationToken);
        return (await RunAsync(evaluation, console, cancellationToken)).ToReport();
    }

    /// <summary>The tokenizer and the recording that the options name, not evaluated yet.</summary>
    public async Task<RecordingEvaluation> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        FastActionTokenizer tokenizer = await FastActionTokenizer.LoadOrDownloadAsync(parsed.GetRequiredValue(_tokenizer), cancellationToken: cancellationToken);
        int horizon = parsed.GetValue(_horizon)
            ?? tokenizer.Definition.Metadata.Horizon
            ?? throw new ArgumentException("the tokenizer does not say its horizon: give --horizon");
        IEpisodeSource source = EpisodeDataset.Open(parsed.GetRequiredValue(_data));
        var encoding = new EncodeOptions { Mode = _encoding.Of(parsed) };
        return new RecordingEvaluation(tokenizer, source, horizon, parsed.GetValue(_stride), encoding);
    }

    /// <summary>Evaluates, and says how many episodes were left out.</summary>
    public static async Task<FidelityEvaluator> RunAsync(
        RecordingEvaluation evaluation, ToolConsole console, CancellationToken cancellationToken)
    {
        FidelityEvaluator evaluated = await ProgressView.RunAsync(console, progress => evaluation.RunAsync(progress, cancellationToken));
        int skipped = evaluation.SkippedEpisodes;
        if (skipped > 0) console.Note($"{skipped} episodes shorter than {evaluation.Horizon} steps were left out");
        return evaluated;
    }
}
