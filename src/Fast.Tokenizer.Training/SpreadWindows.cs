namespace Fast.Tokenizer.Training;

/// <summary>At most so many windows of the episodes of a source, spread evenly over them.</summary>
internal static class SpreadWindows
{
    /// <summary>Reads the windows. Only they are held, so that a recording may be larger than the memory.</summary>
    /// <param name="source">The episodes.</param>
    /// <param name="shape">Shape of a window.</param>
    /// <param name="options">Gives the dimensions and the stride.</param>
    /// <param name="most">The most windows, at least 1.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The windows, in order.</returns>
    public static async Task<IReadOnlyList<SpreadWindow>> ReadAsync(
        IEpisodeSource source, ActionShape shape, TrainingOptions options, int most, CancellationToken cancellationToken)
    {
        long all = 0;
        await foreach (Episode episode in source.ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
            all += ChunkWindows.Count(episode.Steps, shape.Horizon, options.Stride);

        long kept = Math.Min(all, most), start = 0;
        var windows = new List<SpreadWindow>();
        await foreach (Episode recorded in source.ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = ChunkWindows.Count(recorded.Steps, shape.Horizon, options.Stride);
            Episode episode = ChunkWindows.Select(recorded, options.EncodedDimensions);
            while (windows.Count < kept && windows.Count * all / kept < start + count)
            {
                int step = (int)((windows.Count * all / kept) - start) * options.Stride;
                windows.Add(new SpreadWindow(
                    episode.Name,
                    step,
                    ChunkWindows.Slice(episode, step, shape.Horizon).ToArray(),
                    episode.States.IsEmpty ? [] : episode.States.Slice(step * episode.StateDimensions, episode.StateDimensions).ToArray(),
                    episode.Masked.ToArray()));
            }

            start += count;
        }

        return windows;
    }
}
