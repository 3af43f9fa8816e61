using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>How well one action dimension survives the round trip.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record FidelityDimension
{
    /// <summary>Name of the dimension; <c>dim_</c> and its index where it has none.</summary>
    public required string Name { get; init; }

    /// <summary>Physical unit, such as <c>rad</c>; empty where it was not said.</summary>
    public required string Unit { get; init; }

    /// <summary>Whether the dimension is not encoded or always masked, so that its errors, given as 0, say nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsNotCounted { get; init; }

    /// <summary>Values of a binary dimension that came back as the other of the two; null for any other dimension.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Flips { get; init; }

    /// <summary>Root of the mean squared error, in <see cref="Unit"/>.</summary>
    public required double Rmse { get; init; }

    /// <summary>Mean of the absolute errors, in <see cref="Unit"/>.</summary>
    public required double MeanAbsoluteError { get; init; }

    /// <summary>99th percentile of the absolute errors, in <see cref="Unit"/>; within 0.4 % of an error that occurred.</summary>
    public required double P99Error { get; init; }

    /// <summary>Largest absolute error, in <see cref="Unit"/>.</summary>
    public required double MaxError { get; init; }

    /// <summary>The value with the largest error; the first of them where several are equal.</summary>
    public required FidelityLocation MaxErrorAt { get; init; }

    /// <summary>Mean of decoded minus recorded, in <see cref="Unit"/>: the bias.</summary>
    public required double MeanError { get; init; }

    /// <summary><see cref="Rmse"/> in normalised units; null for a dimension without a range, which has no such unit.</summary>
    public required double? RmseNormalized { get; init; }

    /// <summary>
    /// <see cref="MeanAbsoluteError"/> in normalised units; null for a dimension without a range, which has no such unit.
    /// </summary>
    public required double? MeanAbsoluteErrorNormalized { get; init; }

    /// <summary><see cref="P99Error"/> in normalised units; null for a dimension without a range, which has no such unit.</summary>
    public required double? P99ErrorNormalized { get; init; }

    /// <summary><see cref="MaxError"/> in normalised units; null for a dimension without a range, which has no such unit.</summary>
    public required double? MaxErrorNormalized { get; init; }

    /// <summary><see cref="MeanError"/> in normalised units; null for a dimension without a range, which has no such unit.</summary>
    public required double? MeanErrorNormalized { get; init; }
}
