namespace Fast.Tokenizer;

/// <summary>Turns chunks of actions into token ids and back.</summary>
/// <remarks>Implementations are immutable and safe to use from many threads at once. Neither direction allocates.</remarks>
public interface IActionTokenizer
{
    /// <summary>Number of token ids; ids run from 0 to one below it.</summary>
    int VocabularySize { get; }

    /// <summary>The most tokens that any chunk of this shape can need: the length of a buffer that is always large enough.</summary>
    /// <param name="shape">Shape of the chunk.</param>
    /// <returns>A number of token ids.</returns>
    int MaxTokenCount(ActionShape shape);

    /// <summary>Encodes one chunk.</summary>
    /// <param name="actions">Actions, row-major [T,D], in the tokenizer's input unit.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="tokens">Receives the token ids; <see cref="MaxTokenCount"/> is always enough.</param>
    /// <returns>How many ids were written, and how many values were clipped.</returns>
    /// <exception cref="ArgumentException">
    /// A length does not fit the shape, a value is not finite, or <paramref name="tokens"/> is too small.
    /// </exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="FastActionTokenizer.For"/>.</exception>
    EncodeResult Encode(ReadOnlySpan<float> actions, ActionShape shape, Span<int> tokens);

    /// <inheritdoc cref="Encode(ReadOnlySpan{float}, ActionShape, Span{int})"/>
    EncodeResult Encode(ReadOnlySpan<double> actions, ActionShape shape, Span<int> tokens);

    /// <summary>Decodes one chunk, reporting instead of throwing when the tokens do not give one.</summary>
    /// <param name="tokens">Token ids, any values.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="actions">Receives the actions, row-major [T,D]. Left as it was unless the result is complete.</param>
    /// <returns>Whether the tokens give exactly one chunk, and where they fail to.</returns>
    /// <exception cref="ArgumentException">
    /// The length of <paramref name="actions"/> is not that of the shape, or the shape is not the tokenizer's.
    /// </exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="FastActionTokenizer.For"/>.</exception>
    DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<float> actions);

    /// <inheritdoc cref="TryDecode(ReadOnlySpan{int}, ActionShape, Span{float})"/>
    DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<double> actions);
}
