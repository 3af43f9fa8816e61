namespace Fast.Tokenizer.RateDistortion;

/// <summary>One symbol that may be written at a place in a lattice.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Next">The place after it.</param>
/// <param name="Excess">What it adds to the distortion; nothing until a coefficient is complete.</param>
internal readonly record struct LatticeEdge(int Symbol, int Next, double Excess);
