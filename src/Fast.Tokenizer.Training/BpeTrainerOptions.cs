namespace Fast.Tokenizer.Training;

/// <summary>How a BPE vocabulary is trained; the defaults are those of the published FAST processor.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>
    /// Token ids in the finished vocabulary, symbols included; at most 65,535. Fewer come out where no pair is frequent enough.
    /// </summary>
    public int VocabularySize { get; init; } = 1024;

    /// <summary>A pair that occurs less often is not merged; at least 1.</summary>
    public long MinFrequency { get; init; } = 2;

    /// <summary>The longest token, in symbols; at least 1.</summary>
    public int MaxTokenLength { get; init; } = 10_000;
}
