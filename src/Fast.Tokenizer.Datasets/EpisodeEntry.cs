using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets;

/// <summary>An episode that was found in a recording and can be read on its own, on any thread.</summary>
/// <param name="Name">What it is called within the recording.</param>
/// <param name="Read">Reads it; an <see cref="InvalidDataException"/> names the file and the row.</param>
internal sealed record EpisodeEntry(string Name, Func<CancellationToken, Task<Episode>> Read);
