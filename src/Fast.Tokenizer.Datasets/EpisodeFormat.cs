using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets;

/// <summary>A recording format: how it is recognised, and what reads it.</summary>
/// <param name="Name">For messages, such as <c>NumPy archive (.npz)</c>.</param>
/// <param name="Extension">How its files in a folder end, such as <c>.npz</c>; null where the folder itself is the recording.</param>
/// <param name="Recognizes">Whether a path is of this format, given its first bytes, none for a folder.</param>
/// <param name="Open">Opens a path that was recognised.</param>
internal sealed record EpisodeFormat(
    string Name, string? Extension, Func<string, byte[], bool> Recognizes, Func<string, IEpisodeSource> Open);
