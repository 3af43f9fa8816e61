namespace Fast.Tokenizer.Interop;

/// <summary>
/// Action tokens counted down from the end of PaliGemma's vocabulary, as openpi (pi0-FAST) and LeRobot (pi0_fast) place them.
/// </summary>
/// <remarks>
/// Action token t has the id <c>vocabulary size - 1 - skipped - t</c>. With the defaults, 257152 and 128, token 0 is 257023: PaliGemma's
/// last 128 ids, the segmentation tokens, are left alone. The 1024 ids below them are its location tokens, so a vocabulary of more than
/// 1024 action tokens reaches on into ids of text, below 256000: an id of the map is an action only where an action is expected. Source:
/// <c>FASTTokenizer</c> of Physical-Intelligence/openpi, <c>ActionTokenizerProcessorStep</c> of huggingface/lerobot.
/// </remarks>
public sealed class PaliGemmaIdMap : ModelIdMap
{
    /// <summary>Number of ids in PaliGemma's vocabulary.</summary>
    public const int DefaultVocabularySize = 257152;

    /// <summary>Number of ids that openpi leaves alone at the end of the vocabulary.</summary>
    public const int DefaultSkippedIds = 128;

    /// <summary>Makes the map.</summary>
    /// <param name="count">Number of action tokens: 1 to the number of ids that are not skipped.</param>
    /// <param name="vocabularySize">Number of ids in the model's vocabulary, at least 1.</param>
    /// <param name="skippedIds">Ids left alone at the end of the vocabulary, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public PaliGemmaIdMap(int count, int vocabularySize = DefaultVocabularySize, int skippedIds = DefaultSkippedIds)
        : base(Checked(count, vocabularySize, skippedIds), vocabularySize)
    {
        HighestModelId = vocabularySize - 1 - skippedIds;
    }

    /// <inheritdoc/>
    public override int LowestModelId => HighestModelId - (Count - 1);

    /// <inheritdoc/>
    public override int HighestModelId { get; }

    /// <inheritdoc/>
    public override bool IsContiguous => true;

    /// <inheritdoc/>
    public override bool IsDescending => true;

    /// <inheritdoc/>
    public override bool TryToActionToken(int modelId, out int actionToken)
    {
        // Of an id far below zero the difference wraps round and is negative: not in the map either.
        actionToken = HighestModelId - modelId;
        if ((uint)actionToken < (uint)Count) return true;
        actionToken = -1;
        return false;
    }

    private protected override int ModelIdOf(int actionToken) => HighestModelId - actionToken;

    private static int Checked(int count, int vocabularySize, int skippedIds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(skippedIds);
        if (count >= 1 && count <= vocabularySize - skippedIds) return count;
        throw new ArgumentOutOfRangeException(
            nameof(count),
            count,
            $"a vocabulary of {vocabularySize} less {skippedIds} ids holds 1 to {vocabularySize - skippedIds} action tokens");
    }
}
