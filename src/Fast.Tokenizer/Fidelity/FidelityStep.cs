using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>How well one time step of the chunks survives the round trip.</summary>
/// <param name="Step">Time step within the chunk, from 0.</param>
/// <param name="Rmse">Root of the mean squared error over all values, in physical units.</param>
/// <param name="RmseNormalized">The same over all values of dimensions with a range, in normalised units; null without any.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public readonly record struct FidelityStep(int Step, double Rmse, double? RmseNormalized);
