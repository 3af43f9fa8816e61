namespace Fast.Tokenizer.Transform;

/// <summary>The columns of the inverse transform for one length: what a single coefficient adds to the values over time.</summary>
/// <remarks>A column is as <see cref="DctPlan.Inverse"/> gives it for one coefficient of 1, to rounding. Immutable.</remarks>
internal sealed class CosineColumns
{
    // All the cosines there are, so memory grows with T and not with its square. The scale of frequencies above 0 is in them.
    private readonly double[] _cosines;
    private readonly double _zero;

    public CosineColumns(int length)
    {
        var table = new CosineTable(length);
        double scale = Math.Sqrt(2.0 / length);
        _cosines = new double[4 * length];
        for (int i = 0; i < _cosines.Length; i++) _cosines[i] = scale * table.Cos(i);
        _zero = Math.Sqrt(1.0 / length);
    }

    /// <summary>Adds a multiple of the column of a frequency to one column of <c>[T, columns]</c>.</summary>
    public void Add(int frequency, double amount, Span<double> values, int column, int columns)
    {
        if (frequency == 0)
        {
            double constant = amount * _zero;
            for (int i = column; i < values.Length; i += columns) values[i] += constant;
            return;
        }

        // Even frequencies are symmetric about the middle of the time, odd ones antisymmetric: a cosine serves two steps.
        ReadOnlySpan<double> cosines = _cosines;
        int angle = frequency, step = 2 * frequency;
        double mirror = frequency % 2 == 0 ? 1 : -1;
        int head = column, tail = values.Length - columns + column;
        for (; head < tail; head += columns, tail -= columns)
        {
            double part = amount * cosines[angle];
            values[head] += part;
            values[tail] += mirror * part;
            angle += step;
            if (angle >= cosines.Length) angle -= cosines.Length;
        }

        if (head == tail) values[head] += amount * cosines[angle];
    }
}
