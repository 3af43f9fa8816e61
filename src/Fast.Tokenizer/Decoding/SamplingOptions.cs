namespace Fast.Tokenizer.Decoding;

/// <summary>How a <see cref="ConstrainedSampler"/> chooses. The default is greedy.</summary>
public sealed record SamplingOptions
{
    /// <summary>What logits are divided by, 0 or above; 0 takes the largest.</summary>
    public double Temperature { get; init; }

    /// <summary>Choose among so many of the most likely tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// Choose among the fewest of the most likely tokens that have this probability together, above 0; 1 for all. Applied after
    /// <see cref="TopK"/>.
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>Where the random numbers start: the same seed and logits give the same tokens everywhere.</summary>
    public ulong Seed { get; init; }
}
