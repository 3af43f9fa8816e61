using System.Collections.Frozen;

namespace Fast.Tokenizer.Interop;

/// <summary>Action tokens at ids listed one by one, such as the rarest tokens of a model's text.</summary>
public sealed class TableIdMap : ModelIdMap
{
    private readonly int[] _modelIds;
    private readonly FrozenDictionary<int, int> _actionTokens;

    /// <summary>Makes the map.</summary>
    /// <param name="modelIds">Model id of action token 0, 1 and so on: at least one, none negative, no two equal. Copied.</param>
    /// <param name="modelVocabularySize">Number of ids the model has; null where it is not known.</param>
    /// <exception cref="ArgumentException">The table is empty, holds an id twice, or holds one that the model does not have.</exception>
    public TableIdMap(ReadOnlySpan<int> modelIds, int? modelVocabularySize = null) : base(modelIds.Length, modelVocabularySize)
    {
        if (modelIds.IsEmpty) throw new ArgumentException("the table is empty: a map holds at least one action token", nameof(modelIds));

        var actionTokens = new Dictionary<int, int>(modelIds.Length);
        for (int token = 0; token < modelIds.Length; token++)
        {
            int id = modelIds[token];
            if (id < 0 || id >= (modelVocabularySize ?? int.MaxValue))
            {
                throw new ArgumentException(
                    $"the model id of action token {token} is {id}, but the model has 0 to {(modelVocabularySize ?? int.MaxValue) - 1}",
                    nameof(modelIds));
            }

            if (!actionTokens.TryAdd(id, token))
            {
                throw new ArgumentException(
                    $"action tokens {actionTokens[id]} and {token} both have the model id {id}: each needs its own", nameof(modelIds));
            }
        }

        _modelIds = modelIds.ToArray();
        _actionTokens = actionTokens.ToFrozenDictionary();
        LowestModelId = _modelIds.Min();
        HighestModelId = _modelIds.Max();
        IsDescending = _modelIds.Length > 1 && _modelIds[0] > _modelIds[1];
        int step = IsDescending ? -1 : 1;
        IsContiguous = true;
        for (int token = 1; token < _modelIds.Length; token++) IsContiguous &= _modelIds[token] == _modelIds[token - 1] + step;
    }

    /// <inheritdoc/>
    public override int LowestModelId { get; }

    /// <inheritdoc/>
    public override int HighestModelId { get; }

    /// <inheritdoc/>
    public override bool IsContiguous { get; }

    /// <inheritdoc/>
    public override bool IsDescending { get; }

    /// <inheritdoc/>
    public override bool TryToActionToken(int modelId, out int actionToken)
    {
        if (_actionTokens.TryGetValue(modelId, out actionToken)) return true;
        actionToken = -1;
        return false;
    }

    private protected override int ModelIdOf(int actionToken) => _modelIds[actionToken];
}
