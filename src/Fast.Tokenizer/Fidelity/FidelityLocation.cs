namespace Fast.Tokenizer.Fidelity;

/// <summary>Where in the recordings a value stands.</summary>
/// <param name="Episode">Name of the episode.</param>
/// <param name="Step">Time step within the episode, from 0.</param>
/// <param name="Dimension">Index of the action dimension, from 0.</param>
/// <param name="Name">Name of the action dimension.</param>
public readonly record struct FidelityLocation(string Episode, int Step, int Dimension, string Name);
