using System.Runtime.CompilerServices;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training.Parts;
using Fast.Tokenizer.Transform;

namespace Fast.Tokenizer.Training;

/// <summary>One recording in a training: its episodes divided, its statistics, its coefficients, and its report.</summary>
/// <remarks>Episodes are read once per stage and never all held.</remarks>
internal sealed class RecordingInTraining
{
    private readonly EpisodeSplit _split;
    private readonly EncodedWindows _encoded;

    private RecordingInTraining(IEpisodeSource source, TrainingOptions options, EpisodeSplit split, ActionShape shape)
    {
        Source = source;
        Options = options;
        _split = split;
        Shape = shape;
        _encoded = new EncodedWindows(options.ActionSpace, shape, options.Stride);
    }

    public IEpisodeSource Source { get; }

    /// <summary>How it is trained on.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Shape of a chunk of the robot's own actions.</summary>
    public ActionShape Shape { get; }

    /// <summary>Episodes that are trained on.</summary>
    public int Episodes => _split.TrainingCount;

    /// <summary>Episodes that are kept back.</summary>
    public int HeldOutEpisodes => _split.HeldOutCount;

    /// <summary>Episodes shorter than the horizon.</summary>
    public int SkippedEpisodes => _split.SkippedCount;

    /// <summary>What the actions are.</summary>
    public ActionMetadata Metadata => new()
    {
        Horizon = Shape.Horizon,
        Dimensions = Shape.Dimensions,
        Rate = Options.Rate ?? Source.Rate,
        DimensionNames = Selected(Source.DimensionNames),
        DimensionUnits = Selected(Source.DimensionUnits),
        EncodedDimensions = Options.EncodedDimensions is { } dimensions ? [.. dimensions] : null,
    };

    /// <summary>Shape of what is encoded of a chunk.</summary>
    public ActionShape Encoded => _encoded.Encoded;

    /// <summary>Columns that statistics are taken of.</summary>
    public int Columns => Options.Normalization.PerTimestep ? Encoded.Count : Encoded.Dimensions;

    /// <summary>Windows of the episodes that are trained on.</summary>
    public long Windows => _split.Windows(Shape.Horizon, Options.Stride);

    /// <summary>Reads all episodes once, checks them and divides them.</summary>
    public static Task<RecordingInTraining> OpenAsync(
        IEpisodeSource source, int horizon, TrainingOptions options, CancellationToken cancellationToken) =>
        OpenAsync(source, horizon, options, null, cancellationToken);

    /// <summary>The same of a shard, which may have no episode that is long enough.</summary>
    public static async Task<RecordingInTraining> OpenAsync(
        IEpisodeSource source, int horizon, TrainingOptions options, ShardIdentity? identity, CancellationToken cancellationToken)
    {
        EpisodeSplit split = await EpisodeSplit.ReadAsync(source, horizon, options, identity, cancellationToken).ConfigureAwait(false);
        return new RecordingInTraining(source, options, split, new ActionShape(horizon, split.Dimensions));
    }

    /// <summary>The normaliser that the options give, or one from the statistics of the training episodes.</summary>
    public async Task<ActionNormalizer> NormalizerAsync(Action<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ActionShape shape = _encoded.Encoded;
        if (Options.Normalizer is { } given)
        {
            if (given.Dimensions != shape.Dimensions)
            {
                throw new ArgumentException(
                    $"the statistics given are of {given.Dimensions} dimensions, the episodes have {shape.Dimensions}");
            }

            return given.Horizon is { } steps && steps != shape.Horizon
                ? throw new ArgumentException($"the statistics given are per time step of {steps}, the horizon is {shape.Horizon}")
                : given;
        }

        var columns = new ColumnStatistics(Columns, Options.EstimateStatistics);
        await AddValuesAsync(columns, progress, cancellationToken).ConfigureAwait(false);
        return new ActionNormalizer(
            columns.ToStatistics(), Options.Normalization, Options.Normalization.PerTimestep ? shape.Horizon : null);
    }

    /// <summary>Gives the values that statistics are taken of.</summary>
    public async Task AddValuesAsync(IColumnValues columns, Action<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        int done = 0;
        await foreach (Episode episode in ReadAsync(EpisodeRole.Training, cancellationToken).ConfigureAwait(false))
        {
            _encoded.AddTo(columns, episode, Options.Normalization.PerTimestep);
            progress?.Invoke(new TrainingProgress(TrainingStage.Statistics, ++done, Episodes));
        }
    }

    /// <summary>The coefficients of all windows of the training episodes.</summary>
    public async Task<SequenceCorpus> CoefficientsAsync(
        ActionNormalizer normalizer, Action<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var corpus = new SequenceCorpus();
        await AddCoefficientsAsync(normalizer, sequence => corpus.Add(sequence), progress, cancellationToken).ConfigureAwait(false);
        return corpus;
    }

    /// <summary>Gives the coefficients of all windows of the training episodes.</summary>
    /// <param name="normalizer">Normalises the windows.</param>
    /// <param name="add">Takes them; may throw an <see cref="ArgumentException"/>.</param>
    /// <param name="progress">Told of each episode; may be null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task AddCoefficientsAsync(
        ActionNormalizer normalizer,
        Action<ReadOnlySpan<int>> add,
        Action<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        ActionShape shape = _encoded.Encoded;
        var plan = new DctPlan(shape.Horizon);
        var quantizer = new CoefficientQuantizer(Options.Scale, Options.Order);
        double[] values = new double[shape.Count], scratch = new double[shape.Count];
        var coefficients = new int[shape.Count];
        int done = 0;
        await foreach (Episode episode in ReadAsync(EpisodeRole.Training, cancellationToken).ConfigureAwait(false))
        {
            int count = WindowCount(episode);
            for (int i = 0; i < count; i++)
            {
                _encoded.Normalize(episode, i * Options.Stride, normalizer, scratch, values);
                plan.Forward(values, shape.Dimensions, values);
                quantizer.Quantize(values, shape, coefficients);
                AddSequence(add, coefficients, episode, i * Options.Stride);
            }

            progress?.Invoke(new TrainingProgress(TrainingStage.Coefficients, ++done, Episodes));
        }
    }

    /// <summary>What the training was of this recording.</summary>
    /// <param name="corpus">What <see cref="CoefficientsAsync"/> gave.</param>
    public TrainingFacts Facts(ICountedSequences corpus) => new()
    {
        Episodes = Episodes,
        SkippedEpisodes = SkippedEpisodes,
        HeldOutEpisodes = HeldOutEpisodes,
        Windows = corpus.TotalCount,
        DistinctWindows = corpus.DistinctCount,
        Stride = Options.Stride,
        MinCoefficient = corpus.MinValue,
        MaxCoefficient = corpus.MaxValue,
    };

    /// <summary>Encodes and decodes the held-out episodes; null where none were kept back.</summary>
    public async Task<FidelityReport?> HeldOutAsync(
        FastActionTokenizer tokenizer, Action<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (HeldOutEpisodes == 0) return null;

        var evaluator = new FidelityEvaluator(
            tokenizer, Shape, tokenizer.Definition.Normalizer, tokenizer.Definition.Metadata, Options.HeldOutEncoding);
        int done = 0;
        await foreach (Episode episode in ReadAsync(EpisodeRole.HeldOut, cancellationToken).ConfigureAwait(false))
        {
            int count = WindowCount(episode);
            for (int i = 0; i < count; i++)
                evaluator.Add(Window(episode, i), episode.Name, i * Options.Stride, Context(episode, i));
            progress?.Invoke(new TrainingProgress(TrainingStage.Evaluation, ++done, HeldOutEpisodes));
        }

        try
        {
            return evaluator.ToReport();
        }
        catch (InvalidOperationException problem)
        {
            throw new InvalidDataException($"held-out episodes of {Source.Name}: {problem.Message}", problem);
        }
    }

    /// <summary>At most so many windows of the training episodes, spread evenly over them.</summary>
    public Task<IReadOnlyList<SpreadWindow>> SpreadAsync(int most, CancellationToken cancellationToken)
    {
        HashSet<int> training = [.. _split.Indices(EpisodeRole.Training)];
        return SpreadWindows.ReadAsync(new EpisodeSubset(Source, training.Contains), Shape, Options, most, cancellationToken);
    }

    /// <summary>Reads the episodes with a role, with the dimensions that are encoded.</summary>
    public async IAsyncEnumerable<Episode> ReadAsync(EpisodeRole role, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int index = 0;
        await foreach (Episode episode in Source.ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_split.RoleOf(index++, episode) == role) yield return ChunkWindows.Select(episode, Options.EncodedDimensions);
        }

        _split.CheckEnd(index);
    }

    /// <summary>Windows of an episode that <see cref="ReadAsync"/> gave.</summary>
    public int WindowCount(Episode episode) => ChunkWindows.Count(episode.Steps, Shape.Horizon, Options.Stride);

    /// <summary>One of them, row-major [T,D].</summary>
    public ReadOnlySpan<double> Window(Episode episode, int index) =>
        ChunkWindows.Slice(episode, index * Options.Stride, Shape.Horizon);

    /// <summary>What the action space needs to know of it.</summary>
    public ActionContext Context(Episode episode, int index) => ChunkWindows.Context(episode, index * Options.Stride);

    private static void AddSequence(Action<ReadOnlySpan<int>> add, ReadOnlySpan<int> coefficients, Episode episode, int step)
    {
        try
        {
            add(coefficients);
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"episode '{episode.Name}', window at step {step}: {problem.Message}", problem);
        }
    }

    private IReadOnlyList<string>? Selected(IReadOnlyList<string>? names) =>
        names is null || Options.EncodedDimensions is null ? names : [.. Options.EncodedDimensions.Select(dimension => names[dimension])];
}
