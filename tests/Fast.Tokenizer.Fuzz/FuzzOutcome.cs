namespace Fast.Tokenizer.Fuzz;

/// <summary>What came of an input that held the contract.</summary>
/// <param name="IsTaken">Whether it was taken; false where it was refused as it may be.</param>
/// <param name="Allocated">Bytes allocated.</param>
internal readonly record struct FuzzOutcome(bool IsTaken, long Allocated);
