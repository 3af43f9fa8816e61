using System.Runtime.CompilerServices;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Transform;

namespace Fast.Tokenizer.Training;

/// <summary>One recording in a training: its episodes divided, its statistics, its coefficients, and its report.</summary>
/// <remarks>Episodes are read once per stage and never all held.</remarks>
internal sealed class RecordingInTraining
{
    private readonly EpisodeSplit _split;

    private RecordingInTraining(IEpisodeSource source, TrainingOptions options, EpisodeSplit split, ActionShape shape)
    {
        Source = source;
        Options = options;
        _split = split;
        Shape = shape;
    }

    public IEpisodeSource Source { get; }

    /// <summary>How it is trained on.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Shape of a chunk.</summary>
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
        EncodedDimensions = Options.Dimensions is { } dimensions ? [.. dimensions] : null,
    };

    /// <summary>Reads all episodes once, checks them and divides them.</summary>
    public static async Task<RecordingInTraining> OpenAsync(
        IEpisodeSource source, int horizon, TrainingOptions options, CancellationToken cancellationToken)
    {
        EpisodeSplit split = await EpisodeSplit.ReadAsync(source, horizon, options, cancellationToken).ConfigureAwait(false);
        return new RecordingInTraining(source, options, split, new ActionShape(horizon, split.Dimensions));
    }

    /// <summary>The normaliser that the options give, or one from the statistics of the training episodes.</summary>
    public async Task<ActionNormalizer> NormalizerAsync(Action<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (Options.Normalizer is { } given)
        {
            return given.Dimensions == Shape.Dimensions
                ? given
                : throw new ArgumentException(
                    $"the statistics given are of {given.Dimensions} dimensions, the episodes have {Shape.Dimensions}");
        }

        StatisticsAccumulator? exact = Options.EstimateStatistics ? null : new StatisticsAccumulator(Shape.Dimensions);
        StreamingStatisticsAccumulator? estimate = Options.EstimateStatistics ? new StreamingStatisticsAccumulator(Shape.Dimensions) : null;
        int done = 0;
        await foreach (Episode episode in ReadAsync(EpisodeRole.Training, cancellationToken).ConfigureAwait(false))
        {
            exact?.Add(episode.Actions.Span);
            estimate?.Add(episode.Actions.Span);
            progress?.Invoke(new TrainingProgress(TrainingStage.Statistics, ++done, Episodes));
        }

        return new ActionNormalizer(exact?.ToStatistics() ?? estimate!.ToStatistics(), Options.Normalization);
    }

    /// <summary>The coefficients of all windows of the training episodes.</summary>
    public async Task<SequenceCorpus> CoefficientsAsync(
        ActionNormalizer normalizer, Action<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var corpus = new SequenceCorpus();
        var plan = new DctPlan(Shape.Horizon);
        var quantizer = new CoefficientQuantizer(Options.Scale, Options.Order);
        var values = new double[Shape.Count];
        var coefficients = new int[Shape.Count];
        int done = 0;
        await foreach (Episode episode in ReadAsync(EpisodeRole.Training, cancellationToken).ConfigureAwait(false))
        {
            int count = WindowCount(episode);
            for (int i = 0; i < count; i++)
            {
                normalizer.Normalize(Window(episode, i), values);
                plan.Forward(values, Shape.Dimensions, values);
                quantizer.Quantize(values, Shape, coefficients);
                AddSequence(corpus, coefficients, episode, i * Options.Stride);
            }

            progress?.Invoke(new TrainingProgress(TrainingStage.Coefficients, ++done, Episodes));
        }

        return corpus;
    }

    /// <summary>What the training was of this recording.</summary>
    /// <param name="corpus">What <see cref="CoefficientsAsync"/> gave.</param>
    public TrainingFacts Facts(SequenceCorpus corpus) => new()
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
            for (int i = 0; i < count; i++) evaluator.Add(Window(episode, i), episode.Name, i * Options.Stride);
            progress?.Invoke(new TrainingProgress(TrainingStage.Evaluation, ++done, HeldOutEpisodes));
        }

        return evaluator.ToReport();
    }

    /// <summary>At most so many windows of the training episodes, spread evenly over them.</summary>
    public async Task<IReadOnlyList<double[]>> SpreadAsync(int most, CancellationToken cancellationToken)
    {
        HashSet<int> training = [.. _split.Indices(EpisodeRole.Training)];
        var windows = await SpreadWindows
            .ReadAsync(new EpisodeSubset(Source, training.Contains), Shape, Options, most, cancellationToken)
            .ConfigureAwait(false);
        return [.. windows.Select(window => window.Values)];
    }

    /// <summary>Reads the episodes with a role, with the dimensions that are encoded.</summary>
    public async IAsyncEnumerable<Episode> ReadAsync(EpisodeRole role, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int index = 0;
        await foreach (Episode episode in Source.ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_split.RoleOf(index++, episode) == role) yield return ChunkWindows.Select(episode, Options.Dimensions);
        }

        _split.CheckEnd(index);
    }

    /// <summary>Windows of an episode that <see cref="ReadAsync"/> gave.</summary>
    public int WindowCount(Episode episode) => ChunkWindows.Count(episode.Steps, Shape.Horizon, Options.Stride);

    /// <summary>One of them, row-major [T,D].</summary>
    public ReadOnlySpan<double> Window(Episode episode, int index) =>
        ChunkWindows.Slice(episode, index * Options.Stride, Shape.Horizon);

    private static void AddSequence(SequenceCorpus corpus, ReadOnlySpan<int> coefficients, Episode episode, int step)
    {
        try
        {
            corpus.Add(coefficients);
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"episode '{episode.Name}', window at step {step}: {problem.Message}", problem);
        }
    }

    private IReadOnlyList<string>? Selected(IReadOnlyList<string>? names) =>
        names is null || Options.Dimensions is null ? names : [.. Options.Dimensions.Select(dimension => names[dimension])];
}
