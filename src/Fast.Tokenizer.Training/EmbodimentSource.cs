using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training;

/// <summary>One of several data sets that a vocabulary is trained on: the recording of a robot, and what is its own.</summary>
/// <remarks>What is null here is as the <see cref="UniversalTrainingOptions.Training"/> of all data sets say.</remarks>
public sealed record EmbodimentSource
{
    /// <summary>What the robot is called in the tokenizer; no two data sets have the same name.</summary>
    public required string Name { get; init; }

    /// <summary>The episodes.</summary>
    public required IEpisodeSource Source { get; init; }

    /// <summary>
    /// How much the data set counts beside the others, a positive number. With <see cref="CorpusShares.Size"/> 3 is as if each of its
    /// episodes had been recorded three times; with <see cref="CorpusShares.Equal"/> 3 is three times the share of one that has 1.
    /// </summary>
    public double Weight { get; init; } = 1;

    /// <summary>Time steps in a chunk, T, at least 1. Not together with <see cref="HorizonSeconds"/>.</summary>
    public int? Horizon { get; init; }

    /// <summary>Length of a chunk in seconds, above 0, rounded to whole steps; needs a rate.</summary>
    public double? HorizonSeconds { get; init; }

    /// <summary>Rate of the recording in steps per second, above 0; null takes what the recording says.</summary>
    public double? Rate { get; init; }

    /// <summary>Steps between the starts of two windows of an episode, at least 1.</summary>
    public int? Stride { get; init; }

    /// <summary>The action dimensions to encode, by index into the recording.</summary>
    public IReadOnlyList<int>? EncodedDimensions { get; init; }

    /// <summary>How the robot's own actions are encoded. Not together with <see cref="EncodedDimensions"/>.</summary>
    public ActionSpace? ActionSpace { get; init; }

    /// <summary>How actions are normalised.</summary>
    public NormalizationOptions? Normalization { get; init; }

    /// <summary>The normalisation of an existing tokenizer, used instead of statistics of the episodes.</summary>
    public ActionNormalizer? Normalizer { get; init; }

    /// <summary>Share of the episodes kept back for the report, 0 to below 1.</summary>
    public double? HoldoutFraction { get; init; }

    /// <summary>How this data set is trained on, among others that these options are for.</summary>
    internal TrainingOptions Options(TrainingOptions all)
    {
        bool hasHorizon = Horizon is not null || HorizonSeconds is not null;
        return all with
        {
            Horizon = hasHorizon ? Horizon : all.Horizon,
            HorizonSeconds = hasHorizon ? HorizonSeconds : all.HorizonSeconds,
            Rate = Rate ?? all.Rate,
            Stride = Stride ?? all.Stride,
            EncodedDimensions = ActionSpace is null ? EncodedDimensions ?? all.EncodedDimensions : EncodedDimensions,
            ActionSpace = EncodedDimensions is null ? ActionSpace ?? all.ActionSpace : ActionSpace,
            Normalization = Normalization ?? all.Normalization,
            Normalizer = Normalizer ?? all.Normalizer,
            HoldoutFraction = HoldoutFraction ?? all.HoldoutFraction,
        };
    }
}
