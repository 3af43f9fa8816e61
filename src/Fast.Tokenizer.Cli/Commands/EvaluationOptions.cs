using System.CommandLine;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>What <c>evaluate</c>, <c>verify</c> and <c>report</c> have in common: which tokenizer, on which chunks.</summary>
internal sealed class EvaluationOptions
{
    private readonly Option<string> _tokenizer = CommonOption.Tokenizer();
    private readonly Option<string?> _embodiment = CommonOption.Embodiment();
    private readonly RecordingOptions _recording = new();
    private readonly Option<double?> _resample = CommonOption.Resample();
    private readonly Option<string?> _held = CommonOption.HeldDimensions();
    private readonly Option<int?> _horizon = CommonOption.Horizon();
    private readonly Option<int> _stride = CommonOption.Stride();

    private readonly Option<string?> _config = CommonOption.Config();

    private readonly EncodingOptions _encoding;

    /// <summary>Makes the options.</summary>
    /// <param name="withBounds">Whether encoding can be asked to keep a bound on the error.</param>
    public EvaluationOptions(bool withBounds) => _encoding = new EncodingOptions(withBounds);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] own = [_tokenizer, _embodiment, _recording.Data, _resample, _held, _horizon, _stride];
        foreach (Option option in own) command.Add(option);
        _encoding.AddTo(command);
        foreach (Option option in (Option[])[.. _recording.Others, _config]) command.Add(option);
    }

    /// <summary>What the tokenizer is called: its folder's name, or its name on the Hub.</summary>
    public string TokenizerName(ParseResult parsed)
    {
        string given = parsed.GetRequiredValue(_tokenizer);
        return Directory.Exists(given) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(given))) : given;
    }

    /// <summary>How tokens are chosen, as the command line says it.</summary>
    public string Mode(ParseResult parsed) => _encoding.Describe(parsed);

    /// <summary>Episodes that were left out so far because they cannot be read.</summary>
    public BadEpisodes Bad => _recording.Bad;

    /// <summary>Evaluates as the options say.</summary>
    public async Task<FidelityReport> RunAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        RecordingEvaluation evaluation = await OpenAsync(parsed, console, cancellationToken);
        return (await RunAsync(evaluation, console, cancellationToken)).ToReport();
    }

    /// <summary>The tokenizer and the recording that the options name, not evaluated yet.</summary>
    public async Task<RecordingEvaluation> OpenAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        FastActionTokenizer tokenizer = await EmbodimentChoice.LoadAsync(
            parsed.GetRequiredValue(_tokenizer), parsed.GetValue(_embodiment), _embodiment.Name, cancellationToken);
        int horizon = parsed.GetValue(_horizon)
            ?? tokenizer.Definition.Metadata.Horizon
            ?? throw new ArgumentException("the tokenizer does not say its horizon: give --horizon");
        IEpisodeSource source = Resampling.For(
            _recording.Open(parsed), tokenizer, parsed.GetValue(_resample), parsed.GetValue(_held), _held.Name, console);
        int threads = _recording.MaxDegreeOfParallelism(parsed);
        return new RecordingEvaluation(
            tokenizer,
            source,
            horizon,
            parsed.GetValue(_stride),
            new EncodeOptions { Mode = _encoding.Of(parsed) },
            threads > 0 ? threads : Environment.ProcessorCount);
    }

    /// <summary>Evaluates, and says how many episodes were left out.</summary>
    public async Task<FidelityEvaluator> RunAsync(
        RecordingEvaluation evaluation, ToolConsole console, CancellationToken cancellationToken)
    {
        FidelityEvaluator evaluated = await ProgressView.RunAsync(console, progress => evaluation.RunAsync(progress, cancellationToken));
        _recording.Bad.Note(console);
        int skipped = evaluation.SkippedEpisodes;
        if (skipped > 0) console.Note($"{skipped} episodes shorter than {evaluation.Horizon} steps were left out");
        return evaluated;
    }
}
