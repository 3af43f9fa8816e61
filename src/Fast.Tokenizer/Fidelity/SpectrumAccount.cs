using Fast.Tokenizer.Actions;

namespace Fast.Tokenizer.Fidelity;

/// <summary>Keeps account of motion and error by frequency.</summary>
/// <param name="tokenizer">Has the transform.</param>
/// <param name="shape">Shape of the chunks.</param>
/// <param name="halfRange">Size of the normalised unit per dimension; 0 where there is none, which leaves the dimension out.</param>
internal sealed class SpectrumAccount(FastActionTokenizer tokenizer, ActionShape shape, double[] halfRange)
{
    private readonly ActionShape _encoded = tokenizer.Encoded(shape);
    private readonly double[] _own = new double[tokenizer.Encoded(shape).Count];
    private readonly double[] _ownHalfRange =
        [.. tokenizer.Definition.ActionSpace is { } space ? space.EncodedDimensions.Select(d => halfRange[d]) : halfRange];

    private readonly double[] _normalized = new double[shape.Count];
    private readonly double[] _coefficients = new double[shape.Count];
    private readonly double[] _motion = new double[shape.Horizon];
    private readonly double[] _error = new double[shape.Horizon];

    // Pairs of a chunk and a dimension with a range that counts in it.
    private long _counted;

    /// <summary>Adds a chunk: the motion of what is encoded of it, the errors of the robot's own actions.</summary>
    public void Add(ReadOnlySpan<double> chunk, ReadOnlySpan<double> errors, in ActionContext context)
    {
        for (int d = 0; d < halfRange.Length; d++)
            if (halfRange[d] > 0 && tokenizer.Counts(d, context)) _counted++;
        ReadOnlySpan<double> center = tokenizer.Definition.Normalizer is { } normalizer ? normalizer.Center : [];
        if (tokenizer.Space(shape, context) is { } space)
        {
            space.Transform(chunk, context, center, _own);
            AddSquares(_own, _encoded, _ownHalfRange, center, _motion);
        }
        else AddSquares(chunk, shape, halfRange, center, _motion);
        AddSquares(errors, shape, halfRange, [], _error);
    }

    public void Merge(SpectrumAccount other)
    {
        _counted += other._counted;
        for (int k = 0; k < _motion.Length; k++)
        {
            _motion[k] += other._motion[k];
            _error[k] += other._error[k];
        }
    }

    /// <summary>A row per frequency; null where no dimension has a range.</summary>
    public FidelityFrequency[]? Rows()
    {
        double values = _counted;
        if (values == 0) return null;
        return [.. _motion.Select((squares, k) => new FidelityFrequency(k, Math.Sqrt(squares / values), Math.Sqrt(_error[k] / values)))];
    }

    // The center is one per dimension, or row-major [T,D].
    private void AddSquares(ReadOnlySpan<double> values, ActionShape of, double[] units, ReadOnlySpan<double> center, double[] sums)
    {
        for (int i = 0, d = 0; i < values.Length; i++, d = d + 1 == units.Length ? 0 : d + 1)
            _normalized[i] = units[d] > 0 ? (values[i] - (center.IsEmpty ? 0 : center[i % center.Length])) / units[d] : 0;

        tokenizer.Transform(_normalized.AsSpan(0, of.Count), of, _coefficients.AsSpan(0, of.Count));
        for (int k = 0, i = 0; k < sums.Length; k++)
        {
            double squares = 0;
            for (int d = 0; d < units.Length; d++, i++) squares += _coefficients[i] * _coefficients[i];
            sums[k] += squares;
        }
    }
}
