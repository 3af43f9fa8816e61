using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>How well recorded actions survive encoding and decoding, and how many tokens they take.</summary>
/// <remarks>
/// <para>An error is decoded minus recorded. Physical errors are in the units of the dimensions, which may differ: the figures over all
/// values then mix them, and those per dimension tell more. A normalised error is the physical one divided by the half range of the
/// normaliser; without a normaliser the two are the same. A dimension that the normaliser holds constant has no range: it counts in the
/// physical figures only.</para>
/// <para>
/// A figure that outgrows floating-point numbers, as recorded values beyond 1e154 make it, is infinite, and the text "Infinity" in JSON.
/// </para>
/// </remarks>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record FidelityReport
{
    /// <summary>Chunks that were encoded and decoded, at least 1. All figures are over these, where nothing else is said.</summary>
    public required long Chunks { get; init; }

    /// <summary>Time steps in a chunk, T.</summary>
    public required int Horizon { get; init; }

    /// <summary>Action dimensions, D; <c>dims</c> in JSON.</summary>
    [JsonPropertyName("dims")]
    public required int Dimensions { get; init; }

    /// <summary>Mean number of tokens per chunk.</summary>
    public required double MeanTokens { get; init; }

    /// <summary>Median number of tokens per chunk, linear between neighbours (R7, numpy's default).</summary>
    public required double P50Tokens { get; init; }

    /// <summary>95th percentile of the number of tokens per chunk, linear between neighbours (R7, numpy's default).</summary>
    public required double P95Tokens { get; init; }

    /// <summary>99th percentile of the number of tokens per chunk, linear between neighbours (R7, numpy's default).</summary>
    public required double P99Tokens { get; init; }

    /// <summary>Largest number of tokens that a chunk took.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Mean number of tokens per second of motion; null where the rate is not known.</summary>
    public required double? TokensPerSecond { get; init; }

    /// <summary>Values per token: T times D over <see cref="MeanTokens"/>. Binning takes a token per value, so it is also the compression
    /// against binning.</summary>
    public required double CompressionRatio { get; init; }

    /// <summary>Root of the mean squared error over all values, in physical units.</summary>
    public required double Rmse { get; init; }

    /// <summary>Largest absolute error of all values, in physical units.</summary>
    public required double MaxError { get; init; }

    /// <summary>The value with the largest physical error.</summary>
    public required FidelityLocation MaxErrorAt { get; init; }

    /// <summary>Root of the mean squared error over all values of dimensions with a range, in normalised units; null without any.</summary>
    public required double? RmseNormalized { get; init; }

    /// <summary>Largest absolute error of all values of dimensions with a range, in normalised units; null without any.</summary>
    public required double? MaxErrorNormalized { get; init; }

    /// <summary>The value with the largest normalised error; null where no dimension has a range.</summary>
    public required FidelityLocation? MaxErrorNormalizedAt { get; init; }

    /// <summary>Values that the tokenizer could not express, those of chunks that do not decode included: moved to the nearest that it can,
    /// or dropped.</summary>
    public required long Clipped { get; init; }

    /// <summary>Chunks with such values, those that do not decode included.</summary>
    public required long ClippedChunks { get; init; }

    /// <summary>Chunks whose tokens do not decode to a whole chunk; they count in clipped values, and in no other figure but those named
    /// undecodable.</summary>
    public required long UndecodableChunks { get; init; }

    /// <summary>Tokens that these chunks took. They lack what was dropped, so they are kept out of the figures on tokens.</summary>
    public required long UndecodableTokens { get; init; }

    /// <summary>The first step of the first such chunk; null where there is none.</summary>
    public required FidelityLocation? FirstUndecodable { get; init; }

    /// <summary>The chunk with the largest physical error; the first of them where several are equal.</summary>
    public required FidelityChunk WorstChunk { get; init; }

    /// <summary>The chunks with the largest physical errors, at most ten, the largest first.</summary>
    /// <remarks>No two of them overlap, so that each is another place to look at: of the chunks that start in the same stretch of T steps
    /// of an episode, counted from its beginning, only the worst can be listed, and only if it does not overlap a worse one in the
    /// list.</remarks>
    public required IReadOnlyList<FidelityChunk> WorstChunks { get; init; }

    /// <summary>The chunk that took most tokens; the first of them where several are equal.</summary>
    public required FidelityChunk LongestChunk { get; init; }

    /// <summary>One row each for the first quarter, half and three quarters of the tokens; null for a tokenizer that is no
    /// <see cref="FastActionTokenizer"/>.</summary>
    public required IReadOnlyList<FidelityPrefix>? PrefixQuality { get; init; }

    /// <summary>How evenly ids are used.</summary>
    public required VocabularyUse VocabularyUse { get; init; }

    /// <summary>One row per time step of a chunk.</summary>
    public required IReadOnlyList<FidelityStep> PerStep { get; init; }

    /// <summary>One row per action dimension, in their order.</summary>
    public required IReadOnlyList<FidelityDimension> PerDimension { get; init; }

    /// <summary>The report as JSON, names in <c>snake_case</c>.</summary>
    /// <param name="indented">Whether to break lines for a reader.</param>
    /// <returns>One JSON object.</returns>
    public string ToJson(bool indented = false) =>
        JsonSerializer.Serialize(this, indented ? FidelityJson.Indented.FidelityReport : FidelityJson.Default.FidelityReport);
}
