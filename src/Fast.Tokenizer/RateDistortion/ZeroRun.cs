namespace Fast.Tokenizer.RateDistortion;

/// <summary>The zeros that a label of a <see cref="SegmentationTrie"/> goes on with from one of its symbols.</summary>
/// <param name="Phase">The symbol of the spelling of zero that they start with.</param>
/// <param name="Length">Symbols, which may end inside a zero; 0 where something else follows.</param>
internal readonly record struct ZeroRun(int Phase, int Length);
