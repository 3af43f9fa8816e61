namespace Fast.Tokenizer;

/// <summary>A chunk cannot be encoded within an error bound, because the tokenizer is too coarse for it or clips its values.</summary>
public sealed class ErrorBoundException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was missed, by how much, and the remedy.</param>
    /// <param name="dimension">The action dimension that misses its bound by the most.</param>
    /// <param name="error">The error that remains in it, in its unit.</param>
    /// <param name="bound">The bound on it, in the same unit.</param>
    internal ErrorBoundException(string message, int dimension, double error, double bound)
        : base(message)
    {
        Dimension = dimension;
        Error = error;
        Bound = bound;
    }

    /// <summary>The action dimension that misses its bound by the most, from 0.</summary>
    public int Dimension { get; }

    /// <summary>The error that remains in it, in its unit.</summary>
    public double Error { get; }

    /// <summary>The bound on it, in the same unit.</summary>
    public double Bound { get; }
}
