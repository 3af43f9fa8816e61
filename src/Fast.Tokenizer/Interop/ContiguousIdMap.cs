using System.Globalization;

namespace Fast.Tokenizer.Interop;

/// <summary>
/// Action tokens as one block of tokens added to a model's vocabulary: action token t has the id of the first one plus t.
/// </summary>
/// <remarks>
/// The tokens are called <c>&lt;robot_action_0&gt;</c>, <c>&lt;robot_action_1&gt;</c> and so on, the convention of models built on Qwen:
/// declare-lab/nora (Qwen2.5-VL, first id 151665) and starVLA's Qwen-FAST. A model that generates them as ids needs no name; the names
/// are for adding the tokens to its tokenizer, and for finding them there.
/// </remarks>
public sealed class ContiguousIdMap : ModelIdMap
{
    /// <summary>Makes the map.</summary>
    /// <param name="firstModelId">Model id of action token 0, at least 0.</param>
    /// <param name="count">Number of action tokens, at least 1.</param>
    /// <param name="modelVocabularySize">Number of ids the model has with the added tokens; null where it is not known.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is outside its range, or the block goes past the end of the vocabulary.
    /// </exception>
    public ContiguousIdMap(int firstModelId, int count, int? modelVocabularySize = null)
        : base(Checked(firstModelId, count, modelVocabularySize), modelVocabularySize)
    {
        LowestModelId = firstModelId;
    }

    /// <inheritdoc/>
    public override int LowestModelId { get; }

    /// <inheritdoc/>
    public override int HighestModelId => LowestModelId + (Count - 1);

    /// <inheritdoc/>
    public override bool IsContiguous => true;

    /// <inheritdoc/>
    public override bool IsDescending => false;

    /// <summary>Finds the block in the vocabulary of a model's tokenizer by the names of its tokens.</summary>
    /// <param name="vocabulary">Model ids by token, the added tokens among them.</param>
    /// <param name="count">Number of action tokens to find, at least 1.</param>
    /// <param name="modelVocabularySize">Number of ids the model has with the added tokens; null where it is not known.</param>
    /// <returns>The map.</returns>
    /// <exception cref="ArgumentException">A token is missing, or its id does not follow that of the token before.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static ContiguousIdMap FromVocabulary(IReadOnlyDictionary<string, int> vocabulary, int count, int? modelVocabularySize = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int first = 0;
        for (int token = 0; token < count; token++)
        {
            string name = TokenName(token);
            if (!vocabulary.TryGetValue(name, out int id))
            {
                throw new ArgumentException(
                    $"the vocabulary has no token {name}: add {count} of them to the model's tokenizer", nameof(vocabulary));
            }

            if (token == 0) first = id;
            if (id != (long)first + token)
            {
                throw new ArgumentException(
                    $"{name} has the id {id}, but a block that begins at {first} needs {(long)first + token}: use a {nameof(TableIdMap)}",
                    nameof(vocabulary));
            }
        }

        return new(first, count, modelVocabularySize);
    }

    /// <summary>The name of an action token in the model's tokenizer, such as <c>&lt;robot_action_7&gt;</c>.</summary>
    /// <param name="actionToken">Action token, at least 0.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The action token is negative.</exception>
    public static string TokenName(int actionToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(actionToken);
        return string.Create(CultureInfo.InvariantCulture, $"<robot_action_{actionToken}>");
    }

    /// <inheritdoc/>
    public override bool TryToActionToken(int modelId, out int actionToken)
    {
        actionToken = modelId - LowestModelId;
        if ((uint)actionToken < (uint)Count) return true;
        actionToken = -1;
        return false;
    }

    private protected override int ModelIdOf(int actionToken) => LowestModelId + actionToken;

    private static int Checked(int firstModelId, int count, int? modelVocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstModelId);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        // The last id is representable even where the size of the vocabulary is not known.
        long room = (modelVocabularySize ?? int.MaxValue) - (long)firstModelId;
        if (count <= room) return count;
        throw new ArgumentOutOfRangeException(
            nameof(count), count, $"a block that begins at {firstModelId} goes past the last id of the model, {firstModelId + room - 1}");
    }
}
