namespace Fast.Tokenizer.Normalization;

/// <summary>Statistics of recorded actions over all steps, one value per action dimension.</summary>
public sealed class ActionStatistics
{
    public required long Count { get; init; }
    public required IReadOnlyList<double> Min { get; init; }
    public required IReadOnlyList<double> Max { get; init; }
    public required IReadOnlyList<double> Mean { get; init; }
    public required IReadOnlyList<double> Std { get; init; }
    public required IReadOnlyList<double> Q01 { get; init; }
    public required IReadOnlyList<double> Q10 { get; init; }
    public required IReadOnlyList<double> Q50 { get; init; }
    public required IReadOnlyList<double> Q90 { get; init; }
    public required IReadOnlyList<double> Q99 { get; init; }
    public int Dimensions => Min.Count;
}
