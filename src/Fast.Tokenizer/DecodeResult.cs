namespace Fast.Tokenizer;

/// <summary>What a decode found: whether the tokens give exactly one chunk, and where they fail to.</summary>
/// <param name="Status">Complete, or what is wrong.</param>
/// <param name="Coefficients">
/// Coefficients (for a binning tokenizer: values) that the tokens expand to, up to the first invalid one.
/// </param>
/// <param name="Position">Index of the first token at fault; the number of tokens where none is.</param>
public readonly record struct DecodeResult(DecodeStatus Status, int Coefficients, int Position)
{
    /// <summary>Whether the tokens give exactly the chunk asked for.</summary>
    public bool IsComplete => Status == DecodeStatus.Complete;
}
