namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>A feature of the steps of a data set, as <c>features.json</c> declares it.</summary>
/// <param name="Kind">How its values are stored.</param>
/// <param name="Dimensions">Values per step.</param>
/// <param name="Fault">Why it cannot be read as numbers of each step; null where it can.</param>
internal sealed record RldsFeature(FeatureKind Kind, int Dimensions, string? Fault);
