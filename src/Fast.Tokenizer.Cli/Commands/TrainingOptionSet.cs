using System.CommandLine;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Training.Parts;

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

    /// <summary>Options that say which episodes are read, and what is counted of them.</summary>
    public IReadOnlyCollection<Option> OfEpisodes =>
    [
        _recording.Data, .. _recording.OfEpisodes, _horizon, _rate, _resample, _held, _stride, _dims, .. _space.All, _normalization,
        _formula, _clip, _unnormalized, _perTimestep, _weights, _holdout, _seed, _order, _pruneFrom, _estimate,
    ];

    /// <summary>Lets counts stand in for episodes: then neither the data nor the horizon need be given.</summary>
    /// <param name="command">The command, which has these options.</param>
    /// <param name="counts">The option that names counts.</param>
    public void AllowInstead(Command command, Option counts)
    {
        Option[] required = [_recording.Data, _horizon];
        foreach (Option option in required)
        {
            option.Required = false;
            option.Description += $" Needed without {counts.Name}.";
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(counts) is not null || required.All(option => result.GetResult(option) is not null)) return;

            // The parser looks for no others once there is an error.
            foreach (Option option in required.Concat(command.Options.Where(option => option.Required)))
                if (result.GetResult(option) is null) result.AddError($"Option '{option.Name}' is required.");
        });
    }

    /// <summary>Adds the options that say what is counted, where a training is counted on several machines.</summary>
    /// <param name="command">The command.</param>
    /// <param name="first">Options of the command itself that belong to the first ones in the help.</param>
    /// <param name="scale">The option that says the scale.</param>
    public void AddCountingTo(Command command, ReadOnlySpan<Option> first, Option scale)
    {
        _horizon.Required = false;
        _horizon.Description = "Length of a chunk: steps (50) or seconds (1s, 0.5s); the second pass takes it from the statistics.";
        Option[] options =
        [
            _recording.Data, .. first, _horizon, _rate, _resample, _held, _stride, _dims, .. _space.All, _perTimestep, _estimate, scale,
            .. OfCoefficients, .. _recording.Others, _config,
        ];
        foreach (Option option in options) command.Add(option);
    }

    /// <summary>The options that the second pass of counting is free to choose.</summary>
    public IReadOnlyList<Option> OfCoefficients => [_normalization, _formula, _clip, _unnormalized, _weights, _order];

    /// <summary>What a command line says is counted in the first pass, and of which recording.</summary>
    /// <exception cref="ArgumentException">The horizon is missing, or an option does not fit the recording.</exception>
    public async Task<(TrainingOptions Options, IEpisodeSource Source)> ReadCountingAsync(
        ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!IsGiven(parsed, _horizon)) throw new ArgumentException($"the first pass cuts chunks: give {_horizon.Name}");
        IEpisodeSource source = Source(parsed);
        (IReadOnlyList<int>? dims, ActionSpace? space) = await SpaceAsync(parsed, source, isShard: true, cancellationToken);
        TrainingOptions options = Chunks(parsed, dims, space) with
        {
            Normalization = new NormalizationOptions { PerTimestep = parsed.GetValue(_perTimestep) },
            EstimateStatistics = parsed.GetValue(_estimate),
        };
        return (options, Resampled(parsed, source, space));
    }

    /// <summary>What a command line says is counted in the second pass, and of which recording; the scale is left to the command.</summary>
    /// <exception cref="ArgumentException">An option says otherwise than the statistics, or does not fit the recording.</exception>
    public async Task<(CoefficientCountOptions Options, IEpisodeSource Source)> ReadCountingAsync(
        ParseResult parsed, CorpusPart statistics, CancellationToken cancellationToken)
    {
        IEpisodeSource source = Source(parsed);
        IReadOnlyList<int> encoded = statistics.ActionSpace?.EncodedDimensions ?? statistics.Metadata.EncodedDimensions
            ?? [.. Enumerable.Range(0, statistics.Shape.Dimensions)];
        (IReadOnlyList<int>? dims, ActionSpace? space) = await SpaceAsync(parsed, source, isShard: true, cancellationToken);
        Require(_horizon, Horizon(parsed, statistics) == statistics.Shape.Horizon, $"{statistics.Shape.Horizon} steps");
        bool isOfRecording = parsed.GetValue(_resample) is not null;
        Require(_rate, isOfRecording || parsed.GetValue(_rate) == statistics.Metadata.Rate, Rate(statistics));
        Require(_resample, parsed.GetValue(_resample) == statistics.Metadata.Rate, Rate(statistics));
        Require(_stride, parsed.GetValue(_stride) == statistics.Stride, FigureTable.Text(statistics.Stride));
        Require(_dims, dims?.SequenceEqual(encoded) == true, string.Join(',', encoded));
        foreach (Option option in _space.All)
        {
            bool isSame = statistics.ActionSpace is { } counted && space?.Dimensions.SequenceEqual(counted.Dimensions) == true;
            Require(option, isSame, statistics.ActionSpace is null ? "no action space" : "another action space");
        }

        Require(_perTimestep, parsed.GetValue(_perTimestep) == statistics.PerTimestep, "statistics over all time steps");
        Require(_estimate, parsed.GetValue(_estimate) == statistics.RelativeError is not null, "exact statistics");
        IReadOnlyList<string>? names =
            source.DimensionNames ?? (statistics.Metadata.EncodedDimensions is null ? statistics.Metadata.DimensionNames : null);
        var options = new CoefficientCountOptions { Normalization = Normalization(parsed, encoded, names), Order = Order(parsed) };
        return (options, Resampled(parsed, source, statistics.ActionSpace));

        void Require(Option option, bool isSame, string counted)
        {
            if (IsGiven(parsed, option) && !isSame)
                throw new ArgumentException($"{option.Name} says otherwise than {statistics.Name}, which has {counted}: leave it out");
        }
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
        (IReadOnlyList<int>? dims, ActionSpace? space) = await SpaceAsync(parsed, source, isShard: false, cancellationToken);
        source = Resampled(parsed, source, space);
        bool needsDimensions = parsed.GetValue(_unnormalized) is not null || parsed.GetValue(_weights) is not null;
        IReadOnlyList<int> encoded = needsDimensions ? await EncodedAsync(dims, source, cancellationToken) : [];
        TrainingOptions options = Chunks(parsed, dims, space) with
        {
            Vocabulary = Vocabulary(parsed),
            Pruning = parsed.GetValue(_pruneFrom) is { } candidates ? new VocabularyPruning { Candidates = candidates } : null,
            Normalization = Normalization(parsed, encoded, source.DimensionNames) with { PerTimestep = parsed.GetValue(_perTimestep) },
            Order = Order(parsed),
            AlphabetMargin = parsed.GetValue(_margin),
            HoldoutFraction = parsed.GetValue(_holdout) ?? 0,
            Seed = parsed.GetValue(_seed),
            EstimateStatistics = parsed.GetValue(_estimate),
            MaxDegreeOfParallelism = _recording.MaxDegreeOfParallelism(parsed),
        };
        if (parsed.GetValue(_holdout) is not null) return (options, source);
        return (options with { HoldoutFraction = await DefaultHoldoutAsync(source, options, console, dataSet, cancellationToken) }, source);
    }

    /// <summary>How to train on counts, as a command line says; the alphabet is left to the command.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="counts">The counts.</param>
    /// <exception cref="ArgumentException">An option needs episodes, or is not what was counted with; the message names it.</exception>
    public TrainingOptions ReadCounted(ParseResult parsed, CorpusPart counts)
    {
        Option[] reading =
            [_recording.Data, .. _recording.OfEpisodes, _resample, _held, _dims, .. _space.All, _unnormalized, _weights];
        if (reading.FirstOrDefault(option => IsGiven(parsed, option)) is { } read)
            throw new ArgumentException($"{read.Name} is for episodes, and {counts.Name} was counted from some already: leave it out");
        if (parsed.GetValue(_holdout) is not (null or 0)) throw Refused(_holdout, CountedTraining.NoHoldout);
        if (IsGiven(parsed, _seed)) throw Refused(_seed, CountedTraining.NoHoldout);
        if (IsGiven(parsed, _pruneFrom)) throw Refused(_pruneFrom, CountedTraining.NoPruning);

        NormalizationOptions normalization = counts.Normalizer!.Options;
        if (IsGiven(parsed, _horizon))
        {
            HorizonLength horizon = parsed.GetRequiredValue(_horizon);
            if (horizon.Seconds is { } seconds) CountedTraining.RequireHorizon(_horizon.Name, seconds, counts);
            else CountedTraining.RequireSame(_horizon.Name, horizon.Steps, counts.Shape.Horizon, counts);
        }

        Require(_rate, parsed.GetValue(_rate), counts.Metadata.Rate);
        Require(_stride, parsed.GetValue(_stride), counts.Stride);
        Require(_order, parsed.GetRequiredValue(_order), counts.Order == CoefficientOrder.FrequencyMajor ? "frequency" : "dimension");
        Require(
            _normalization, parsed.GetRequiredValue(_normalization),
            NormalizationName.Of(normalization with { Formula = NormalizationFormula.Exact }));
        Require(
            _formula, parsed.GetRequiredValue(_formula),
            CommonOption.Formulas.First(name => NormalizationOptions.Named(name).Formula == normalization.Formula));
        Require(_clip, parsed.GetValue(_clip), normalization.Clip);
        Require(_perTimestep, parsed.GetValue(_perTimestep), counts.PerTimestep);
        Require(_estimate, parsed.GetValue(_estimate), counts.RelativeError is not null);
        return new TrainingOptions
        {
            Vocabulary = Vocabulary(parsed),
            AlphabetMargin = parsed.GetValue(_margin),
            MaxDegreeOfParallelism = _recording.MaxDegreeOfParallelism(parsed),
        };

        void Require<T>(Option option, T given, T counted)
        {
            if (IsGiven(parsed, option)) CountedTraining.RequireSame(option.Name, given, counted, counts);
        }

        static ArgumentException Refused(Option option, string reason) => new($"{option.Name} cannot be had from counts: {reason}");
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

    private BpeTrainerOptions Vocabulary(ParseResult parsed) => new()
    {
        MinFrequency = parsed.GetValue(_minFrequency),
        MaxTokenLength = parsed.GetValue(_maxTokenLength),
    };

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static string Rate(CorpusPart statistics) =>
        statistics.Metadata.Rate is { } rate ? $"{FigureTable.Text(rate)} steps per second" : "no rate";

    // The dimensions to encode, null for all, and the action space where one is given.
    private async Task<(IReadOnlyList<int>? Dims, ActionSpace? Space)> SpaceAsync(
        ParseResult parsed, IEpisodeSource source, bool isShard, CancellationToken cancellationToken)
    {
        IReadOnlyList<int>? dims = parsed.GetValue(_dims) is { } list ? DimensionList.Parse(list, source.DimensionNames, _dims.Name) : null;
        if (!_space.IsGiven(parsed)) return (dims, null);
        int recorded = (await EncodedAsync(null, source, cancellationToken)).Count;
        ActionSpace space = await _space.ReadAsync(parsed, source, dims, recorded, isShard, cancellationToken);
        return (space.EncodedDimensions, space);
    }

    private IEpisodeSource Resampled(ParseResult parsed, IEpisodeSource source, ActionSpace? space) =>
        Resampling.Of(source, parsed.GetValue(_resample), parsed.GetValue(_rate), space, parsed.GetValue(_held), _held.Name);

    private TrainingOptions Chunks(ParseResult parsed, IReadOnlyList<int>? dims, ActionSpace? space)
    {
        HorizonLength horizon = parsed.GetRequiredValue(_horizon);
        return new TrainingOptions
        {
            Horizon = horizon.Steps,
            HorizonSeconds = horizon.Seconds,
            Rate = parsed.GetValue(_resample) is null ? parsed.GetValue(_rate) : null,
            Stride = parsed.GetValue(_stride),
            EncodedDimensions = space is null ? dims : null,
            ActionSpace = space,
        };
    }

    // Steps that are given for a second pass, by the rate of the first.
    private int? Horizon(ParseResult parsed, CorpusPart statistics)
    {
        HorizonLength given = parsed.GetValue(_horizon);
        return given.Seconds is { } seconds ? (int)Math.Round(seconds * (statistics.Metadata.Rate ?? 0)) : given.Steps;
    }

    private NormalizationOptions Normalization(ParseResult parsed, IReadOnlyList<int> encoded, IReadOnlyList<string>? names)
    {
        NormalizationOptions formula = NormalizationOptions.Named(
            parsed.GetRequiredValue(_formula), NormalizationName.Parse(parsed.GetRequiredValue(_normalization)));
        return formula with
        {
            Clip = formula.Clip || parsed.GetValue(_clip),
            Mask = parsed.GetValue(_unnormalized) is { } unnormalized ? Mask(unnormalized, encoded, names) : null,
            Weights = parsed.GetValue(_weights) is { } weights ? DimensionWeights.Parse(weights, encoded, names, _weights.Name) : null,
        };
    }

    private CoefficientOrder Order(ParseResult parsed) =>
        parsed.GetRequiredValue(_order) == "frequency" ? CoefficientOrder.FrequencyMajor : CoefficientOrder.DimensionMajor;

    private bool[] Mask(string text, IReadOnlyList<int> dims, IReadOnlyList<string>? names)
    {
        IReadOnlyList<int> unnormalized = DimensionList.Parse(text, names, _unnormalized.Name);
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
