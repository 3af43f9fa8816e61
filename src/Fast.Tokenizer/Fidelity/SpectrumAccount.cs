namespace Fast.Tokenizer.Fidelity;

/// <summary>Keeps account of motion and error by frequency.</summary>
/// <param name="tokenizer">Has the transform.</param>
/// <param name="shape">Shape of the chunks.</param>
/// <param name="halfRange">Size of the normalised unit per dimension; 0 where there is none, which leaves the dimension out.</param>
internal sealed class SpectrumAccount(FastActionTokenizer tokenizer, ActionShape shape, double[] halfRange)
{
    private readonly double[] _normalized = new double[shape.Count];
    private readonly double[] _coefficients = new double[shape.Count];
    private readonly double[] _motion = new double[shape.Horizon];
    private readonly double[] _error = new double[shape.Horizon];

    public void Add(ReadOnlySpan<double> chunk, ReadOnlySpan<double> errors)
    {
        ReadOnlySpan<double> center = tokenizer.Definition.Normalizer is { } normalizer ? normalizer.Center : [];
        AddSquares(chunk, center, _motion);
        AddSquares(errors, [], _error);
    }

    public void Merge(SpectrumAccount other)
    {
        for (int k = 0; k < _motion.Length; k++)
        {
            _motion[k] += other._motion[k];
            _error[k] += other._error[k];
        }
    }

    /// <summary>A row per frequency; null where no dimension has a range.</summary>
    /// <param name="chunks">Number of chunks added.</param>
    public FidelityFrequency[]? Rows(long chunks)
    {
        double values = (double)chunks * halfRange.Count(half => half > 0);
        if (values == 0) return null;
        return [.. _motion.Select((squares, k) => new FidelityFrequency(k, Math.Sqrt(squares / values), Math.Sqrt(_error[k] / values)))];
    }

    private void AddSquares(ReadOnlySpan<double> values, ReadOnlySpan<double> center, double[] sums)
    {
        for (int i = 0, d = 0; i < values.Length; i++, d = d + 1 == halfRange.Length ? 0 : d + 1)
            _normalized[i] = halfRange[d] > 0 ? (values[i] - (center.IsEmpty ? 0 : center[d])) / halfRange[d] : 0;

        tokenizer.Transform(_normalized, shape, _coefficients);
        for (int k = 0, i = 0; k < sums.Length; k++)
        {
            double squares = 0;
            for (int d = 0; d < halfRange.Length; d++, i++) squares += _coefficients[i] * _coefficients[i];
            sums[k] += squares;
        }
    }
}
