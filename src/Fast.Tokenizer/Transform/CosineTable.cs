namespace Fast.Tokenizer.Transform;

/// <summary>Cosines of the multiples of a quarter turn divided by <c>quarter</c>, each rounded once from 28 digits.</summary>
/// <remarks>
/// Angles are integers, reduced exactly to the first octant, so equal cosines are equal bits. The series runs in decimal arithmetic
/// because the C runtime's cosine differs between platforms in its last bit, and token ids must not.
/// </remarks>
internal sealed class CosineTable
{
    private const decimal HalfPi = 1.5707963267948966192313216916m;

    private readonly double[] _cosines;

    public CosineTable(int quarter)
    {
        Quarter = quarter;
        _cosines = new double[4 * quarter];
        for (int i = 0; i <= quarter; i++)
        {
            bool complement = 2L * i > quarter;
            decimal angle = HalfPi * (complement ? quarter - i : i) / quarter;
            double value = Round(complement ? Sine(angle) : Cosine(angle));
            _cosines[i] = value;
            _cosines[2 * quarter - i] = -value;
            _cosines[2 * quarter + i] = -value;
            if (i > 0) _cosines[4 * quarter - i] = value;
        }
    }

    /// <summary>The number of steps in a quarter turn.</summary>
    public int Quarter { get; }

    /// <summary>The cosine of <paramref name="steps"/> steps, 0 or more.</summary>
    public double Cos(long steps) => _cosines[steps % _cosines.Length];

    /// <summary>The sine of <paramref name="steps"/> steps, 0 or more.</summary>
    public double Sin(long steps) => Cos(steps + 3L * Quarter);

    // At 45 degrees the first term left out of each series is below 1e-27.
    private static decimal Cosine(decimal angle) => Series(angle * angle, 24);

    private static decimal Sine(decimal angle) => angle * Series(angle * angle, 25);

    private static decimal Series(decimal square, int degree)
    {
        decimal sum = 1;
        for (int n = degree; n > 1; n -= 2) sum = 1 - square / (n * (n - 1)) * sum;
        return sum;
    }

    // The conversion from decimal to double rounds more than once; an integer of 53 bits converts exactly.
    private static double Round(decimal value)
    {
        if (value == 0) return 0;
        int exponent = -53;
        while (value < 0.5m)
        {
            value *= 2;
            exponent--;
        }

        return Math.ScaleB((long)decimal.Round(value * (1L << 53)), exponent);
    }
}
