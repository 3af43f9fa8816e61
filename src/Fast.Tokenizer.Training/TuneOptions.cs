namespace Fast.Tokenizer.Training;

/// <summary>What a tokenizer is tuned for: exactly one target, above 0, and where to look for it.</summary>
public sealed record TuneOptions
{
    /// <summary>
    /// How to train; its scale and vocabulary size are replaced by those that are tried, and held-out episodes are never looked at.
    /// </summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Target: the root of the mean squared error over all values, in normalised units.</summary>
    public double? RmseNormalized { get; init; }

    /// <summary>Target: the largest error of any value, in normalised units.</summary>
    public double? MaxErrorNormalized { get; init; }

    /// <summary>Target: the root of the mean squared error of each dimension, in its unit.</summary>
    public IReadOnlyList<double>? Rmse { get; init; }

    /// <summary>Target: the largest error of each dimension, in its unit.</summary>
    public IReadOnlyList<double>? MaxError { get; init; }

    /// <summary>Target: the mean number of tokens of a chunk; the error is then made as small as it can be.</summary>
    public double? MeanTokens { get; init; }

    /// <summary>Quantiser steps per unit that are tried, each 1e-6 to 1e6.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [8, 9, 10, 11, 12, 13, 14.5, 16];

    /// <summary>
    /// Vocabulary sizes that are tried, 1 to <see cref="BpeTrainer.MaxVocabularySize"/>; null for that of <see cref="Training"/>.
    /// </summary>
    public IReadOnlyList<int>? VocabularySizes { get; init; }

    /// <summary>
    /// Share of the training episodes, the last ones, that are not fitted to but measured on, from 0 to below 1. With 0 all are fitted to
    /// and measured on: right for few episodes, where some hold values that no other does.
    /// </summary>
    public double ValidationFraction { get; init; } = 0.2;

    /// <summary>The most windows that a point is measured on, spread evenly over the validation episodes; at least 1.</summary>
    public int ValidationWindows { get; init; } = 400;
}
