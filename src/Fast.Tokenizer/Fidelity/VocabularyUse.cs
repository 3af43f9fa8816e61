namespace Fast.Tokenizer.Fidelity;

/// <summary>How evenly the ids of a vocabulary are used.</summary>
/// <param name="UsedShare">Share of the ids that occurred at all.</param>
/// <param name="Entropy">
/// Entropy of the ids over that of ids that are all equally frequent: 1 for the most even use, 0 for a single id.
/// </param>
/// <param name="MostFrequentShare">Share of the tokens that are the most frequent id.</param>
public readonly record struct VocabularyUse(double UsedShare, double Entropy, double MostFrequentShare);
