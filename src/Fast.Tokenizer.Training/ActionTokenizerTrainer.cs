using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training.Parts;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>
/// Trains a tokenizer from recorded episodes: windows, statistics, coefficients, vocabulary, and a report of held-out episodes.
/// </summary>
/// <remarks>
/// The same episodes and options give the same tokenizer, whatever the machine. Episodes are read once per stage and never all held.
/// </remarks>
public sealed class ActionTokenizerTrainer
{
    private readonly TrainingOptions _options;

    /// <summary>Makes a trainer.</summary>
    /// <param name="options">How to train.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ActionTokenizerTrainer(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options is { Horizon: not null, HorizonSeconds: not null }) throw NoHorizon();
        if (options.Horizon < 1)
            throw new ArgumentException($"a horizon of {options.Horizon} steps is too short: at least 1", nameof(options));
        if (options.HorizonSeconds is { } seconds && !(seconds > 0 && double.IsFinite(seconds)))
            throw new ArgumentException($"a horizon of {seconds} seconds is not a positive length of time", nameof(options));
        if (options.Rate is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw new ArgumentException($"a rate of {rate} steps per second is not a positive number", nameof(options));
        if (options.Stride < 1) throw new ArgumentException($"a stride of {options.Stride} is too small: at least 1", nameof(options));
        if (!(options.AlphabetMargin >= 0 && options.AlphabetMargin <= 1))
            throw new ArgumentException($"an alphabet margin of {options.AlphabetMargin} is not between 0 and 1", nameof(options));
        if (!(options.HoldoutFraction >= 0 && options.HoldoutFraction < 1))
            throw new ArgumentException($"a holdout of {options.HoldoutFraction} is not a share from 0 to below 1", nameof(options));
        if (options.MemoryLimit < 1)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"a memory limit of {options.MemoryLimit} bytes is too small: at least 1"), nameof(options));
        }

        if (options.MaxDegreeOfParallelism is 0 or < -1)
        {
            throw new ArgumentException(
                $"{options.MaxDegreeOfParallelism} threads are too few: at least 1, or -1 for all", nameof(options));
        }
        if (options is { EncodedDimensions: not null, ActionSpace: not null })
            throw new ArgumentException("an action space says which dimensions are encoded: leave out the dimensions", nameof(options));
        if (options.EncodedDimensions is { Count: 0 }) throw new ArgumentException("no dimension is selected", nameof(options));
        if (options.Pruning is { } pruning) Check(pruning, options.Alphabet);
        _ = new CoefficientQuantizer(options.Scale, options.Order);
        _options = options;
    }

    /// <summary>Trains a tokenizer.</summary>
    /// <param name="source">The episodes.</param>
    /// <param name="progress">Told of each episode and of the merges; may be null.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <returns>The tokenizer and its report.</returns>
    /// <exception cref="InvalidDataException">
    /// The episodes cannot be trained on: none is long enough, a value is not finite, or dimensions differ; or no chunk of those held out
    /// decodes.
    /// </exception>
    /// <exception cref="ArgumentException">There is no horizon, or an option does not fit the episodes.</exception>
    /// <exception cref="IOException">The training takes more than its memory, and a temporary file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public Task<TrainingResult> TrainAsync(
        IEpisodeSource source, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (_options is { Horizon: null, HorizonSeconds: null }) throw NoHorizon();
        return Task.Run(() => TrainCoreAsync(source, progress, cancellationToken), cancellationToken);
    }

    /// <summary>Trains a tokenizer on counts of episodes, the merged parts of the second pass: the tokenizer that the episodes give.</summary>
    /// <remarks>
    /// What was counted with, from the horizon to the normalisation, is what the tokenizer has; in the options it is left at its default, or
    /// is the same. Only the vocabulary is still to be chosen.
    /// </remarks>
    /// <param name="counts">The counts; may be larger than memory.</param>
    /// <param name="progress">Told of the merges; may be null.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <returns>The tokenizer, without a report: nothing is held out.</returns>
    /// <exception cref="InvalidDataException">
    /// The counts are damaged, are statistics, of no window, or lack a shard of those that their statistics are of.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// An option needs episodes, as pruning, reconstruction points and a holdout do, or is not what was counted with, or does not fit the
    /// counts.
    /// </exception>
    /// <exception cref="IOException">
    /// The counts cannot be read; or the training takes more than its memory, and a temporary file cannot be written.
    /// </exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public Task<TrainingResult> TrainAsync(
        CorpusPart counts, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(counts);
        CountedTraining.Check(counts);
        CountedTraining.Check(_options, counts);
        return Task.Run(() => Train(counts, progress, cancellationToken), cancellationToken);
    }

    /// <summary>The horizon in steps that a recording is trained with; seconds are rounded to whole steps.</summary>
    /// <param name="source">The recording.</param>
    /// <returns>Time steps, at least 1.</returns>
    /// <exception cref="ArgumentException">There is no horizon; or it is in seconds, and there is no rate or the result is out of range.</exception>
    public int HorizonFor(IEpisodeSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (_options.Horizon is { } steps) return steps;
        if (_options.HorizonSeconds is not { } seconds) throw NoHorizon();
        if ((_options.Rate ?? source.Rate) is not { } rate)
            throw new ArgumentException($"{source.Name} does not say its rate: give the rate, or the horizon in steps");

        double horizon = Math.Round(seconds * rate);
        return horizon is >= 1 and <= ActionShape.MaxCount
            ? (int)horizon
            : throw new ArgumentException($"{seconds} seconds at {rate} steps per second are {horizon} steps: "
                + $"between 1 and {ActionShape.MaxCount} are possible");
    }

    private async Task<TrainingResult> TrainCoreAsync(
        IEpisodeSource source, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        Action<TrainingProgress>? report = progress is null ? null : progress.Report;
        RecordingInTraining recording =
            await RecordingInTraining.OpenAsync(source, HorizonFor(source), _options, cancellationToken).ConfigureAwait(false);
        ActionNormalizer normalizer = await recording.NormalizerAsync(report, cancellationToken).ConfigureAwait(false);
        SequenceCorpus corpus = await recording.CoefficientsAsync(normalizer, report, cancellationToken).ConfigureAwait(false);

        (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = VocabularyTrainer.Train(corpus, _options, progress, cancellationToken);
        var definition = new FastTokenizerDefinition
        {
            Scale = _options.Scale,
            Order = _options.Order,
            Alphabet = alphabet,
            Vocabulary = vocabulary,
            Normalizer = normalizer,
            Metadata = recording.Metadata,
            ActionSpace = _options.ActionSpace,
            Training = recording.Facts(corpus),
        };
        definition = await PruneAsync(recording, definition, progress, cancellationToken).ConfigureAwait(false);
        FastActionTokenizer tokenizer = await ReconstructionTrainer
            .TrainAsync(recording, new FastActionTokenizer(definition), progress, cancellationToken)
            .ConfigureAwait(false);
        return new TrainingResult(tokenizer, await recording.HeldOutAsync(tokenizer, report, cancellationToken).ConfigureAwait(false));
    }

    private TrainingResult Train(CorpusPart counts, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) =
            VocabularyTrainer.Train(counts.Sequences, _options, progress, cancellationToken);
        return new TrainingResult(
            new FastActionTokenizer(new FastTokenizerDefinition
            {
                Scale = counts.Scale!.Value,
                Order = counts.Order!.Value,
                Alphabet = alphabet,
                Vocabulary = vocabulary,
                Normalizer = counts.Normalizer,
                Metadata = counts.Metadata,
                ActionSpace = counts.ActionSpace,
                Training = CountedTraining.Facts(counts),
            }),
            null);
    }

    private async Task<FastTokenizerDefinition> PruneAsync(
        RecordingInTraining recording,
        FastTokenizerDefinition definition,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (_options.Pruning is not { } pruning) return definition;

        int most = Math.Clamp(VocabularyPruning.MaxValues / recording.Shape.Count, 1, pruning.Windows);
        return definition with
        {
            Vocabulary = VocabularyPruner.Prune(
                definition, _options.Vocabulary.VocabularySize,
                await recording.SpreadAsync(most, cancellationToken).ConfigureAwait(false), recording.Shape, pruning.Lambda,
                pruning.CanonicalShare, progress, new ParallelOptions
                {
                    CancellationToken = cancellationToken,
                    MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism,
                }),
        };
    }

    private static ArgumentException NoHorizon() => new("give the horizon either in steps or in seconds", "options");

    private static void Check(VocabularyPruning pruning, AlphabetKind alphabet)
    {
        if (alphabet != AlphabetKind.Integer)
            throw new ArgumentException($"pruning works with the integer alphabet, not with {alphabet}: leave one of them out");
        if (!(pruning.Candidates > 1 && pruning.Candidates <= 16))
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{pruning.Candidates} candidates for each token are not above 1 and at most 16"));
        }

        if (!(pruning.Lambda >= 0 && double.IsFinite(pruning.Lambda)))
            throw new ArgumentException(FormattableString.Invariant($"a price of {pruning.Lambda} for a token is not a number from 0 up"));
        if (!(pruning.CanonicalShare >= 0 && double.IsFinite(pruning.CanonicalShare)))
        {
            throw new ArgumentException(
                FormattableString.Invariant($"a canonical share of {pruning.CanonicalShare} is not a number from 0 up"));
        }

        if (pruning.Windows < 1) throw new ArgumentException($"{pruning.Windows} windows are too few to count uses in: at least 1");
    }
}
