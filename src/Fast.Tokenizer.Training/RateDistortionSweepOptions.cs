namespace Fast.Tokenizer.Training;

/// <summary>Which scales, prices of a token and vocabulary sizes a sweep tries.</summary>
public sealed record RateDistortionSweepOptions
{
    /// <summary>
    /// How to train; its scale and vocabulary size are replaced by those that are tried. Points are measured on the episodes that its
    /// <see cref="TrainingOptions.HoldoutFraction"/> keeps back; with 0 on the episodes that are trained on.
    /// </summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Quantiser steps per unit, each 1e-6 to 1e6.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [6, 8, 10, 12, 14, 17, 20];

    /// <summary>
    /// Prices of a token, 0 or above, see <see cref="EncodeMode.RateDistortion"/>; 0 is <see cref="EncodeMode.Shortest"/>.
    /// </summary>
    public IReadOnlyList<double> Lambdas { get; init; } = [0, 0.3, 0.7, 1.2, 2];

    /// <summary>Vocabulary sizes, 1 to <see cref="BpeTrainer.MaxVocabularySize"/>; null for that of <see cref="Training"/>.</summary>
    public IReadOnlyList<int>? VocabularySizes { get; init; }

    /// <summary>The most windows that a point is measured on, spread evenly over the episodes; at least 1.</summary>
    public int Windows { get; init; } = 1000;
}
