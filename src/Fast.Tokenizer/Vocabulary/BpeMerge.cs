namespace Fast.Tokenizer.Vocabulary;

/// <summary>One merge of a BPE vocabulary: two neighbouring tokens become one. Its rank is its place in the list of merges.</summary>
/// <param name="Left">Token id of the left part.</param>
/// <param name="Right">Token id of the right part.</param>
/// <param name="Token">Token id of the whole.</param>
public readonly record struct BpeMerge(int Left, int Right, int Token);
