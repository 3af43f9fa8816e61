using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>The part of a recorded episode that a tokenizer encodes.</summary>
internal static class FittingEpisode
{
    /// <summary>Takes the encoded dimensions of an episode.</summary>
    /// <param name="recorded">The episode as it was recorded.</param>
    /// <param name="definition">The tokenizer.</param>
    /// <exception cref="InvalidDataException">
    /// The episode has too few dimensions, others than the tokenizer, or no states that it needs.
    /// </exception>
    public static Episode Of(Episode recorded, FastTokenizerDefinition definition)
    {
        ActionMetadata metadata = definition.Metadata;
        if (metadata.EncodedDimensions is { } encoded && encoded.Max() >= recorded.Dimensions)
        {
            throw new InvalidDataException(
                $"episode '{recorded.Name}' has {recorded.Dimensions} dimensions, the tokenizer encodes dimension {encoded.Max()}: "
                + "give recordings like those it was trained on");
        }

        Episode episode = ChunkWindows.Select(recorded, metadata.EncodedDimensions);
        ActionSpace? space = definition.ActionSpace;
        if ((space?.Dimensions.Count ?? definition.Normalizer?.Dimensions ?? metadata.Dimensions) is { } dimensions
            && dimensions != episode.Dimensions)
        {
            throw new InvalidDataException(
                $"episode '{episode.Name}' has {episode.Dimensions} dimensions, the tokenizer {dimensions}: "
                + "give recordings of the same robot");
        }

        if (space is { NeedsState: true } && episode.StateDimensions < space.StateLength)
        {
            throw new InvalidDataException($"episode '{episode.Name}' has " + (episode.StateDimensions == 0
                ? $"no states, and dimension {space.FirstRelative} is relative to the robot's state: give --states"
                : $"{episode.StateDimensions} state values, the tokenizer refers to value {space.StateLength - 1}"));
        }

        return episode;
    }
}
