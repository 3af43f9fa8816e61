namespace Fast.Tokenizer.Interop;

/// <summary>Thrown when a model id that should be an action token is none.</summary>
public sealed class ModelIdException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="modelId">The id at fault.</param>
    /// <param name="position">Its index in the sequence.</param>
    /// <param name="map">The map that does not hold it.</param>
    internal ModelIdException(int modelId, int position, ModelIdMap map) : base(Describe(modelId, position, map))
    {
        ModelId = modelId;
        Position = position;
    }

    /// <summary>The id at fault.</summary>
    public int ModelId { get; }

    /// <summary>Index of the id in the sequence.</summary>
    public int Position { get; }

    private static string Describe(int modelId, int position, ModelIdMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return $"the model id at position {position} is {modelId}, which is no action token: the {map.Count} of the map stand " +
            $"{(map.IsContiguous ? "at" : "among")} {map.LowestModelId} to {map.HighestModelId}. " +
            "Constrain the model to them, or keep the ids before that position.";
    }
}
