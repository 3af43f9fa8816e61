namespace Fast.Tokenizer.Decoding;

/// <summary>Thrown when tokens do not give exactly one chunk of the shape asked for.</summary>
public sealed class ActionDecodeException : Exception
{
    /// <summary>Makes the exception for a result that is not complete.</summary>
    /// <param name="result">What the decode found.</param>
    /// <param name="shape">The shape asked for.</param>
    /// <param name="tokens">The tokens, for the message.</param>
    public ActionDecodeException(DecodeResult result, ActionShape shape, ReadOnlySpan<int> tokens)
        : base(Describe(result, shape, tokens))
    {
        Result = result;
        Shape = shape;
    }

    /// <summary>Names the chunk of a batch that the exception is about.</summary>
    internal ActionDecodeException(ActionDecodeException inner, int chunk)
        : base($"chunk {chunk}: {inner.Message}", inner)
    {
        Result = inner.Result;
        Shape = inner.Shape;
    }

    /// <summary>What the decode found, and where.</summary>
    public DecodeResult Result { get; }

    /// <summary>The shape asked for.</summary>
    public ActionShape Shape { get; }

    private static string Describe(DecodeResult result, ActionShape shape, ReadOnlySpan<int> tokens) => result.Status switch
    {
        DecodeStatus.Short =>
            $"{tokens.Length} tokens give {result.Coefficients} coefficients, a chunk of {shape} needs {shape.Count}: "
            + "the sequence is too short",
        DecodeStatus.Long =>
            $"{tokens.Length} tokens give {result.Coefficients} coefficients, a chunk of {shape} needs {shape.Count}: "
            + $"token {result.Position} goes past the end",
        DecodeStatus.InvalidToken => $"token {result.Position} is id {tokens[result.Position]}, which is not in the vocabulary",
        DecodeStatus.IllFormedBytes =>
            $"the bytes of token {result.Position} (id {tokens[Math.Min(result.Position, tokens.Length - 1)]}) are not well-formed UTF-8",
        _ => $"the tokens give a chunk of {shape}",
    };
}
