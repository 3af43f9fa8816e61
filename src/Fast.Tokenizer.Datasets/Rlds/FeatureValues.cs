namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>A feature that was read from an example.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Values">The numbers; none for bytes.</param>
internal sealed record FeatureValues(FeatureKind Kind, double[] Values);
