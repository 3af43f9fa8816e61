using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Decoding;

/// <summary>Choices for a <see cref="TokenGrammar"/>.</summary>
public sealed record TokenGrammarOptions
{
    /// <summary>The most tokens a chunk may take, the end marker not counted; null for no limit.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Where the tokens stand in a model's vocabulary; null where ids are the tokenizer's own.</summary>
    public ModelIdMap? ModelIds { get; init; }

    /// <summary>
    /// The id that ends a chunk, allowed exactly when it is complete; null for none. Must not be the id of an action token.
    /// </summary>
    public int? EndId { get; init; }

    /// <summary>The smallest coefficient allowed; null for the tokenizer's own range, which <see cref="TokenGrammar"/> describes.</summary>
    public int? LowestCoefficient { get; init; }

    /// <summary>The largest coefficient allowed; null for the tokenizer's own range, which <see cref="TokenGrammar"/> describes.</summary>
    public int? HighestCoefficient { get; init; }
}
