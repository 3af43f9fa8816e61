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
    /// NumPy files have none.
    /// </summary>
    public string? ActionKey { get; init; }

    /// <summary>What holds the robot's state beside the actions, such as <c>observation.state</c>; null takes the format's usual name, where it is there.</summary>
    public string? StateKey { get; init; }

    /// <summary>Told of each episode that is left out because it cannot be read; null makes the first such episode an exception.</summary>
    /// <remarks>Called once per episode and source, from the thread that reads.</remarks>
    public Action<SkippedEpisode>? SkipBad { get; init; }

    /// <summary>The most threads that read at a time; -1 for one per core. What is read does not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = -1;
}
