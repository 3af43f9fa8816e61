using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training;

/// <summary>One of several data sets in a training. What is wrong with it is told with its name.</summary>
internal sealed class EmbodimentInTraining
{
    private EmbodimentInTraining(EmbodimentSource source, RecordingInTraining recording)
    {
        (Name, Weight) = (source.Name, source.Weight);
        Recording = recording;
    }

    public string Name { get; }

    public double Weight { get; }

    public RecordingInTraining Recording { get; }

    /// <summary>What is its own, but for what depends on the vocabulary; known once <see cref="MeasureAsync"/> was done.</summary>
    public Embodiment Embodiment { get; private set; } = new();

    /// <summary>Coefficients of all training windows; empty until <see cref="MeasureAsync"/> was done.</summary>
    public SequenceCorpus Corpus { get; private set; } = new();

    public static Task<EmbodimentInTraining> OpenAsync(EmbodimentSource source, TrainingOptions all, CancellationToken cancellationToken) =>
        NamedAsync(source.Name, async () =>
        {
            TrainingOptions options = source.Options(all);
            int horizon = new ActionTokenizerTrainer(options).HorizonFor(source.Source);
            return new EmbodimentInTraining(
                source, await RecordingInTraining.OpenAsync(source.Source, horizon, options, cancellationToken).ConfigureAwait(false));
        });

    /// <summary>Takes the statistics and the coefficients.</summary>
    public Task MeasureAsync(Action<TrainingProgress> progress, CancellationToken cancellationToken) => NamedAsync(Name, async () =>
    {
        ActionNormalizer normalizer = await Recording.NormalizerAsync(progress, cancellationToken).ConfigureAwait(false);
        Embodiment = new Embodiment
        {
            Normalizer = normalizer,
            Metadata = Recording.Metadata,
            ActionSpace = Recording.Options.ActionSpace,
        };
        Corpus = await Recording.CoefficientsAsync(normalizer, progress, cancellationToken).ConfigureAwait(false);
        return true;
    });

    /// <summary>The tokenizer of this data set with a vocabulary that others may have trained.</summary>
    public Task<FastActionTokenizer> TokenizerAsync(FastTokenizerDefinition vocabulary, CancellationToken cancellationToken) =>
        NamedAsync(Name, () =>
        {
            var tokenizer = new FastActionTokenizer(vocabulary with
            {
                Normalizer = Embodiment.Normalizer,
                Metadata = Embodiment.Metadata,
                ActionSpace = Embodiment.ActionSpace,
            });
            return ReconstructionTrainer.TrainAsync(Recording, tokenizer, null, cancellationToken);
        });

    /// <summary>Encodes and decodes the held-out episodes; null where none were kept back.</summary>
    public Task<FidelityReport?> HeldOutAsync(
        FastActionTokenizer tokenizer, Action<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        NamedAsync(Name, () => Recording.HeldOutAsync(tokenizer, progress, cancellationToken));

    private static async Task<T> NamedAsync<T>(string name, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidDataException($"data set '{name}': {problem.Message}", problem);
        }
        catch (ArgumentException problem)
        {
            throw new ArgumentException($"data set '{name}': {problem.Message}", problem);
        }
    }
}
