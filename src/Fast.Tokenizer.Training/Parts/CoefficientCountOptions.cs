using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>What the second pass is free to choose: all else comes with the statistics.</summary>
public sealed record CoefficientCountOptions
{
    /// <summary>Quantiser steps per unit of a normalised coefficient, 1e-6 to 1e6.</summary>
    public double Scale { get; init; } = 10;

    /// <summary>
    /// How actions are normalised. <see cref="NormalizationOptions.PerTimestep"/> is taken from the statistics.
    /// </summary>
    public NormalizationOptions Normalization { get; init; } = new();

    /// <summary>In which order coefficients are laid out.</summary>
    public CoefficientOrder Order { get; init; } = CoefficientOrder.FrequencyMajor;
}
