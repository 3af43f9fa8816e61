namespace Fast.Tokenizer.Training;

/// <summary>How one vocabulary is trained on several data sets.</summary>
public sealed record UniversalTrainingOptions
{
    /// <summary>
    /// What holds for all data sets that do not say otherwise; the scale, the order, the alphabet and the vocabulary hold for all. By
    /// default chunks of one second and the 2048 tokens of the published FAST+. Pruning is not possible: it counts uses in chunks of one
    /// shape.
    /// </summary>
    public TrainingOptions Training { get; init; } =
        new() { HorizonSeconds = 1, Vocabulary = new BpeTrainerOptions { VocabularySize = 2048 } };

    /// <summary>What part each data set has before its <see cref="EmbodimentSource.Weight"/>.</summary>
    public CorpusShares Shares { get; init; }

    /// <summary>
    /// Names of data sets for which, beside the tokenizer, a vocabulary without them is trained and one on them alone, to compare the three
    /// on their held-out episodes. The tokenizer is trained on all data sets all the same.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}
