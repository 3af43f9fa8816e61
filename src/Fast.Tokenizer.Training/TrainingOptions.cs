using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;

namespace Fast.Tokenizer.Training;

/// <summary>How a tokenizer is trained from recorded episodes. Only the horizon must be given, and on counts not even that.</summary>
public sealed record TrainingOptions
{
    /// <summary>Time steps in a chunk, T, at least 1; null to take it from <see cref="HorizonSeconds"/>.</summary>
    public int? Horizon { get; init; }

    /// <summary>
    /// Length of a chunk in seconds, above 0, rounded to whole steps; needs a rate. Not together with <see cref="Horizon"/>.
    /// </summary>
    public double? HorizonSeconds { get; init; }

    /// <summary>Rate of the recording in steps per second, above 0; null takes what the recording says.</summary>
    public double? Rate { get; init; }

    /// <summary>Steps between the starts of two windows of an episode, at least 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>
    /// The action dimensions to encode, by index into the recording; null encodes all. The tokenizer knows no others: what it encodes and
    /// decodes has these dimensions only, in this order. With <see cref="ActionSpace"/> the actions keep all dimensions instead; not both.
    /// </summary>
    public IReadOnlyList<int>? EncodedDimensions { get; init; }

    /// <summary>
    /// How the robot's own actions are encoded, one entry per dimension of the recording; null encodes them as they are. Where a dimension
    /// is relative, the episodes must have states.
    /// </summary>
    /// <remarks>
    /// Statistics are of what the action space makes of the actions: of a relative dimension or an angle they are taken over the windows,
    /// of all others over the steps. With <see cref="NormalizationOptions.Mask"/> and <see cref="NormalizationOptions.Weights"/> there is
    /// one entry per encoded dimension.
    /// </remarks>
    public ActionSpace? ActionSpace { get; init; }

    /// <summary>Quantiser steps per unit of a normalised coefficient, 1e-6 to 1e6.</summary>
    public double Scale { get; init; } = 10;

    /// <summary>Size and limits of the vocabulary.</summary>
    public BpeTrainerOptions Vocabulary { get; init; } = new();

    /// <summary>
    /// Whether tokens that an encoder which chooses does not need give their ids to others; null keeps plain BPE, as <c>fit</c> trains it.
    /// Needs an integer alphabet.
    /// </summary>
    public VocabularyPruning? Pruning { get; init; }

    /// <summary>How actions are normalised.</summary>
    public NormalizationOptions Normalization { get; init; } = new();

    /// <summary>In which order coefficients are laid out.</summary>
    public CoefficientOrder Order { get; init; } = CoefficientOrder.FrequencyMajor;

    /// <summary>
    /// Measures what coefficients are best decoded as, for chunks that are encoded in this mode (see <see cref="ReconstructionPoints"/>),
    /// and makes it part of the tokenizer; null decodes them as the integers they are. Python's processor cannot decode for such a
    /// tokenizer.
    /// </summary>
    public EncodeMode? Reconstruction { get; init; }

    /// <summary>What a symbol is: a coefficient, or a byte of the text that the published processor makes of it.</summary>
    public AlphabetKind Alphabet { get; init; } = AlphabetKind.Integer;

    /// <summary>The normalisation of an existing tokenizer, used instead of statistics of the episodes; null computes them.</summary>
    public ActionNormalizer? Normalizer { get; init; }

    /// <summary>
    /// How far an integer alphabet reaches beyond the coefficients seen, on each side, as a share of their range; between 0 and 1. Each
    /// coefficient more costs a token id.
    /// </summary>
    public double AlphabetMargin { get; init; } = 0.1;

    /// <summary>Share of the episodes kept back for the report, 0 to below 1.</summary>
    public double HoldoutFraction { get; init; }

    /// <summary>How held-out episodes are encoded for the report.</summary>
    public EncodeOptions HeldOutEncoding { get; init; } = EncodeOptions.Default;

    /// <summary>Draws the held-out episodes at random with this seed; null keeps back the last ones.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// Whether quantiles are estimated in bounded memory (see <see cref="StreamingStatisticsAccumulator"/>) instead of computed exactly.
    /// </summary>
    public bool EstimateStatistics { get; init; }

    /// <summary>
    /// Memory in bytes that the training of the vocabulary takes, about, at least 1; null takes half of what the machine or the container has.
    /// What takes more goes through temporary files first, at the price of time. The tokenizer does not depend on it.
    /// </summary>
    /// <remarks>
    /// The coefficient sequences of a training on episodes are held beside it, and so are the different pairs of tokens; of a byte-level
    /// alphabet the different words.
    /// </remarks>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// Folder for temporary files, which must be there; null takes the system's. The files vanish with the training, however it ends.
    /// </summary>
    public string? TemporaryFolder { get; init; }

    /// <summary>The most threads that work at a time; -1 for one per core. The tokenizer does not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = -1;
}
