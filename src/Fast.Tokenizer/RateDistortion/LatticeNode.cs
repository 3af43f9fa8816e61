namespace Fast.Tokenizer.RateDistortion;

/// <summary>A place in a lattice: before a coefficient, or inside its spelling.</summary>
/// <param name="Coefficient">Index of the coefficient.</param>
/// <param name="ZeroPhase">Symbols of the spelling of zero that lie behind, or -1 where something else does.</param>
/// <param name="EdgeCount">Symbols that may follow, 1 to 3.</param>
internal readonly record struct LatticeNode(int Coefficient, int ZeroPhase, int EdgeCount);
