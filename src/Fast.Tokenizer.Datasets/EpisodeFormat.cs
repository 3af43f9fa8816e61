using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets;

/// <summary>A recording format: how it is recognised, and what reads it.</summary>
/// <param name="Key">What it is called in options, such as <c>npz</c>.</param>
/// <param name="Name">For messages, such as <c>NumPy archive (.npz)</c>.</param>
/// <param name="Extensions">
/// How its files in a folder end, such as <c>.npz</c> or <c>.tfrecord-*</c>; none where a folder is the recording.
/// </param>
/// <param name="Recognizes">Whether a path is of this format, given its first bytes, none for a folder.</param>
/// <param name="Open">Opens a path that was recognised, or that is said to be of this format.</param>
internal sealed record EpisodeFormat(
    string Key,
    string Name,
    IReadOnlyList<string> Extensions,
    Func<string, byte[], bool> Recognizes,
    Func<string, EpisodeDatasetOptions, IEpisodeSource> Open);
