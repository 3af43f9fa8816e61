namespace Fast.Tokenizer.Training.Parts;

/// <summary>How a part is counted; what it holds does not depend on it.</summary>
public sealed record CorpusPartOptions
{
    /// <summary>
    /// Bytes that counts may take in memory, at least 1; what is more goes to a sorted file beside the output until the end. By default
    /// 1 GB.
    /// </summary>
    public long MemoryLimit { get; init; } = 1L << 30;
}
