namespace Fast.Tokenizer.Benchmarks;

/// <summary>Coefficients of made-up chunks [50,7], as fast as they can be drawn; the same ones for the same seed.</summary>
/// <remarks>
/// Joints rest or move, each chunk more or less; the magnitude of a coefficient is an exponential variate whose mean falls with the
/// frequency. Means and shares are chosen so that a chunk is about as long as one of the ALOHA insertion recording, which the verb <c>scale</c> shows.
/// Coefficients of a chunk depend on each other only through this: a training finds less in them than in recorded ones.
/// </remarks>
internal sealed class SimulatedChunks
{
    public const int Horizon = 50, Dimensions = 7;

    private const double Moving = 0.75, SecondMean = 16, Decay = 2.1;

    // Values are normalised to [-1,1], and the scale is 10.
    private const int Largest = 70;

    // Beyond this mean a coefficient is not zero in one of 400 cases, and is not drawn.
    private const double LeastMean = 0.085;

    private static readonly double[] _means =
        [.. Enumerable.Range(0, Horizon).Select(k => SecondMean / Math.Pow(Math.Max(k, 1), Decay))];

    private ulong _state;

    public SimulatedChunks(ulong seed) => _state = (seed + 1) * 0x9E3779B97F4A7C15UL;

    /// <summary>Draws the next.</summary>
    /// <param name="values">Receives the values without the zeros at the end; the length of a chunk.</param>
    /// <returns>How many these are.</returns>
    public int Next(Span<short> values)
    {
        // Paces spread over a factor of sixteen.
        double pace = Math.Pow(2, (4 * Uniform()) - 2.5);
        Span<double> moves = stackalloc double[Dimensions];
        foreach (ref double move in moves) move = Uniform() < Moving ? pace * (0.5 + Uniform()) : 0;
        int length = 0, at = 0;
        for (int k = 0; k < Horizon && (k == 0 || _means[k] * pace * 1.5 > LeastMean); k++)
        {
            foreach (double move in moves)
            {
                double mean = _means[k] * move;
                short value = k == 0 ? (short)(((2 * Uniform()) - 1) * (Largest + 1)) : mean > LeastMean ? Draw(mean) : (short)0;
                values[at++] = value;
                if (value != 0) length = at;
            }
        }

        return length;
    }

    private short Draw(double mean)
    {
        ulong bits = Bits();
        int magnitude = (int)((-Math.Log(((bits >> 12) + 1) * (1.0 / (1UL << 52))) * mean) + 0.5);
        magnitude = Math.Min(magnitude, Largest);
        return (short)((bits & 1) == 0 ? magnitude : -magnitude);
    }

    private double Uniform() => (Bits() >> 11) * (1.0 / (1UL << 53));

    // xorshift64* (Vigna, An experimental exploration of Marsaglia's xorshift generators, scrambled, 2016).
    private ulong Bits()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return _state * 2685821657736338717UL;
    }
}
