namespace Fast.Tokenizer.RateDistortion;

/// <summary>A node of a <see cref="SegmentationTrie"/> to which zeros alone lead from the root.</summary>
/// <param name="Node">The node.</param>
/// <param name="Token">The token that ends there, or <see cref="SegmentationTrie.None"/>.</param>
/// <param name="Depth">Symbols from the root.</param>
/// <param name="Zeros">Zeros that end on the way, with the one that the chain starts inside of.</param>
/// <param name="EndPhase">Symbols of the spelling of a zero that is begun but not ended.</param>
/// <param name="BranchReach">The most coefficients that begin in a token that leaves the zeros here; 0 where there is none.</param>
/// <param name="LaterReach">The same, here or at a deeper node of the chain.</param>
internal readonly record struct ZeroChainNode(int Node, int Token, int Depth, int Zeros, int EndPhase, int BranchReach, int LaterReach);
