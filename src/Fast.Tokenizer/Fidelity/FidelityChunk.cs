namespace Fast.Tokenizer.Fidelity;

/// <summary>One chunk that stands out in a report.</summary>
/// <param name="Episode">Name of the episode that the chunk is from.</param>
/// <param name="Step">Time step within the episode of the chunk's first row, from 0.</param>
/// <param name="Tokens">Tokens that the chunk took.</param>
/// <param name="MaxError">Largest absolute error in the chunk, in physical units.</param>
public readonly record struct FidelityChunk(string Episode, int Step, int Tokens, double MaxError);
