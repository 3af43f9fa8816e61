namespace Fast.Tokenizer.Datasets;

/// <summary>An episode that was left out because it cannot be read.</summary>
/// <param name="Recording">The recording: a path.</param>
/// <param name="Episode">What the episode is called within the recording.</param>
/// <param name="Reason">What is wrong, with file and row where they are known.</param>
public sealed record SkippedEpisode(string Recording, string Episode, string Reason);
