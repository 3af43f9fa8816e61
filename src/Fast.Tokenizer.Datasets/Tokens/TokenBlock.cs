namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>Some chunks of an episode, encoded, in their order.</summary>
/// <param name="Episode">Name of the episode.</param>
/// <param name="EpisodeIndex">Its index in the recording.</param>
/// <param name="Starts">First step of each chunk.</param>
/// <param name="Lengths">Ids of each chunk.</param>
/// <param name="Ids">The ids of all chunks, one after the other.</param>
/// <param name="Clipped">Values that could not be expressed.</param>
internal sealed record TokenBlock(string Episode, int EpisodeIndex, int[] Starts, int[] Lengths, int[] Ids, long Clipped);
