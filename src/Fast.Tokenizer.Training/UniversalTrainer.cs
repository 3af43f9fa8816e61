using System.Globalization;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training.Parts;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>Trains one vocabulary on data sets of different robots, each with its own dimensions, rate and statistics.</summary>
/// <remarks>
/// <para>
/// The scheme of FAST+ (arXiv 2501.09747): chunks of one length in seconds; each data set normalised by its own statistics, so that
/// coefficients of all are alike; one alphabet and one vocabulary over them.
/// </para>
/// <para>
/// A data set's weight says how often its windows count: as whole numbers in the proportion of the weights, exact where 1000 or fewer for
/// the smallest weight allow it, else to half a thousandth. <see cref="BpeTrainerOptions.MinFrequency"/> is multiplied by the smallest of
/// them, so that it still counts windows of the data set that weighs least.
/// </para>
/// <para>The same episodes and options give the same tokenizer, whatever the machine and its number of threads.</para>
/// </remarks>
public sealed class UniversalTrainer
{
    private readonly UniversalTrainingOptions _options;

    /// <summary>Makes a trainer.</summary>
    /// <param name="options">How to train; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or not possible with several data sets.</exception>
    public UniversalTrainer(UniversalTrainingOptions? options = null)
    {
        options ??= new UniversalTrainingOptions();
        TrainingOptions training = options.Training;
        if (training.Horizon is null && training.HorizonSeconds is null) training = training with { HorizonSeconds = 1 };
        _ = new ActionTokenizerTrainer(training);
        if (!Enum.IsDefined(options.Shares))
            throw new ArgumentException($"{(int)options.Shares} is no {nameof(CorpusShares)}", nameof(options));
        if (training.Pruning is not null)
        {
            throw new ArgumentException(
                "pruning counts uses in chunks of one shape: leave it out where several data sets share a vocabulary", nameof(options));
        }

        if (options.LeftOut.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
            throw new ArgumentException($"'{twice}' is left out twice: name each data set once", nameof(options));
        _options = options with { Training = training };
    }

    /// <summary>Trains a tokenizer.</summary>
    /// <param name="sources">The data sets, at least one.</param>
    /// <param name="progress">Told of each episode and of the merges, from one thread at a time; may be null.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <returns>The tokenizer, and how it does on each data set.</returns>
    /// <exception cref="InvalidDataException">The episodes of a data set, which the message names, cannot be trained on.</exception>
    /// <exception cref="ArgumentException">
    /// A name is empty, used twice, or left out and not there; a weight is not a positive number, or more than a million times another;
    /// nothing is held out of a data set that is left out; or an option does not fit the episodes.
    /// </exception>
    /// <exception cref="IOException">The training takes more than its memory, and a temporary file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public Task<UniversalTrainingResult> TrainAsync(
        IReadOnlyList<EmbodimentSource> sources,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        Check([.. sources.Select(source => (source.Name, source.Weight))]);
        return Task.Run(() => TrainCoreAsync(sources, progress, cancellationToken), cancellationToken);
    }

    /// <summary>Trains a tokenizer on counts of the data sets: the tokenizer that their episodes give.</summary>
    /// <remarks>
    /// What was counted with is as it was counted; in the options it is left at its default, or is the same. The scale, the order and the
    /// stride are the same in all data sets.
    /// </remarks>
    /// <param name="counts">The data sets, at least one.</param>
    /// <param name="progress">Told of the merges; may be null.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <returns>The tokenizer, without reports: nothing is held out.</returns>
    /// <exception cref="InvalidDataException">
    /// The counts of a data set, which the message names, are damaged, are statistics, of no window, or lack a shard.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A name is empty or used twice; a weight is not a positive number, or more than a million times another; data sets were counted with
    /// different scales, orders or strides; or an option needs episodes, as leaving out a data set does, or is not what was counted with.
    /// </exception>
    /// <exception cref="IOException">
    /// Counts cannot be read; or the training takes more than its memory, and a temporary file cannot be written.
    /// </exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public Task<UniversalTrainingResult> TrainAsync(
        IReadOnlyList<EmbodimentCounts> counts,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(counts);
        Check([.. counts.Select(one => (one.Name, one.Weight))]);
        if (_options.LeftOut is [var name, ..])
            throw new ArgumentException($"'{name}' cannot be left out to compare: {CountedTraining.NoHoldout}");
        foreach (EmbodimentCounts one in counts) Check(one, counts[0]);
        return Task.Run(() => Train(counts, progress, cancellationToken), cancellationToken);
    }

    private void Check(EmbodimentCounts one, EmbodimentCounts first)
    {
        try
        {
            CountedTraining.Check(one.Counts);

            // One second is what is said where nothing is said.
            TrainingOptions training = _options.Training;
            CountedTraining.Check(training.HorizonSeconds == 1 ? training with { HorizonSeconds = null } : training, one.Counts);
            CountedTraining.RequireSame("the scale of another data set", first.Counts.Scale, one.Counts.Scale, one.Counts);
            CountedTraining.RequireSame("the order of another data set", first.Counts.Order, one.Counts.Order, one.Counts);
            CountedTraining.RequireSame("the stride of another data set", first.Counts.Stride, one.Counts.Stride, one.Counts);
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidDataException($"data set '{one.Name}': {problem.Message}", problem);
        }
        catch (ArgumentException problem)
        {
            throw new ArgumentException($"data set '{one.Name}': {problem.Message}", problem);
        }
    }

    private UniversalTrainingResult Train(
        IReadOnlyList<EmbodimentCounts> counts, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ICountedSequences[] sequences = [.. counts.Select(one => one.Counts.Sequences)];
        long[] repetitions = Repetitions([.. counts.Select((one, i) => (one.Weight, sequences[i].Mass))]);
        TrainingFacts[] facts = [.. counts.Select(one => CountedTraining.Facts(one.Counts))];
        var corpus = new WeightedSequences([.. sequences.Zip(repetitions)], cancellationToken);
        TrainingOptions training = _options.Training with
        {
            Scale = counts[0].Counts.Scale!.Value,
            Order = counts[0].Counts.Order!.Value,
            Stride = counts[0].Counts.Stride,
        };
        FastTokenizerDefinition shared = Vocabulary(corpus, facts, repetitions, training, progress, cancellationToken);
        var tokenizer = new FastActionTokenizer(shared with
        {
            Embodiments = counts.ToDictionary(
                one => one.Name,
                one => new Embodiment
                {
                    Normalizer = one.Counts.Normalizer, Metadata = one.Counts.Metadata, ActionSpace = one.Counts.ActionSpace,
                },
                StringComparer.Ordinal),
        });
        return new UniversalTrainingResult(
            tokenizer,
            [
                .. counts.Select((one, i) => new EmbodimentResult
                {
                    Name = one.Name,
                    Actions = one.Counts.Metadata,
                    Training = facts[i],
                    Repetitions = repetitions[i],
                    Share = (double)sequences[i].Mass * repetitions[i] / corpus.Mass,
                    HeldOut = null,
                }),
            ]);
    }

    private void Check(IReadOnlyList<(string Name, double Weight)> sources)
    {
        if (sources.Count == 0) throw new ArgumentException("no data set was given", nameof(sources));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, double weight) in sources)
        {
            if (string.IsNullOrWhiteSpace(name)) throw new ArgumentException("a data set has no name: name each", nameof(sources));
            if (!names.Add(name)) throw new ArgumentException($"two data sets are called '{name}': name them apart", nameof(sources));
            if (!(weight > 0 && double.IsFinite(weight)))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"data set '{name}' has a weight of {weight}: give a positive number, or leave the data set out"),
                    nameof(sources));
            }
        }

        if (_options.LeftOut.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"there is no data set '{unknown}' to leave out: there are {string.Join(", ", names)}", nameof(sources));
        }

        if (_options.LeftOut.Count > 0 && sources.Count == 1)
            throw new ArgumentException($"without '{names.Single()}' there is no data set left to train on: give another", nameof(sources));
    }

    private async Task<UniversalTrainingResult> TrainCoreAsync(
        IReadOnlyList<EmbodimentSource> sources, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var parts = new EmbodimentInTraining[sources.Count];
        for (int i = 0; i < parts.Length; i++)
            parts[i] = await EmbodimentInTraining.OpenAsync(sources[i], _options.Training, cancellationToken).ConfigureAwait(false);
        if (parts.FirstOrDefault(part => IsLeftOut(part) && part.Recording.HeldOutEpisodes == 0) is { } unheld)
        {
            throw new ArgumentException(
                $"nothing is held out of data set '{unheld.Name}', so that it cannot be compared: hold out a share of its episodes");
        }

        var stages = new StageProgress(progress, parts);
        await ForEachAsync(parts, part => part.MeasureAsync(stages.Report, cancellationToken), cancellationToken).ConfigureAwait(false);

        long[] repetitions = Repetitions(parts);
        FastTokenizerDefinition shared = Vocabulary(parts, repetitions, progress, cancellationToken);
        var embodiments = new Dictionary<string, Embodiment>(StringComparer.Ordinal);
        foreach (EmbodimentInTraining part in parts)
        {
            FastActionTokenizer own = await part.TokenizerAsync(shared, cancellationToken).ConfigureAwait(false);
            embodiments.Add(part.Name, part.Embodiment with { Reconstruction = own.Definition.Reconstruction });
        }

        var tokenizer = new FastActionTokenizer(shared with { Embodiments = embodiments });

        double total = parts.Select((part, i) => (double)part.Corpus.Mass * repetitions[i]).Sum();
        var results = new EmbodimentResult[parts.Length];
        await ForEachAsync(parts, async part =>
        {
            int i = Array.IndexOf(parts, part);
            results[i] = new EmbodimentResult
            {
                Name = part.Name,
                Actions = part.Recording.Metadata,
                Training = part.Recording.Facts(part.Corpus),
                Repetitions = repetitions[i],
                Share = part.Corpus.Mass * repetitions[i] / total,
                HeldOut = await part.HeldOutAsync(tokenizer.For(part.Name), stages.Report, cancellationToken).ConfigureAwait(false),
            };
        }, cancellationToken).ConfigureAwait(false);

        int compared = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            if (!IsLeftOut(parts[i])) continue;
            EmbodimentInTraining[] others = [.. parts.Where(part => part != parts[i])];
            results[i] = results[i] with
            {
                LeftOut = await CompareAsync(parts[i], others).ConfigureAwait(false),
                Own = await CompareAsync(parts[i], [parts[i]]).ConfigureAwait(false),
            };
        }

        return new UniversalTrainingResult(tokenizer, results);

        async Task<FidelityReport?> CompareAsync(EmbodimentInTraining part, EmbodimentInTraining[] trained)
        {
            FastTokenizerDefinition other = Vocabulary(trained, Repetitions(trained), null, cancellationToken);
            FastActionTokenizer own = await part.TokenizerAsync(other, cancellationToken).ConfigureAwait(false);
            FidelityReport? report = await part.HeldOutAsync(own, null, cancellationToken).ConfigureAwait(false);
            progress?.Report(new TrainingProgress(TrainingStage.Comparison, ++compared, 2 * _options.LeftOut.Count));
            return report;
        }
    }

    private bool IsLeftOut(EmbodimentInTraining part) => _options.LeftOut.Contains(part.Name);

    private long[] Repetitions(EmbodimentInTraining[] parts) => Repetitions([.. parts.Select(part => (part.Weight, part.Corpus.Mass))]);

    private long[] Repetitions(IEnumerable<(double Weight, long Mass)> parts) => CorpusRepetitions.Of(
        [.. parts.Select(part => _options.Shares == CorpusShares.Size ? part.Weight : part.Weight / Math.Max(1, part.Mass))]);

    private FastTokenizerDefinition Vocabulary(
        EmbodimentInTraining[] parts, long[] repetitions, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var corpus = new SequenceCorpus();
        for (int i = 0; i < parts.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            corpus.Add(parts[i].Corpus, repetitions[i]);
        }

        return Vocabulary(
            corpus, [.. parts.Select(part => part.Recording.Facts(part.Corpus))], repetitions, _options.Training, progress, cancellationToken);
    }

    private static FastTokenizerDefinition Vocabulary(
        ICountedSequences corpus,
        TrainingFacts[] parts,
        long[] repetitions,
        TrainingOptions training,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        long least = repetitions.Min(), frequency = training.Vocabulary.MinFrequency;
        training = training with
        {
            Vocabulary = training.Vocabulary with { MinFrequency = frequency > long.MaxValue / least ? long.MaxValue : frequency * least },
        };
        (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = VocabularyTrainer.Train(corpus, training, progress, cancellationToken);
        return new FastTokenizerDefinition
        {
            Scale = training.Scale,
            Order = training.Order,
            Alphabet = alphabet,
            Vocabulary = vocabulary,
            Training = new TrainingFacts
            {
                Episodes = parts.Sum(part => part.Episodes),
                SkippedEpisodes = parts.Sum(part => part.SkippedEpisodes),
                HeldOutEpisodes = parts.Sum(part => part.HeldOutEpisodes),
                Windows = parts.Sum(part => part.Windows),
                DistinctWindows = corpus.DistinctCount,
                Stride = training.Stride,
                MinCoefficient = corpus.MinValue,
                MaxCoefficient = corpus.MaxValue,
            },
        };
    }

    private Task ForEachAsync(EmbodimentInTraining[] parts, Func<EmbodimentInTraining, Task> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            parts,
            new ParallelOptions { MaxDegreeOfParallelism = Threads(), CancellationToken = cancellationToken },
            async (part, _) => await work(part).ConfigureAwait(false));

    private int Threads() => _options.Training.MaxDegreeOfParallelism is > 0 and var most ? most : Environment.ProcessorCount;

    // Data sets are worked on side by side: their episodes are counted together, and told of one after the other.
    private sealed class StageProgress(IProgress<TrainingProgress>? progress, EmbodimentInTraining[] parts)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<TrainingStage, int> _done = [];

        public void Report(TrainingProgress one)
        {
            if (progress is null) return;
            lock (_lock)
            {
                int done = _done[one.Stage] = _done.GetValueOrDefault(one.Stage) + 1;
                int total = parts.Sum(part =>
                    one.Stage == TrainingStage.Evaluation ? part.Recording.HeldOutEpisodes : part.Recording.Episodes);
                progress.Report(new TrainingProgress(one.Stage, done, total));
            }
        }
    }
}
