namespace Fast.Tokenizer.Interop;

/// <summary>The robot state as whole numbers in a prompt: 256 equal bins over [-1, 1].</summary>
/// <remarks>
/// The bins of <c>np.digitize(state, np.linspace(-1, 1, 257)[:-1]) - 1</c> in openpi and LeRobot. A value on an edge belongs to the bin
/// above. A value of 1 or more is in bin 255, the last. A value below -1 is in bin -1: the published prompts say <c>-1</c> there, and so
/// do these. Every edge is a multiple of 1/128, so the bin is exact for any input, float32 or float64.
/// </remarks>
public static class StateBins
{
    /// <summary>Number of bins over [-1, 1]; bin -1 below them is not counted.</summary>
    public const int Count = 256;

    /// <summary>The bin of a value.</summary>
    /// <param name="value">Normalised state, nominally in [-1, 1]; finite.</param>
    /// <returns>-1 to 255.</returns>
    /// <exception cref="ArgumentException">The value is NaN or infinite.</exception>
    public static int ToBin(double value)
    {
        if (!double.IsFinite(value)) throw NotFinite(value, "the state");
        // Multiplying by a power of two is exact; adding 1 first would round a tiny negative value up over the edge at 0.
        return (int)Math.Clamp(Math.Floor(value * (Count / 2)) + Count / 2, -1, Count - 1);
    }

    /// <summary>The bins of a state.</summary>
    /// <param name="state">Normalised state, nominally in [-1, 1]; finite.</param>
    /// <param name="bins">Receives as many bins, each -1 to 255.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite, or <paramref name="bins"/> is too short.</exception>
    public static void ToBins(ReadOnlySpan<double> state, Span<int> bins)
    {
        if (bins.Length < state.Length)
            throw new ArgumentException($"{state.Length} bins do not fit a buffer of {bins.Length}", nameof(bins));
        for (int d = 0; d < state.Length; d++)
        {
            if (!double.IsFinite(state[d])) throw NotFinite(state[d], $"dimension {d} of the state");
            bins[d] = ToBin(state[d]);
        }
    }

    private static ArgumentException NotFinite(double value, string place) =>
        new(FormattableString.Invariant($"{place} is {value}, which has no bin: check the sensor and the normalisation"));
}
