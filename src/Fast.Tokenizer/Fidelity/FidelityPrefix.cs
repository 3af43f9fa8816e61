using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>How well the first tokens of a chunk alone give it, over all chunks; what is missing counts as zero coefficients.</summary>
/// <param name="Share">Share of the tokens of each chunk that was decoded, rounded down to whole tokens: 0.25, 0.5 or 0.75.</param>
/// <param name="Rmse">Root of the mean squared error over all values, in physical units.</param>
/// <param name="RmseNormalized">The same over all values of dimensions with a range, in normalised units; null without any.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public readonly record struct FidelityPrefix(double Share, double Rmse, double? RmseNormalized);
