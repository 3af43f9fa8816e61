namespace Fast.Tokenizer.Training;

/// <summary>The stages of a training, in their order.</summary>
public enum TrainingStage
{
    /// <summary>Reading episodes for the statistics; the unit is an episode.</summary>
    Statistics,

    /// <summary>Transforming windows into coefficients; the unit is an episode.</summary>
    Coefficients,

    /// <summary>Merging pairs; the unit is a merge.</summary>
    Vocabulary,

    /// <summary>Encoding windows for the reconstruction points, where they are asked for; the unit is an episode.</summary>
    Reconstruction,

    /// <summary>Dropping tokens, see <see cref="VocabularyPruning"/>; the unit is a token.</summary>
    Pruning,

    /// <summary>Evaluating held-out episodes; the unit is an episode.</summary>
    Evaluation,

    /// <summary>Training vocabularies to compare with, where several data sets share one; the unit is a vocabulary.</summary>
    Comparison,

    /// <summary>Merging counted parts; the unit is an entry of the parts, of which equal ones become one.</summary>
    Merging,
}
