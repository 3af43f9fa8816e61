using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;

namespace Fast.Tokenizer.Actions;

/// <summary>A robot, or a data set of one, that shares a vocabulary with others: what is its own.</summary>
public sealed record Embodiment
{
    /// <summary>Physical units to the normalised range; null for actions that already are normalised.</summary>
    public ActionNormalizer? Normalizer { get; init; }

    /// <summary>What the actions are.</summary>
    public ActionMetadata Metadata { get; init; } = new();

    /// <summary>How the robot's own actions are encoded; null encodes all dimensions as they are.</summary>
    public ActionSpace? ActionSpace { get; init; }

    /// <summary>What quantised coefficients are decoded as; null for the integers themselves.</summary>
    public ReconstructionPoints? Reconstruction { get; init; }
}
