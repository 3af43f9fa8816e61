namespace Fast.Tokenizer.Interop;

/// <summary>Where action tokens stand in the vocabulary of a language model: one model id for each action token, both ways.</summary>
/// <remarks>
/// Action tokens run from 0 to one below <see cref="Count"/>, as an <see cref="IActionTokenizer"/> gives them. Maps are immutable, safe to
/// share between threads, and do not allocate.
/// </remarks>
public abstract class ModelIdMap
{
    private protected ModelIdMap(int count, int? modelVocabularySize)
    {
        Count = count;
        ModelVocabularySize = modelVocabularySize;
    }

    /// <summary>Number of action tokens, at least 1: the vocabulary size of the action tokenizer.</summary>
    public int Count { get; }

    /// <summary>Number of ids the model has, above every id of the map; null where it is not known.</summary>
    public int? ModelVocabularySize { get; }

    /// <summary>The smallest model id of an action token.</summary>
    public abstract int LowestModelId { get; }

    /// <summary>The largest model id of an action token.</summary>
    public abstract int HighestModelId { get; }

    /// <summary>
    /// Whether the action tokens fill <see cref="LowestModelId"/> to <see cref="HighestModelId"/> in order: a logits row is then masked
    /// by two fills around that range.
    /// </summary>
    public abstract bool IsContiguous { get; }

    /// <summary>Where <see cref="IsContiguous"/>: whether action token 0 has the highest id and the ids run down.</summary>
    public abstract bool IsDescending { get; }

    /// <summary>The model id of an action token.</summary>
    /// <param name="actionToken">Action token, 0 to one below <see cref="Count"/>.</param>
    /// <returns>The model id.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The action token is outside its range.</exception>
    public int ToModelId(int actionToken)
    {
        if ((uint)actionToken >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(actionToken), actionToken, $"the map holds action tokens 0 to {Count - 1}");
        return ModelIdOf(actionToken);
    }

    /// <summary>The action token of a model id, any value.</summary>
    /// <param name="modelId">Model id.</param>
    /// <param name="actionToken">Receives the action token, or -1 where the map does not hold the id.</param>
    /// <returns>Whether the map holds the id.</returns>
    public abstract bool TryToActionToken(int modelId, out int actionToken);

    /// <summary>The model ids of action tokens.</summary>
    /// <param name="actionTokens">Action tokens, each 0 to one below <see cref="Count"/>.</param>
    /// <param name="modelIds">Receives as many model ids; may be the same memory.</param>
    /// <exception cref="ArgumentException">An action token is outside its range, or <paramref name="modelIds"/> is too short.</exception>
    public void ToModelIds(ReadOnlySpan<int> actionTokens, Span<int> modelIds)
    {
        CheckRoom(actionTokens.Length, modelIds.Length, nameof(modelIds));
        for (int i = 0; i < actionTokens.Length; i++)
        {
            int token = actionTokens[i];
            if ((uint)token >= (uint)Count)
            {
                throw new ArgumentException(
                    $"the action token at position {i} is {token}, but the map holds 0 to {Count - 1}: is it that tokenizer's map?",
                    nameof(actionTokens));
            }

            modelIds[i] = ModelIdOf(token);
        }
    }

    /// <summary>The action tokens of model ids; throws on an id that is none.</summary>
    /// <param name="modelIds">Model ids, any values.</param>
    /// <param name="actionTokens">Receives as many action tokens; may be the same memory. Those before a faulty id are written.</param>
    /// <exception cref="ModelIdException">An id is not in the map; the exception holds its position.</exception>
    /// <exception cref="ArgumentException"><paramref name="actionTokens"/> is too short.</exception>
    public void ToActionTokens(ReadOnlySpan<int> modelIds, Span<int> actionTokens)
    {
        if (!TryToActionTokens(modelIds, actionTokens, out int position)) throw new ModelIdException(modelIds[position], position, this);
    }

    /// <summary>The action tokens of model ids, reporting instead of throwing on an id that is none.</summary>
    /// <param name="modelIds">Model ids, any values.</param>
    /// <param name="actionTokens">Receives as many action tokens; may be the same memory. Those before a faulty id are written.</param>
    /// <param name="position">Index of the first id that is not in the map; the number of ids where all are.</param>
    /// <returns>Whether all ids are in the map.</returns>
    /// <exception cref="ArgumentException"><paramref name="actionTokens"/> is too short.</exception>
    public bool TryToActionTokens(ReadOnlySpan<int> modelIds, Span<int> actionTokens, out int position)
    {
        CheckRoom(modelIds.Length, actionTokens.Length, nameof(actionTokens));
        for (position = 0; position < modelIds.Length; position++)
        {
            if (!TryToActionToken(modelIds[position], out int token)) return false;
            actionTokens[position] = token;
        }

        return true;
    }

    private protected abstract int ModelIdOf(int actionToken);

    private static void CheckRoom(int needed, int room, string name)
    {
        if (room < needed) throw new ArgumentException($"{needed} ids do not fit a buffer of {room}", name);
    }
}
