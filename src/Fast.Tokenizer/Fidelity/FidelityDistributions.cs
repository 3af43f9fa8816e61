using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>What the figures of a <see cref="FidelityReport"/> summarise, for those who draw it.</summary>
/// <remarks>Like the report over all chunks that decode. Its size grows with the horizon, the dimensions and the vocabulary, not with the
/// chunks.</remarks>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record FidelityDistributions
{
    /// <summary>Element i is the number of chunks that took i tokens; the last element is not 0.</summary>
    public required IReadOnlyList<long> ChunksByTokens { get; init; }

    /// <summary>Element i is the number of tokens that stand for i coefficients; the last element is not 0. Null for a tokenizer that is no
    /// <see cref="FastActionTokenizer"/>.</summary>
    /// <remarks>A token of a byte-level vocabulary may hold a part of a coefficient, which counts where its first byte is.</remarks>
    public required IReadOnlyList<long>? TokensByCoefficients { get; init; }

    /// <summary>How often each id occurred, by id.</summary>
    public required IReadOnlyList<long> IdCounts { get; init; }

    /// <summary>Root of the mean squared error of each time step of each dimension, [D][T], in the unit of the dimension.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> RmsePerDimensionAndStep { get; init; }

    /// <summary>A row per frequency of the chunk's cosine transform, from 0. Null for a tokenizer that is no
    /// <see cref="FastActionTokenizer"/>, and where no dimension has a range.</summary>
    public required IReadOnlyList<FidelityFrequency>? PerFrequency { get; init; }
}
