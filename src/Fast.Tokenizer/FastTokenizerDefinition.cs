using System.Collections.ObjectModel;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer;

/// <summary>Everything that makes a FAST tokenizer what it is; what a saved folder holds.</summary>
public sealed record FastTokenizerDefinition
{
    /// <summary>
    /// Quantiser steps per unit of a normalised coefficient, 1e-6 to 1e6; FAST+ uses 10. A larger scale gives a smaller error and more
    /// tokens.
    /// </summary>
    public required double Scale { get; init; }

    /// <summary>How coefficients become symbols.</summary>
    public required CoefficientAlphabet Alphabet { get; init; }

    /// <summary>The BPE vocabulary over the alphabet's symbols.</summary>
    public required BpeVocabulary Vocabulary { get; init; }

    /// <summary>In which order coefficients are laid out.</summary>
    public CoefficientOrder Order { get; init; } = CoefficientOrder.FrequencyMajor;

    /// <summary>
    /// What quantised coefficients are decoded as; null for the integers themselves, which is what every other FAST decoder takes them for.
    /// </summary>
    public ReconstructionPoints? Reconstruction { get; init; }

    /// <summary>Physical units to the normalised range; null for a tokenizer whose input is already normalised.</summary>
    public ActionNormalizer? Normalizer { get; init; }

    /// <summary>What the actions are.</summary>
    public ActionMetadata Metadata { get; init; } = new();

    /// <summary>How the robot's own actions are encoded; null encodes all dimensions as they are.</summary>
    public ActionSpace? ActionSpace { get; init; }

    /// <summary>
    /// Robots that share the vocabulary, by name, each with its own statistics, metadata and action space; empty where there is one only.
    /// <see cref="FastActionTokenizer.For"/> gives the tokenizer of one.
    /// </summary>
    public IReadOnlyDictionary<string, Embodiment> Embodiments { get; init; } = ReadOnlyDictionary<string, Embodiment>.Empty;

    /// <summary>How the vocabulary was trained; null where it is not known.</summary>
    public TrainingFacts? Training { get; init; }
}
