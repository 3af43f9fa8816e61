using Fast.Tokenizer.Actions;

namespace Fast.Tokenizer.Training;

/// <summary>The windows of a fixed horizon, T, that an episode [steps,D] is cut into.</summary>
public static class ChunkWindows
{
    /// <summary>Number of windows: starts 0, stride, 2 stride ... as long as the whole horizon fits.</summary>
    /// <param name="steps">Steps in the episode.</param>
    /// <param name="horizon">Steps in a window, at least 1.</param>
    /// <param name="stride">Steps between two starts, at least 1.</param>
    /// <returns>0 where the episode is shorter than a window.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The horizon or the stride is below 1.</exception>
    public static int Count(int steps, int horizon, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        return steps < horizon ? 0 : ((steps - horizon) / stride) + 1;
    }

    /// <summary>The values of one window, row-major [T,D].</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="start">First step of the window.</param>
    /// <param name="horizon">Steps in the window.</param>
    /// <returns>The memory of the episode, not a copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The window is not within the episode.</exception>
    public static ReadOnlySpan<double> Slice(Episode episode, int start, int horizon)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return episode.Actions.Span.Slice(start * episode.Dimensions, horizon * episode.Dimensions);
    }

    /// <summary>What an <see cref="ActionSpace"/> needs to know of a window: the state at its first step, and the episode's mask.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="start">First step of the window.</param>
    /// <returns>Over the memory of the episode.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The episode has states and no such step.</exception>
    public static ActionContext Context(Episode episode, int start)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ReadOnlySpan<double> states = episode.States.Span;
        return new ActionContext(states.IsEmpty ? states : states.Slice(start * episode.StateDimensions, episode.StateDimensions))
        {
            Masked = episode.Masked.Span,
        };
    }

    /// <summary>An episode with some of its action dimensions, in the order given.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="dimensions">Indices of the dimensions to keep; null keeps the episode as it is.</param>
    /// <returns>An episode of its own memory, or the same one.</returns>
    /// <exception cref="ArgumentException">The episode has no such dimension.</exception>
    public static Episode Select(Episode episode, IReadOnlyList<int>? dimensions)
    {
        ArgumentNullException.ThrowIfNull(episode);
        if (dimensions is null) return episode;

        foreach (int dimension in dimensions)
        {
            if ((uint)dimension >= (uint)episode.Dimensions)
            {
                throw new ArgumentException(
                    $"episode '{episode.Name}' has {episode.Dimensions} dimensions, there is no dimension {dimension}", nameof(dimensions));
            }
        }

        ReadOnlySpan<double> source = episode.Actions.Span;
        var kept = new double[episode.Steps * dimensions.Count];
        for (int step = 0; step < episode.Steps; step++)
        {
            for (int i = 0; i < dimensions.Count; i++) kept[(step * dimensions.Count) + i] = source[(step * episode.Dimensions) + dimensions[i]];
        }

        return new Episode(episode.Name, kept, dimensions.Count)
        {
            States = episode.States,
            StateDimensions = episode.StateDimensions,
            Masked = episode.Masked.IsEmpty ? default : dimensions.Select(dimension => episode.Masked.Span[dimension]).ToArray(),
        };
    }
}
