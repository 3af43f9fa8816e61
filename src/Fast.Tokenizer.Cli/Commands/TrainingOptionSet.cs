using System.CommandLine;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>What <c>train</c> and <c>sweep</c> have in common: which episodes, how cut and normalised, how merged.</summary>
internal sealed class TrainingOptionSet
{
    private readonly RecordingOptions _recording = new();
    private readonly ActionSpaceOptions _space = new();
    private readonly Option<HorizonLength> _horizon = new("--horizon")
    {
        Description = "Length of a chunk: steps (50) or seconds (1s, 0.5s).",
        HelpName = "T|1s",
        Required = true,
        CustomParser = result =>
        {
            try
            {
                return HorizonLength.Parse(result.Tokens[0].Value);
            }
            catch (FormatException problem)
            {
                result.AddError(problem.Message);
                return default;
            }
        },
    };

    private readonly Option<double?> _rate = new("--rate")
    {
        Description = "Steps per second. [default: what the recording says]",
        HelpName = "HZ",
    };

    private readonly Option<double?> _resample = CommonOption.Resample();
    private readonly Option<string?> _held = CommonOption.HeldDimensions();
    private readonly Option<int> _stride = CommonOption.Stride();
    private readonly Option<string?> _dims = new("--dims")
    {
        Description = "Dimensions to encode: indices, slices with an exclusive end, names (0:6,7). [default: all]",
        HelpName = "LIST",
    };

    private readonly Option<string> _normalization = CommonOption.OneOf(
        "--normalization", $"What spans the normalised range: {string.Join(", ", NormalizationName.All)}.", NormalizationName.All);

    private readonly Option<string> _formula = CommonOption.Formula();
    private readonly Option<bool> _clip = new("--clip") { Description = "Move values outside the normalised range to its ends." };
    private readonly Option<string?> _unnormalized = new("--unnormalized-dims")
    {
        Description = "Dimensions left as they are, such as a binary gripper; listed as in --dims, by recorded index. [default: none]",
        HelpName = "LIST",
    };

    private readonly Option<bool> _perTimestep = new("--per-timestep")
    {
        Description = "Statistics of each time step of a chunk, [T,D]: fixes the horizon, and leaves out the statistics for Python.",
    };

    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "How finely dimensions are represented: a weight for each (1,1,0.5), or for some, listed as in --dims "
            + "(gripper=0.5,0:3=2); half the weight is twice the step. [default: 1 for all]",
        HelpName = "LIST",
    };

    private readonly Option<double> _margin = new("--margin")
    {
        Description = "How far an integer alphabet reaches beyond the coefficients seen, as a share of their range.",
        HelpName = "F",
        DefaultValueFactory = _ => new TrainingOptions().AlphabetMargin,
    };

    private readonly Option<double?> _holdout;
    private readonly Option<int?> _seed = new("--seed")
    {
        Description = "Draw the held-out episodes with this seed. [default: the last ones are held out]",
        HelpName = "N",
    };

    private readonly Option<string> _order = CommonOption.OneOf(
        "--order", "Order of the coefficients; Python reads only frequency.", "frequency", "dimension");
    private readonly Option<long> _minFrequency = CommonOption.AtLeastOne(new Option<long>("--min-frequency")
    {
        Description = "A pair that occurs less often is not merged.",
        HelpName = "N",
        DefaultValueFactory = _ => new BpeTrainerOptions().MinFrequency,
    });

    private readonly Option<int> _maxTokenLength = CommonOption.AtLeastOne(new Option<int>("--max-token-length")
    {
        Description = "The longest token, in coefficients.",
        HelpName = "N",
        DefaultValueFactory = _ => new BpeTrainerOptions().MaxTokenLength,
    });

    private readonly Option<double?> _pruneFrom = new("--prune-from")
    {
        Description = "Train this many times the tokens and keep those that --mode rate-distortion and shortest need; canonical encoding then "
            + "takes more. Integer alphabet only. [default: no pruning]",
        HelpName = "F",
    };

    private readonly Option<bool> _estimate = new("--estimate-statistics")
    {
        Description = "Estimate quantiles in bounded memory, for recordings larger than it.",
    };

    private readonly Option<string?> _config = CommonOption.Config();
    private readonly double _defaultHoldout;
    private readonly string _withoutHoldout;

    /// <summary>Makes the options.</summary>
    /// <param name="defaultHoldout">The share that is held out where nothing is said and there is more than one episode.</param>
    /// <param name="purpose">What held-out episodes are for.</param>
    /// <param name="withoutHoldout">What becomes of a single episode, for a note: <c>it is trained on, and ...</c>.</param>
    public TrainingOptionSet(double defaultHoldout, string purpose, string withoutHoldout)
    {
        _defaultHoldout = defaultHoldout;
        _withoutHoldout = withoutHoldout;
        _holdout = new Option<double?>("--holdout")
        {
            Description = $"Share of the episodes kept back for {purpose}. "
                + $"[default: {defaultHoldout}, or 0 where there is only one episode]",
            HelpName = "F",
        };
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="own">Options of the command itself that belong to the first ones in the help.</param>
    public void AddTo(Command command, params ReadOnlySpan<Option> own)
    {
        Option[] options =
        [
            _recording.Data, _horizon, .. own, _rate, _resample, _held, _stride, _dims, .. _space.All, _normalization,
            _formula, _clip, _unnormalized, _perTimestep, _weights, _margin, _holdout, _seed, _order, _minFrequency, _maxTokenLength,
            _pruneFrom, _estimate, .. _recording.Others, _config,
        ];
        foreach (Option option in options) command.Add(option);
    }

    /// <summary>The data sets that a command line names; none where it names one without a name.</summary>
    public IReadOnlyList<NamedData> NamedData(ParseResult parsed) => _recording.Named(parsed);

    /// <summary>The recording that a command line names, at its own rate.</summary>
    public IEpisodeSource Source(ParseResult parsed) => _recording.Open(parsed);

    /// <summary>One of several recordings that a command line names, at its own rate.</summary>
    /// <exception cref="ArgumentException">States are given, of nobody knows which recording.</exception>
    public IEpisodeSource Source(ParseResult parsed, NamedData data) => _recording.Open(parsed, data);

    /// <summary>Episodes that were left out so far because they cannot be read.</summary>
    public BadEpisodes Bad => _recording.Bad;

    /// <summary>How to train, as a command line says; the scale and the alphabet are left to the command.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="source">The recording.</param>
    /// <param name="console">Told where nothing is held out.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="dataSet">Name of the data set in notes, where there are several.</param>
    /// <returns>How to train, and the recording at the rate to train at.</returns>
    /// <exception cref="ArgumentException">An option does not fit the recording.</exception>
    public async Task<(TrainingOptions Options, IEpisodeSource Source)> ReadAsync(
        ParseResult parsed, IEpisodeSource source, ToolConsole console, CancellationToken cancellationToken, string? dataSet = null)
    {
        HorizonLength horizon = parsed.GetRequiredValue(_horizon);
        IReadOnlyList<int>? dims = parsed.GetValue(_dims) is { } list ? DimensionList.Parse(list, source.DimensionNames, _dims.Name) : null;
        ActionSpace? space = null;
        if (_space.IsGiven(parsed))
        {
            int recorded = (await EncodedAsync(null, source, cancellationToken)).Count;
            space = await _space.ReadAsync(parsed, source, dims, recorded, cancellationToken);
            dims = space.EncodedDimensions;
        }

        source = Resampling.Of(source, parsed.GetValue(_resample), parsed.GetValue(_rate), space, parsed.GetValue(_held), _held.Name);
        NormalizationOptions formula = NormalizationOptions.Named(
            parsed.GetRequiredValue(_formula), NormalizationName.Parse(parsed.GetRequiredValue(_normalization)));
        var options = new TrainingOptions
        {
            Horizon = horizon.Steps,
            HorizonSeconds = horizon.Seconds,
            Rate = parsed.GetValue(_resample) is null ? parsed.GetValue(_rate) : null,
            Stride = parsed.GetValue(_stride),
            EncodedDimensions = space is null ? dims : null,
            ActionSpace = space,
            Vocabulary = new BpeTrainerOptions
            {
                MinFrequency = parsed.GetValue(_minFrequency),
                MaxTokenLength = parsed.GetValue(_maxTokenLength),
            },
            Pruning = parsed.GetValue(_pruneFrom) is { } candidates ? new VocabularyPruning { Candidates = candidates } : null,
            Normalization = formula with
            {
                Clip = formula.Clip || parsed.GetValue(_clip),
                PerTimestep = parsed.GetValue(_perTimestep),
                Mask = parsed.GetValue(_unnormalized) is { } unnormalized
                    ? Mask(unnormalized, await EncodedAsync(dims, source, cancellationToken), source)
                    : null,
                Weights = parsed.GetValue(_weights) is { } weights
                    ? DimensionWeights.Parse(
                        weights, await EncodedAsync(dims, source, cancellationToken), source.DimensionNames, _weights.Name)
                    : null,
            },
            Order = parsed.GetRequiredValue(_order) == "frequency" ? CoefficientOrder.FrequencyMajor : CoefficientOrder.DimensionMajor,
            AlphabetMargin = parsed.GetValue(_margin),
            HoldoutFraction = parsed.GetValue(_holdout) ?? 0,
            Seed = parsed.GetValue(_seed),
            EstimateStatistics = parsed.GetValue(_estimate),
            MaxDegreeOfParallelism = _recording.MaxDegreeOfParallelism(parsed),
        };
        if (parsed.GetValue(_holdout) is not null) return (options, source);
        return (options with { HoldoutFraction = await DefaultHoldoutAsync(source, options, console, dataSet, cancellationToken) }, source);
    }

    /// <summary>How many dimensions are encoded.</summary>
    public static async Task<int> DimensionsAsync(TrainingOptions options, IEpisodeSource source, CancellationToken cancellationToken) =>
        (await EncodedAsync(options.EncodedDimensions, source, cancellationToken)).Count;

    /// <summary>How many episodes are trained on.</summary>
    public static async Task<int> EpisodesAsync(TrainingOptions options, IEpisodeSource source, CancellationToken cancellationToken)
    {
        int usable = await UsableEpisodes(options, source, cancellationToken).CountAsync(cancellationToken);
        return (int)(usable * (1 - options.HoldoutFraction));
    }

    private static IAsyncEnumerable<Episode> UsableEpisodes(
        TrainingOptions options, IEpisodeSource source, CancellationToken cancellationToken)
    {
        int horizon = new ActionTokenizerTrainer(options).HorizonFor(source);
        return source.ReadEpisodesAsync(cancellationToken).Where(episode => episode.Steps >= horizon);
    }

    private static async Task<IReadOnlyList<int>> EncodedAsync(
        IReadOnlyList<int>? dims, IEpisodeSource source, CancellationToken cancellationToken)
    {
        if (dims is not null) return dims;
        Episode first = await source.ReadEpisodesAsync(cancellationToken).FirstOrDefaultAsync(cancellationToken)
            ?? throw new InvalidDataException($"{source.Name} holds no episodes");
        return [.. Enumerable.Range(0, first.Dimensions)];
    }

    private bool[] Mask(string text, IReadOnlyList<int> dims, IEpisodeSource source)
    {
        IReadOnlyList<int> unnormalized = DimensionList.Parse(text, source.DimensionNames, _unnormalized.Name);
        foreach (int dimension in unnormalized) DimensionList.RequireEncoded(dimension, dims, $"{_unnormalized.Name} {text}");
        return [.. dims.Select(dimension => !unnormalized.Contains(dimension))];
    }

    // A single episode is better trained on than refused, as long as nobody asked for a holdout.
    private async Task<double> DefaultHoldoutAsync(
        IEpisodeSource source, TrainingOptions options, ToolConsole console, string? dataSet, CancellationToken cancellationToken)
    {
        int usable = await UsableEpisodes(options, source, cancellationToken).Take(2).CountAsync(cancellationToken);
        string named = dataSet is null ? "" : $"data set '{dataSet}': ";
        if (usable == 1) console.Note($"{named}only one episode is long enough: {_withoutHoldout}");
        return usable == 1 ? 0 : _defaultHoldout;
    }
}
