namespace Fast.Tokenizer.Interop;

/// <summary>Finds the action tokens in what a language model generated from a prompt.</summary>
/// <remarks>
/// The actions are the ids between the ids of <c>Action: </c> and those of <c>|</c>, as openpi's <c>FASTTokenizer.extract_actions</c> and
/// LeRobot's <c>detokenize_actions</c> look for them. Both go through text, which loses ids, or through subtraction, which makes an
/// action of any id, and openpi returns a chunk of zeros where it finds nothing. Here ids stay ids, and what is wrong is said with its
/// position. A parser is immutable and safe to share between threads.
/// </remarks>
public sealed class ActionPromptParser
{
    private readonly ModelIdMap _map;
    private readonly int[] _opening;
    private readonly int[] _closing;
    private readonly int _endId;

    /// <summary>Makes a parser.</summary>
    /// <param name="text">The model's text tokenizer.</param>
    /// <param name="map">Model ids of the action tokens.</param>
    /// <exception cref="ArgumentException">An id of the text around the actions is in the map.</exception>
    public ActionPromptParser(PromptTextEncoder text, ModelIdMap map)
    {
        ArgumentNullException.ThrowIfNull(text);
        text.CheckApart(map);
        _map = map;
        _opening = text.Opening;
        _closing = text.Closing;
        _endId = text.EndId;
    }

    /// <summary>Reads the action tokens. Allocates nothing.</summary>
    /// <param name="modelIds">
    /// What the model generated, without the prompt: a task may hold the words <c>Action: </c> too. Of an <see cref="ActionPrompt"/>, the
    /// ids from <see cref="ActionPrompt.AnswerStart"/> on. What comes after <c>|</c> is not looked at.
    /// </param>
    /// <param name="actionTokens">Receives the action tokens; at least as long as <paramref name="modelIds"/>.</param>
    /// <returns>Whether the actions are whole, how many were written, and where the fault is.</returns>
    /// <exception cref="ArgumentException"><paramref name="actionTokens"/> is too short.</exception>
    public ActionPromptResult Parse(ReadOnlySpan<int> modelIds, Span<int> actionTokens)
    {
        if (actionTokens.Length < modelIds.Length)
        {
            throw new ArgumentException(
                $"{modelIds.Length} model ids may hold as many action tokens, but the buffer holds {actionTokens.Length}",
                nameof(actionTokens));
        }

        int start = modelIds.IndexOf(_opening);
        if (start < 0) return new(ActionPromptStatus.MissingOpening, 0, modelIds.Length);

        int count = 0;
        for (int i = start + _opening.Length; i < modelIds.Length; i++)
        {
            if (modelIds[i..].StartsWith(_closing)) return new(ActionPromptStatus.Complete, count, i);
            if (modelIds[i] == _endId) return new(ActionPromptStatus.MissingClosing, count, i);
            if (!_map.TryToActionToken(modelIds[i], out int token)) return new(ActionPromptStatus.InvalidId, count, i);
            actionTokens[count++] = token;
        }

        return new(ActionPromptStatus.MissingClosing, count, modelIds.Length);
    }
}
