namespace Fast.Tokenizer.Training;

/// <summary>How often a pair of neighbouring tokens stands in a corpus.</summary>
/// <param name="Left">Token id of the left one.</param>
/// <param name="Right">Token id of the right one.</param>
/// <param name="Count">Places, overlapping ones included, weighted by how often their sequence occurred.</param>
/// <param name="AfterItself">
/// Of a token with itself: places of two neighbours that runs of it will have once their pairs are merged. A run of n tokens becomes n / 2 new
/// ones and what is left over, which are (n - 1) / 2 places, both rounded down. 0 of all other pairs.
/// </param>
internal readonly record struct PairFrequency(int Left, int Right, long Count, long AfterItself);
