namespace Fast.Tokenizer.Tests.Transform;

/// <summary>The transform as its definition reads: one sum per number, angles reduced exactly before the cosine is taken.</summary>
internal sealed class DctReference
{
    private readonly int _length;
    private readonly double[] _cosines;

    public DctReference(int length)
    {
        _length = length;
        _cosines = new double[4 * length];
        for (int angle = 0; angle < _cosines.Length; angle++) _cosines[angle] = Math.Cos(Math.PI * angle / (2.0 * length));
    }

    public double[] Forward(double[] values, int columns)
    {
        var coefficients = new double[values.Length];
        for (int k = 0; k < _length; k++)
        {
            double scale = Math.Sqrt((k == 0 ? 1.0 : 2.0) / _length);
            for (int c = 0; c < columns; c++) coefficients[k * columns + c] = scale * Sum(values, c, columns, angle: k, step: 2 * k);
        }

        return coefficients;
    }

    public double[] Inverse(double[] coefficients, int columns)
    {
        double[] scaled = [.. coefficients.Select((value, i) => value * Math.Sqrt((i < columns ? 1.0 : 2.0) / _length))];
        var values = new double[coefficients.Length];
        for (int t = 0; t < _length; t++)
            for (int c = 0; c < columns; c++)
                values[t * columns + c] = Sum(scaled, c, columns, angle: 0, step: 2 * t + 1);

        return values;
    }

    // The sum over i of cos((angle + i * step) pi / 2T) times element i of a column.
    private double Sum(double[] matrix, int column, int columns, int angle, int step)
    {
        double[] cosines = _cosines;
        double sum = 0;
        for (int i = column; i < matrix.Length; i += columns)
        {
            sum += cosines[angle] * matrix[i];
            angle += step;
            if (angle >= cosines.Length) angle -= cosines.Length;
        }

        return sum;
    }
}
