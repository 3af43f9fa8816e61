namespace Fast.Tokenizer.Interop;

/// <summary>One sequence for a language model: task, state and, for training, actions, with the masks that go with the ids.</summary>
/// <remarks>
/// The four arrays are of equal length, those that <c>FASTTokenizer.tokenize</c> of openpi returns. At padding the masks are false.
/// </remarks>
public sealed class ActionPrompt
{
    internal ActionPrompt(int[] tokens, bool[] tokenMask, bool[] autoregressiveMask, bool[] lossMask, int answerStart, int dropped)
    {
        Tokens = tokens;
        TokenMask = tokenMask;
        AutoregressiveMask = autoregressiveMask;
        LossMask = lossMask;
        AnswerStart = answerStart;
        Dropped = dropped;
    }

    /// <summary>Model ids, padded.</summary>
    public ReadOnlyMemory<int> Tokens { get; }

    /// <summary>True at an id that belongs to the prompt, false at padding.</summary>
    public ReadOnlyMemory<bool> TokenMask { get; }

    /// <summary>
    /// True at an id that only later ids may attend to (openpi's <c>ar_mask</c> of 1), false where attention goes both ways.
    /// </summary>
    public ReadOnlyMemory<bool> AutoregressiveMask { get; }

    /// <summary>True at an id that the model is trained to predict.</summary>
    public ReadOnlyMemory<bool> LossMask { get; }

    /// <summary>
    /// Index of the first id after the part that asks: of the actions in training, of what the model generates otherwise.
    /// </summary>
    public int AnswerStart { get; }

    /// <summary>
    /// Number of ids that did not fit and were cut off, as the published code cuts them. Training on such a sequence teaches half a chunk:
    /// make the prompt longer where this is not 0.
    /// </summary>
    public int Dropped { get; }
}
