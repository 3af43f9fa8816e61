namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>How a data set is cut into chunks, encoded and written.</summary>
public sealed record DatasetTokenizerOptions
{
    /// <summary>Time steps in a chunk, at least 1; null takes the tokenizer's.</summary>
    public int? Horizon { get; init; }

    /// <summary>Steps between the starts of two chunks of an episode, at least 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>How chunks are encoded.</summary>
    public EncodeOptions Encoding { get; init; } = EncodeOptions.Default;

    /// <summary>Encodes each chunk in a sampled mode with a seed of its own, not that of <see cref="Encoding"/>; null does not.</summary>
    public TokenSampling? Sampling { get; init; }

    /// <summary>The form of the files.</summary>
    public TokenShardFormat Format { get; init; } = TokenShardFormat.Parquet;

    /// <summary>Chunks after which a file ends with the episode that it holds; at least 1. Files hold whole episodes.</summary>
    public int ShardChunks { get; init; } = 50_000;

    /// <summary>The most threads that encode at a time; -1 for one per core. What is written does not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = -1;
}
