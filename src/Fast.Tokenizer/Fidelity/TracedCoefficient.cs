namespace Fast.Tokenizer.Fidelity;

/// <summary>One quantised coefficient of a chunk.</summary>
/// <param name="Frequency">Index of the cosine, 0 to T - 1.</param>
/// <param name="Dimension">Index of the action dimension, from 0.</param>
/// <param name="Value">The quantised coefficient.</param>
public readonly record struct TracedCoefficient(int Frequency, int Dimension, int Value);
