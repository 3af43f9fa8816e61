namespace Fast.Tokenizer.RateDistortion;

/// <summary>The error that a bound is on.</summary>
internal enum BoundedError
{
    /// <summary>The largest absolute error of a value.</summary>
    Largest,

    /// <summary>The root of the mean squared error over the time steps of a dimension.</summary>
    RootMeanSquare,
}
