namespace Fast.Tokenizer.RateDistortion;

/// <summary>A node of a <see cref="SegmentationTrie"/> to which zeros alone lead from the root.</summary>
/// <param name="Node">The node.</param>
/// <param name="Depth">Symbols from the root.</param>
/// <param name="BranchReach">The most coefficients that begin from the root to the end of a token below this node or a deeper one of the
/// chain that does not go on with zeros alone; 0 where there is none.</param>
internal readonly record struct ZeroChainNode(int Node, int Depth, int BranchReach);
