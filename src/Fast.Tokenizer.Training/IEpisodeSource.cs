namespace Fast.Tokenizer.Training;

/// <summary>Recorded episodes that can be read more than once, one at a time.</summary>
public interface IEpisodeSource
{
    /// <summary>Where the episodes come from, for messages: a path, or a description.</summary>
    string Name { get; }

    /// <summary>Names of the action dimensions, or null where the recording has none.</summary>
    IReadOnlyList<string>? DimensionNames { get; }

    /// <summary>Physical units of the action dimensions, or null where the recording has none.</summary>
    IReadOnlyList<string>? DimensionUnits => null;

    /// <summary>Names of the dimensions of the robot's state, or null where the recording has none.</summary>
    IReadOnlyList<string>? StateNames => null;

    /// <summary>Recording rate in steps per second, or null where the recording does not say.</summary>
    double? Rate { get; }

    /// <summary>Reads the episodes in their recorded order; each call starts from the first.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The episodes, one in memory at a time.</returns>
    /// <exception cref="InvalidDataException">An episode cannot be read; the message says which.</exception>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    IAsyncEnumerable<Episode> ReadEpisodesAsync(CancellationToken cancellationToken = default);
}
