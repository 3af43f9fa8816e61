using System.CommandLine;
using System.Text.Json;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>convert</c>: an existing tokenizer with another alphabet, or with statistics that it lacks.</summary>
internal sealed class ConvertCommand : ToolCommand
{
    private readonly Option<string> _tokenizer = CommonOption.Tokenizer();
    private readonly Option<string> _output = new("--output")
    {
        Description = "Folder to write; a tokenizer that is there is replaced.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<string?> _statistics = new("--statistics")
    {
        Description = "Statistics to give the tokenizer: openpi's norm_stats.json, LeRobot's stats.json, or a LeRobot data set.",
        HelpName = "PATH",
    };

    private readonly Option<string> _formula = CommonOption.Formula();
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Recorded episodes to train the vocabulary of the other alphabet on.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly RecordingOptions _recording;
    private readonly Option<string> _alphabet = CommonOption.Alphabet();
    private readonly Option<int> _stride = CommonOption.Stride();
    private readonly Option<int?> _horizon = CommonOption.Horizon();
    private readonly Option<int?> _vocabularySize = CommonOption.AtLeastOne(new Option<int?>("--vocab-size")
    {
        Description = "Token ids, the alphabet included. [default: as many as the tokenizer has]",
        HelpName = "N",
    });

    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public ConvertCommand(ToolConsole console)
        : base(console, "convert", "Gives a tokenizer another alphabet (with --data) or statistics (with --statistics).")
    {
        _recording = new RecordingOptions(_data);
        Option[] options =
        [
            _tokenizer, _output, _statistics, _formula, _data, _alphabet, _stride, _horizon, _vocabularySize, .. _recording.Others, _json,
        ];
        foreach (Option option in options) Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "convert --tokenizer my-tokenizer --data episodes.npz --alphabet byte-level --output my-byte-level",
        "convert --tokenizer physical-intelligence/fast --statistics norm_stats.json --formula openpi --output fast-with-statistics",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string output = parsed.GetRequiredValue(_output);
        OutputPath.RequireTokenizerFolder(output, _output.Name);
        string[] data = parsed.GetValue(_data) ?? [];
        if (data.Length == 0 && parsed.GetValue(_statistics) is null)
            throw new ArgumentException($"nothing to convert: give {_statistics.Name}, or {_data.Name} to train another alphabet on");

        FastActionTokenizer tokenizer = await FastActionTokenizer.LoadOrDownloadAsync(
            parsed.GetRequiredValue(_tokenizer), cancellationToken: cancellationToken);
        FastTokenizerDefinition definition = tokenizer.Definition;
        if (parsed.GetValue(_statistics) is { } statistics)
        {
            if (definition.Reconstruction is not null)
                Console.Note("the reconstruction points belong to the old statistics, and are left out");
            definition = definition with
            {
                Normalizer = ReadNormalizer(statistics, parsed.GetRequiredValue(_formula)),
                Reconstruction = null,
            };
        }

        if (data.Length > 0 && definition.Embodiments.Count > 0)
        {
            throw new ArgumentException(
                $"the vocabulary of a tokenizer for several robots is of all their recordings: train it anew with {_alphabet.Name} and "
                + $"{_data.Name} NAME=PATH for each");
        }

        FastActionTokenizer converted = data.Length == 0
            ? new FastActionTokenizer(definition)
            : await RetrainAsync(parsed, definition, _recording.Open(parsed), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        converted.Save(output);
        _recording.Bad.Note(Console);
        var summary = new ConvertSummary(output, converted.VocabularySize, converted.Checksum());
        if (parsed.GetValue(_json))
            Console.Output.WriteLine(_recording.Bad.AddTo(JsonSerializer.Serialize(summary, ToolJson.Indented.ConvertSummary)));
        else Console.Output.WriteLine($"saved {converted.VocabularySize} tokens to {output}");
        return ExitCode.Done;
    }

    private static ActionNormalizer ReadNormalizer(string path, string formula)
    {
        NormalizationOptions options = NormalizationOptions.Named(formula);
        return Path.GetFileName(path) == "norm_stats.json"
            ? OpenPiStatistics.ReadNormalizer(path, options)
            : LeRobotStatistics.ReadNormalizer(path, options);
    }

    // The same statistics, scale and order: only what a symbol is changes.
    private async Task<FastActionTokenizer> RetrainAsync(
        ParseResult parsed, FastTokenizerDefinition definition, IEpisodeSource source, CancellationToken cancellationToken)
    {
        int horizon = parsed.GetValue(_horizon) ?? definition.Metadata.Horizon
            ?? throw new ArgumentException($"the tokenizer does not say its horizon: give {_horizon.Name}");
        var trainer = new ActionTokenizerTrainer(new TrainingOptions
        {
            Horizon = horizon,
            MaxDegreeOfParallelism = _recording.MaxDegreeOfParallelism(parsed),
            Stride = parsed.GetValue(_stride),
            EncodedDimensions = definition.Metadata.EncodedDimensions,
            ActionSpace = definition.ActionSpace,
            Rate = definition.Metadata.Rate,
            Scale = definition.Scale,
            Order = definition.Order,
            Alphabet = CommonOption.AlphabetOf(parsed.GetRequiredValue(_alphabet)),
            Vocabulary = new BpeTrainerOptions { VocabularySize = parsed.GetValue(_vocabularySize) ?? definition.Vocabulary.Count },
            Normalizer = definition.Normalizer,
            Normalization = new NormalizationOptions { Method = NormalizationMethod.Identity },
        });
        TrainingResult result = await ProgressView.RunAsync(Console, progress => trainer.TrainAsync(source, progress, cancellationToken));
        return result.Tokenizer;
    }
}
