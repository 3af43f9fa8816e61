using System.CommandLine;
using System.Globalization;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>What <c>evaluate</c> and <c>verify</c> have in common: which tokenizer, on which chunks.</summary>
internal sealed class EvaluationOptions
{
    private readonly Option<string> _tokenizer = CommonOption.Tokenizer();
    private readonly Option<string?> _embodiment = CommonOption.Embodiment();
    private readonly Option<string[]> _data = CommonOption.Data();
    private readonly Option<double?> _resample = CommonOption.Resample();
    private readonly Option<string?> _held = CommonOption.HeldDimensions();
    private readonly Option<string[]> _states = CommonOption.RecordedStates();
    private readonly Option<int?> _horizon = CommonOption.Horizon();
    private readonly Option<int> _stride = CommonOption.Stride();

    private readonly EncodingOptions _encoding;

    /// <summary>Makes the options.</summary>
    /// <param name="withBounds">Whether encoding can be asked to keep a bound on the error.</param>
    public EvaluationOptions(bool withBounds) => _encoding = new EncodingOptions(withBounds);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_tokenizer, _embodiment, _data, _states, _resample, _held, _horizon, _stride]) command.Add(option);
        _encoding.AddTo(command);
    }

    /// <summary>Evaluates as the options say.</summary>
    public async Task<FidelityReport> RunAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        FastActionTokenizer tokenizer = await EmbodimentChoice.LoadAsync(
            parsed.GetRequiredValue(_tokenizer), parsed.GetValue(_embodiment), _embodiment.Name, cancellationToken);
        int horizon = parsed.GetValue(_horizon)
            ?? tokenizer.Definition.Metadata.Horizon
            ?? throw new ArgumentException("the tokenizer does not say its horizon: give --horizon");
        IEpisodeSource source = Resampling.Of(
            CommonOption.Open(parsed, _data, _states),
            parsed.GetValue(_resample),
            null,
            tokenizer.Definition.ActionSpace,
            parsed.GetValue(_held),
            _held.Name);
        if (source.Rate is { } recorded && tokenizer.Definition.Metadata.Rate is { } trained && recorded != trained)
        {
            console.Note(string.Create(CultureInfo.InvariantCulture,
                $"the recording has {recorded} steps per second, the tokenizer was trained at {trained}: "
                + $"{_resample.Name} {trained} evaluates at that rate"));
        }

        var evaluation = new RecordingEvaluation(tokenizer, source, horizon, parsed.GetValue(_stride), new EncodeOptions { Mode = _encoding.Of(parsed) });
        FidelityReport report = await ProgressView.RunAsync(console, progress => evaluation.RunAsync(progress, cancellationToken));
        int skipped = evaluation.SkippedEpisodes;
        if (skipped > 0) console.Note($"{skipped} episodes shorter than {horizon} steps were left out");
        return report;
    }
}
