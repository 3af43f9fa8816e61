namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>Writes each chunk in another of its possible ways, see <see cref="EncodeMode.Sampled"/>.</summary>
/// <param name="Seed">
/// From it, the index of the episode and the first step each chunk gets a seed of its own, so that neither the number of threads nor a
/// resumed run changes the ids. Draw another for each epoch.
/// </param>
/// <param name="Temperature">As in <see cref="EncodeMode.Sampled"/>, above 0.</param>
public sealed record TokenSampling(ulong Seed, double Temperature = TokenSampling.DefaultTemperature)
{
    /// <summary>The temperature where none is given.</summary>
    internal const double DefaultTemperature = 0.3;

    /// <summary>How the chunk of an episode is encoded.</summary>
    /// <param name="episode">Index of the episode; 0 where there are only chunks.</param>
    /// <param name="start">First step of the chunk, or the index of the chunk.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    internal EncodeMode ModeOf(int episode, int start) =>
        EncodeMode.Sampled(Mix(Mix(Mix(Seed) + (uint)episode) + (uint)start), Temperature);

    // The finalizer of SplitMix64 (Steele, Lea and Flood 2014): neighbouring numbers become unlike ones.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
