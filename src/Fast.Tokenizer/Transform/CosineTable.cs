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
        _cosines = new double[quarter + 1];
        for (int i = 0; i <= quarter; i++)
        {
            bool complement = 2L * i > quarter;
            decimal angle = HalfPi * (complement ? quarter - i : i) / quarter;
            _cosines[i] = Round(complement ? Sine(angle) : Cosine(angle));
        }
    }

    /// <summary>The number of steps in a quarter turn.</summary>
    public int Quarter => _cosines.Length - 1;

    /// <summary>The cosine of <paramref name="steps"/> steps.</summary>
    public double Cos(long steps)
    {
        long turn = 4L * Quarter;
        steps = Math.Abs(steps) % turn;
        if (2 * steps > turn) steps = turn - steps;
        return steps <= Quarter ? _cosines[steps] : -_cosines[2 * Quarter - steps];
    }

    /// <summary>The sine of <paramref name="steps"/> steps.</summary>
    public double Sin(long steps) => Cos(steps - Quarter);

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
