using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>How much motion there is at one frequency of the chunks, and how much of it is lost.</summary>
/// <remarks>The transform is orthonormal: over all frequencies, the mean square of either column is that over all time steps.</remarks>
/// <param name="Frequency">Index k of the cosine, from 0: k half periods in a chunk, which is k times the rate over 2 T in hertz.</param>
/// <param name="MotionRms">Root mean square of the coefficients of the motion over all chunks and dimensions with a range, in normalised
/// units; 0 is the middle of a dimension's range.</param>
/// <param name="ErrorRms">The same of the coefficients of the error.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public readonly record struct FidelityFrequency(int Frequency, double MotionRms, double ErrorRms);
