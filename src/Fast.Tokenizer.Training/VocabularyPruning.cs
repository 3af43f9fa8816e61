namespace Fast.Tokenizer.Training;

/// <summary>
/// Trains more tokens than are wanted and keeps those that an encoder which chooses misses most, for use with
/// <see cref="EncodeMode.RateDistortion"/> or <see cref="EncodeMode.Shortest"/>.
/// </summary>
/// <remarks>
/// Merging leaves tokens behind that only served to build longer ones. An encoder that is not bound to the order of merges does without
/// them, and their ids go to tokens it uses. The saved folder stays a plain one that Python decodes, but canonical encoding, Python's
/// included, no longer reaches a token whose parts are gone, and takes more tokens. To drop tokens by what their loss adds to the best
/// segmentation is PathPiece's idea (arXiv 2402.18376); here segmentation also weighs the error, and the loss is estimated from uses.
/// </remarks>
public sealed record VocabularyPruning
{
    /// <summary>The most values that are encoded to count uses: long chunks have many tokens each.</summary>
    internal const int MaxValues = 1 << 20;

    /// <summary>Tokens to train, as a multiple of the vocabulary size that is kept; above 1, at most 16.</summary>
    public double Candidates { get; init; } = 2;

    /// <summary>
    /// Price of a token in the encoding that uses are counted in, see <see cref="EncodeMode.RateDistortion"/>; 0 for the fewest tokens.
    /// </summary>
    public double Lambda { get; init; } = 1;

    /// <summary>
    /// What it counts, in tokens, each time canonical encoding goes through a token on its way to another; from 0 up. With 0 tokens may go
    /// that many merges lead through, and canonical encoding falls apart.
    /// </summary>
    public double CanonicalShare { get; init; } = 0.05;

    /// <summary>
    /// The most windows that are encoded to count uses, spread evenly over the training episodes; at least 1. They are fewer where they
    /// would hold more than a million values.
    /// </summary>
    public int Windows { get; init; } = 2000;
}
