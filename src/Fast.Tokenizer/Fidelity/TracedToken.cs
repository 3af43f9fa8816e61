using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>One token of a chunk.</summary>
/// <param name="Id">Token id.</param>
/// <param name="Coefficients">What it says, in the tokenizer's order. Empty for one that ends within a character of a byte-level
/// vocabulary; the coefficient is then with the token that completes it.</param>
/// <param name="RmseNormalized">Root of the mean squared error of the chunk that this token and those before it give, in normalised units;
/// null where no dimension has a range.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record TracedToken(int Id, IReadOnlyList<TracedCoefficient> Coefficients, double? RmseNormalized);
