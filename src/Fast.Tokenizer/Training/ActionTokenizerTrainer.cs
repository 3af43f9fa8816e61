using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.RateDistortion;
using Fast.Tokenizer.Transform;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>Trains a tokenizer from recorded episodes: windows, statistics, coefficients, vocabulary, and a report of held-out episodes.</summary>
/// <remarks>The same episodes and options give the same tokenizer, whatever the machine. Episodes are read once per stage and never all held.</remarks>
public sealed class ActionTokenizerTrainer
{
    // An encoder that knows the points chooses other integers, which have other means. Each round gives less than the one before.
    private const int ReconstructionRounds = 3;

    private readonly TrainingOptions _options;

    /// <summary>Makes a trainer.</summary>
    /// <param name="options">How to train.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ActionTokenizerTrainer(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Horizon is null == options.HorizonSeconds is null)
            throw new ArgumentException("give the horizon either in steps or in seconds", nameof(options));
        if (options.Horizon < 1) throw new ArgumentException($"a horizon of {options.Horizon} steps is too short: at least 1", nameof(options));
        if (options.HorizonSeconds is { } seconds && !(seconds > 0 && double.IsFinite(seconds)))
            throw new ArgumentException($"a horizon of {seconds} seconds is not a positive length of time", nameof(options));
        if (options.Rate is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw new ArgumentException($"a rate of {rate} steps per second is not a positive number", nameof(options));
        if (options.Stride < 1) throw new ArgumentException($"a stride of {options.Stride} is too small: at least 1", nameof(options));
        if (!(options.AlphabetMargin >= 0 && options.AlphabetMargin <= 1))
            throw new ArgumentException($"an alphabet margin of {options.AlphabetMargin} is not between 0 and 1", nameof(options));
        if (!(options.HoldoutFraction >= 0 && options.HoldoutFraction < 1))
            throw new ArgumentException($"a holdout of {options.HoldoutFraction} is not a share from 0 to below 1", nameof(options));
        if (options is { Dimensions: not null, ActionSpace: not null })
            throw new ArgumentException("an action space says which dimensions are encoded: leave out the dimensions", nameof(options));
        if (options.MaxDegreeOfParallelism is 0 or < -1)
        {
            throw new ArgumentException(
                $"{options.MaxDegreeOfParallelism} threads are too few: at least 1, or -1 for all", nameof(options));
        }

        if (options.Dimensions is { Count: 0 }) throw new ArgumentException("no dimension is selected", nameof(options));
        if (options.Pruning is { } pruning) Check(pruning, options.Alphabet);
        _ = new CoefficientQuantizer(options.Scale, options.Order);
        _options = options;
    }

    /// <summary>Trains a tokenizer.</summary>
    /// <param name="source">The episodes.</param>
    /// <param name="progress">Told of each episode and of the merges; may be null.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <exception cref="InvalidDataException">The episodes cannot be trained on: none is long enough, a value is not finite, or dimensions differ.</exception>
    /// <exception cref="ArgumentException">An option does not fit the episodes.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public Task<TrainingResult> TrainAsync(
        IEpisodeSource source, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Task.Run(() => TrainCoreAsync(source, progress, cancellationToken), cancellationToken);
    }

    /// <summary>The horizon in steps that a recording is trained with; seconds are rounded to whole steps.</summary>
    /// <param name="source">The recording.</param>
    /// <exception cref="ArgumentException">The horizon is in seconds, and there is no rate or the result is out of range.</exception>
    public int HorizonFor(IEpisodeSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (_options.Horizon is { } steps) return steps;
        if ((_options.Rate ?? source.Rate) is not { } rate)
            throw new ArgumentException($"{source.Name} does not say its rate: give the rate, or the horizon in steps");

        double horizon = Math.Round(_options.HorizonSeconds!.Value * rate);
        return horizon is >= 1 and <= ActionShape.MaxCount
            ? (int)horizon
            : throw new ArgumentException($"{_options.HorizonSeconds} seconds at {rate} steps per second are {horizon} steps: between 1 and {ActionShape.MaxCount} are possible");
    }

    private async Task<TrainingResult> TrainCoreAsync(IEpisodeSource source, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        int horizon = HorizonFor(source);
        EpisodeSplit split = await EpisodeSplit.ReadAsync(source, horizon, _options, cancellationToken).ConfigureAwait(false);
        var shape = new ActionShape(horizon, split.Dimensions);

        var encoded = new EncodedWindows(_options.ActionSpace, shape, _options.Stride);
        ActionNormalizer normalizer = await NormalizerAsync(source, split, encoded, progress, cancellationToken).ConfigureAwait(false);

        var corpus = new SequenceCorpus();
        long windows =
            await CoefficientsAsync(source, split, encoded, normalizer, corpus, progress, cancellationToken).ConfigureAwait(false);

        (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = Vocabulary(corpus, progress, cancellationToken);
        var definition = new FastTokenizerDefinition
        {
            Scale = _options.Scale,
            Order = _options.Order,
            Alphabet = alphabet,
            Vocabulary = vocabulary,
            Normalizer = normalizer,
            Metadata = Metadata(source, shape),
            ActionSpace = _options.ActionSpace,
            Training = new TrainingFacts
            {
                Episodes = split.TrainingCount,
                SkippedEpisodes = split.SkippedCount,
                HeldOutEpisodes = split.HeldOutCount,
                Windows = windows,
                DistinctWindows = corpus.DistinctCount,
                Stride = _options.Stride,
                MinCoefficient = corpus.MinValue,
                MaxCoefficient = corpus.MaxValue,
            },
        };
        definition = await PruneAsync(source, split, shape, definition, progress, cancellationToken).ConfigureAwait(false);
        var tokenizer = new FastActionTokenizer(definition);
        tokenizer = await WithPointsAsync(source, split, shape, tokenizer, progress, cancellationToken).ConfigureAwait(false);
        return new TrainingResult(tokenizer, await HeldOutAsync(source, split, shape, tokenizer, progress, cancellationToken).ConfigureAwait(false));
    }

    private async Task<FastTokenizerDefinition> PruneAsync(
        IEpisodeSource source,
        EpisodeSplit split,
        ActionShape shape,
        FastTokenizerDefinition definition,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (_options.Pruning is not { } pruning) return definition;

        int most = Math.Clamp(VocabularyPruning.MaxValues / shape.Count, 1, pruning.Windows);
        HashSet<int> training = [.. split.Indices(EpisodeRole.Training)];
        var counted = await SpreadWindows
            .ReadAsync(new EpisodeSubset(source, training.Contains), shape, _options, most, cancellationToken)
            .ConfigureAwait(false);
        return definition with
        {
            Vocabulary = VocabularyPruner.Prune(
                definition, _options.Vocabulary.VocabularySize, counted, shape, pruning.Lambda, pruning.CanonicalShare, progress,
                new ParallelOptions
                {
                    CancellationToken = cancellationToken,
                    MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism,
                }),
        };
    }

    private async Task<FastActionTokenizer> WithPointsAsync(
        IEpisodeSource source,
        EpisodeSplit split,
        ActionShape shape,
        FastActionTokenizer tokenizer,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (_options.Reconstruction is not { } mode) return tokenizer;

        (mode as ErrorBoundMode)?.Check(shape);
        int rounds = mode.ChoosesIntegers ? ReconstructionRounds : 1;
        for (int round = 0; round < rounds; round++)
        {
            int before = round * split.TrainingCount;
            void Report(int episode) =>
                progress?.Report(new TrainingProgress(TrainingStage.Reconstruction, before + episode, rounds * split.TrainingCount));
            ReconstructionPoints points =
                await PointsAsync(source, split, shape, tokenizer, mode, Report, cancellationToken).ConfigureAwait(false);
            tokenizer = new FastActionTokenizer(tokenizer.Definition with { Reconstruction = points });
        }

        return tokenizer;
    }

    private async Task<ActionNormalizer> NormalizerAsync(
        IEpisodeSource source,
        EpisodeSplit split,
        EncodedWindows encoded,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        ActionShape shape = encoded.Encoded;
        if (_options.Normalizer is { } given)
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

        bool perTimestep = _options.Normalization.PerTimestep;
        if (_options.ActionSpace is not null || split.HasMasks || perTimestep)
        {
            var columns = new ColumnStatistics(perTimestep ? shape.Count : shape.Dimensions, _options.EstimateStatistics);
            int added = 0;
            await foreach (Episode episode in ReadAsync(source, split, EpisodeRole.Training, cancellationToken).ConfigureAwait(false))
            {
                encoded.AddTo(columns, episode, perTimestep);
                progress?.Report(new TrainingProgress(TrainingStage.Statistics, ++added, split.TrainingCount));
            }

            return new ActionNormalizer(columns.ToStatistics(), _options.Normalization, perTimestep ? shape.Horizon : null);
        }

        StatisticsAccumulator? exact = _options.EstimateStatistics ? null : new StatisticsAccumulator(split.Dimensions);
        StreamingStatisticsAccumulator? estimate = _options.EstimateStatistics ? new StreamingStatisticsAccumulator(split.Dimensions) : null;
        int done = 0;
        await foreach (Episode episode in ReadAsync(source, split, EpisodeRole.Training, cancellationToken).ConfigureAwait(false))
        {
            exact?.Add(episode.Actions.Span);
            estimate?.Add(episode.Actions.Span);
            progress?.Report(new TrainingProgress(TrainingStage.Statistics, ++done, split.TrainingCount));
        }

        return new ActionNormalizer(exact?.ToStatistics() ?? estimate!.ToStatistics(), _options.Normalization);
    }

    private async Task<long> CoefficientsAsync(
        IEpisodeSource source,
        EpisodeSplit split,
        EncodedWindows encoded,
        ActionNormalizer normalizer,
        SequenceCorpus corpus,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        ActionShape shape = encoded.Encoded;
        var plan = new DctPlan(shape.Horizon);
        var quantizer = new CoefficientQuantizer(_options.Scale, _options.Order);
        double[] values = new double[shape.Count], scratch = new double[shape.Count];
        var coefficients = new int[shape.Count];
        long windows = 0;
        int done = 0;
        await foreach (Episode episode in ReadAsync(source, split, EpisodeRole.Training, cancellationToken).ConfigureAwait(false))
        {
            int count = ChunkWindows.Count(episode.Steps, shape.Horizon, _options.Stride);
            for (int i = 0; i < count; i++)
            {
                encoded.Normalize(episode, i * _options.Stride, normalizer, scratch, values);
                plan.Forward(values, shape.Dimensions, values);
                quantizer.Quantize(values, shape, coefficients);
                AddSequence(corpus, coefficients, episode, i * _options.Stride);
            }

            windows += count;
            progress?.Report(new TrainingProgress(TrainingStage.Coefficients, ++done, split.TrainingCount));
        }

        return windows;
    }

    private async Task<ReconstructionPoints> PointsAsync(
        IEpisodeSource source,
        EpisodeSplit split,
        ActionShape shape,
        FastActionTokenizer tokenizer,
        EncodeMode mode,
        Action<int> read,
        CancellationToken cancellationToken)
    {
        ActionShape encoded = tokenizer.Encoded(shape);
        var encoding = new EncodeOptions { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp };
        var idle = new ConcurrentBag<(CentroidAccumulator Seen, double[] Scaled, int[] Quantized)>();
        int done = 0;
        await foreach (Episode episode in ReadAsync(source, split, EpisodeRole.Training, cancellationToken).ConfigureAwait(false))
        {
            Parallel.For(
                0,
                ChunkWindows.Count(episode.Steps, shape.Horizon, _options.Stride),
                new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism },
                () => idle.TryTake(out var own)
                    ? own
                    : (Seen: new CentroidAccumulator(encoded), Scaled: new double[encoded.Count], Quantized: new int[encoded.Count]),
                (i, _, own) =>
                {
                    ReadOnlySpan<double> window = ChunkWindows.Slice(episode, i * _options.Stride, shape.Horizon);
                    ActionContext context = ChunkWindows.Context(episode, i * _options.Stride);
                    if (tokenizer.TryQuantize(window, shape, context, encoding, own.Scaled, own.Quantized))
                        own.Seen.Add(own.Scaled, own.Quantized, _options.Order);
                    return own;
                },
                idle.Add);
            read(++done);
        }

        var sum = new CentroidAccumulator(encoded);
        foreach ((CentroidAccumulator seen, _, _) in idle) sum.Add(seen);

        // Windows that overlap are one experience: together they count as much as one that does not.
        return sum.ToPoints(Math.Max(1, (double)shape.Horizon / _options.Stride));
    }

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

    private (CoefficientAlphabet Alphabet, BpeVocabulary Vocabulary) Vocabulary(
        SequenceCorpus corpus, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (_options.Alphabet == AlphabetKind.ByteLevel) return ByteLevelTrainer.Train(corpus, _options.Vocabulary, progress, cancellationToken);

        IntegerAlphabet alphabet = Alphabet(corpus);
        BpeTrainerOptions options = _options.Vocabulary;
        if (_options.Pruning is { } pruning)
        {
            BpeTrainer.CheckSize(options, alphabet.SymbolCount);
            double candidates = Math.Min(BpeTrainer.MaxVocabularySize, Math.Ceiling(options.VocabularySize * pruning.Candidates));
            options = options with { VocabularySize = Math.Max(options.VocabularySize, (int)candidates) };
        }

        return (alphabet, BpeTrainer.Train(corpus, alphabet.MinCoefficient, alphabet.SymbolCount, options, progress, cancellationToken));
    }

    // Zero always belongs to the alphabet: a decoder that has nothing better fills with it.
    private IntegerAlphabet Alphabet(SequenceCorpus corpus)
    {
        int margin = (int)Math.Ceiling(_options.AlphabetMargin * ((long)corpus.MaxValue - corpus.MinValue));
        return new IntegerAlphabet(Math.Min(0, corpus.MinValue - margin), Math.Max(0, corpus.MaxValue + margin));
    }

    private static void Check(VocabularyPruning pruning, AlphabetKind alphabet)
    {
        if (alphabet != AlphabetKind.Integer)
            throw new ArgumentException($"pruning works with the integer alphabet, not with {alphabet}: leave one of them out");
        if (!(pruning.Candidates > 1 && pruning.Candidates <= 16))
            throw new ArgumentException(FormattableString.Invariant($"{pruning.Candidates} candidates for each token are not above 1 and at most 16"));
        if (!(pruning.Lambda >= 0 && double.IsFinite(pruning.Lambda)))
            throw new ArgumentException(FormattableString.Invariant($"a price of {pruning.Lambda} for a token is not a number from 0 up"));
        if (!(pruning.CanonicalShare >= 0 && double.IsFinite(pruning.CanonicalShare)))
            throw new ArgumentException(FormattableString.Invariant($"a canonical share of {pruning.CanonicalShare} is not a number from 0 up"));
        if (pruning.Windows < 1) throw new ArgumentException($"{pruning.Windows} windows are too few to count uses in: at least 1");
    }

    private async Task<FidelityReport?> HeldOutAsync(
        IEpisodeSource source,
        EpisodeSplit split,
        ActionShape shape,
        FastActionTokenizer tokenizer,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (split.HeldOutCount == 0) return null;

        var evaluator = new FidelityEvaluator(tokenizer, shape, tokenizer.Definition.Normalizer, tokenizer.Definition.Metadata, _options.HeldOutEncoding);
        int done = 0;
        await foreach (Episode episode in ReadAsync(source, split, EpisodeRole.HeldOut, cancellationToken).ConfigureAwait(false))
        {
            int count = ChunkWindows.Count(episode.Steps, shape.Horizon, _options.Stride);
            for (int i = 0; i < count; i++)
            {
                int step = i * _options.Stride;
                evaluator.Add(ChunkWindows.Slice(episode, step, shape.Horizon), episode.Name, step, ChunkWindows.Context(episode, step));
            }

            progress?.Report(new TrainingProgress(TrainingStage.Evaluation, ++done, split.HeldOutCount));
        }

        return evaluator.ToReport();
    }

    private async IAsyncEnumerable<Episode> ReadAsync(
        IEpisodeSource source, EpisodeSplit split, EpisodeRole role, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int index = 0;
        await foreach (Episode episode in source.ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (split.RoleOf(index++, episode) == role) yield return ChunkWindows.Select(episode, _options.Dimensions);
        }

        split.CheckEnd(index);
    }

    private ActionMetadata Metadata(IEpisodeSource source, ActionShape shape) => new()
    {
        Horizon = shape.Horizon,
        Dimensions = shape.Dimensions,
        Rate = _options.Rate ?? source.Rate,
        DimensionNames = Select(source.DimensionNames),
        DimensionUnits = Select(source.DimensionUnits),
        EncodedDimensions = _options.Dimensions is { } dimensions ? [.. dimensions] : null,
    };

    private IReadOnlyList<string>? Select(IReadOnlyList<string>? names) =>
        names is null || _options.Dimensions is null ? names : [.. _options.Dimensions.Select(dimension => names[dimension])];
}
