namespace Fast.Tokenizer.RateDistortion;

/// <summary>A coefficient of a lattice, and the sums over those before it.</summary>
/// <param name="Start">The place before it.</param>
/// <param name="Blocked">Coefficients before it that cannot be zero.</param>
/// <param name="ZeroExcess">What zeros for all before it that can be zero add to the distortion.</param>
/// <param name="Deviation">The least that it adds to the distortion if it is not zero.</param>
internal readonly record struct LatticeCoefficient(int Start, int Blocked, double ZeroExcess, double Deviation);
