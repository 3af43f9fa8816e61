namespace Fast.Tokenizer.Normalization;

/// <summary>Which statistics of the recorded actions span the normalised range.</summary>
public enum NormalizationMethod
{
    /// <summary>1st and 99th percentile to [-1, 1]; what FAST does (arXiv 2501.09747, section V).</summary>
    Quantile01To99,

    /// <summary>10th and 90th percentile to [-1, 1].</summary>
    Quantile10To90,

    /// <summary>Smallest and largest value to [-1, 1].</summary>
    MinMax,

    /// <summary>Mean to 0, one standard deviation to 1.</summary>
    MeanStd,

    /// <summary>Values stay as they are.</summary>
    Identity,
}
