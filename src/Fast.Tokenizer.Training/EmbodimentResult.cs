using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Training;

/// <summary>One of the data sets that a vocabulary was trained on, and how it does.</summary>
/// <remarks>The reports are over the same held-out chunks, normalised by the same statistics: only the vocabularies differ.</remarks>
public sealed record EmbodimentResult
{
    /// <summary>Its name in the tokenizer.</summary>
    public required string Name { get; init; }

    /// <summary>What the actions are.</summary>
    public required ActionMetadata Actions { get; init; }

    /// <summary>What it was trained on.</summary>
    public required TrainingFacts Training { get; init; }

    /// <summary>How often each of its windows counted in the training of the vocabulary.</summary>
    public required long Repetitions { get; init; }

    /// <summary>Its part of what the vocabulary was trained on, 0 to 1, by <see cref="SequenceCorpus.Mass"/>.</summary>
    public required double Share { get; init; }

    /// <summary>With the vocabulary of all data sets; null where no episodes were kept back.</summary>
    public required FidelityReport? HeldOut { get; init; }

    /// <summary>With a vocabulary trained on all data sets but this one; null where it was not asked for.</summary>
    public FidelityReport? LeftOut { get; init; }

    /// <summary>With a vocabulary of the same size trained on this data set alone; null where it was not asked for.</summary>
    public FidelityReport? Own { get; init; }
}
