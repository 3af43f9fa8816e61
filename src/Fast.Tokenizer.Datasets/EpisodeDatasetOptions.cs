namespace Fast.Tokenizer.Datasets;

/// <summary>Choices for opening recordings; the default asks the content for everything.</summary>
public sealed record EpisodeDatasetOptions
{
    /// <summary>The defaults.</summary>
    public static EpisodeDatasetOptions Default { get; } = new();

    /// <summary>The format that every path is read as, one of <see cref="EpisodeDataset.Formats"/>; null tells it by the content.</summary>
    public string? Format { get; init; }

    /// <summary>
    /// What holds the actions: a column, a feature, a data set within its file, such as <c>action</c>; null takes the format's usual name.
    /// Of a text table it is what the names of the columns begin with, or the names themselves, with commas between. NumPy files have none.
    /// Of LeRobot and RLDS several are taken, separated by commas, and put beside one another.
    /// </summary>
    public string? ActionKey { get; init; }

    /// <summary>
    /// What holds the robot's state beside the actions, such as <c>observation.state</c>; null takes the format's usual name, where it is
    /// there. Of a NumPy file it is another one with the same keys and steps, such as <c>../states/*.npz</c>: a relative path starts at the
    /// folder of the first, and <c>*</c> is its name.
    /// </summary>
    public string? StateKey { get; init; }

    /// <summary>
    /// The column that says which episode a row belongs to, of formats that keep the rows of all episodes in one table; null takes the
    /// usual name, such as <c>episode_index</c>. Empty says that each text table is one episode.
    /// </summary>
    public string? EpisodeKey { get; init; }

    /// <summary>Told of each episode that is left out because it cannot be read; null makes the first such episode an exception.</summary>
    /// <remarks>Called once per episode and source, from the thread that reads.</remarks>
    public Action<SkippedEpisode>? SkipBad { get; init; }

    /// <summary>The most threads that read at a time; at least 1, or -1 for one per core. What is read does not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = -1;
}
