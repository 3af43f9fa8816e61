namespace Fast.Tokenizer.Training.Parts;

/// <summary>The episodes that were counted at once.</summary>
/// <param name="Name">What the episodes were called when they were counted: a path, or a description.</param>
/// <param name="Id">
/// SHA-256 over the episodes as they were read (names, values, states and masks), in 64 lower-case hexadecimal digits. The same recording
/// has the same one wherever it lies.
/// </param>
/// <param name="Episodes">Episodes that gave windows.</param>
/// <param name="SkippedEpisodes">Episodes shorter than the horizon, left out.</param>
/// <param name="Windows">Windows of those episodes.</param>
public sealed record CorpusShard(string Name, string Id, long Episodes, long SkippedEpisodes, long Windows);
