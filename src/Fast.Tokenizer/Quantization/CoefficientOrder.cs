namespace Fast.Tokenizer.Quantization;

/// <summary>In which order the coefficients of a chunk are laid out before they become tokens.</summary>
public enum CoefficientOrder
{
    /// <summary>Low to high frequency, all dimensions of a frequency together; what FAST does.</summary>
    FrequencyMajor,

    /// <summary>Dimension by dimension, each from low to high frequency. Not readable by the Python processor.</summary>
    DimensionMajor,
}
