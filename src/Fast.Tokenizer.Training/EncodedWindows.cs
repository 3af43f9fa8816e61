using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training;

/// <summary>What a training sees of episodes whose actions go through an action space: the values that are normalised.</summary>
/// <param name="space">The action space; null for actions that are encoded as they are.</param>
/// <param name="shape">Shape of a window of the robot's own actions.</param>
/// <param name="stride">Steps between the starts of two windows.</param>
internal sealed class EncodedWindows(ActionSpace? space, ActionShape shape, int stride)
{
    // A mask needs no action space of its own.
    private readonly ActionSpace _space = space ?? new ActionSpace([.. Enumerable.Repeat(new ActionDimension(), shape.Dimensions)]);

    /// <summary>Shape of what is encoded of a window.</summary>
    public ActionShape Encoded { get; } = new(shape.Horizon, space?.EncodedDimensions.Count ?? shape.Dimensions);

    /// <summary>Gives the normalised values of a window, row-major [T,E].</summary>
    /// <exception cref="InvalidDataException">The window cannot be encoded; the message names episode and step.</exception>
    public void Normalize(Episode episode, int start, ActionNormalizer normalizer, Span<double> scratch, Span<double> normalized)
    {
        ReadOnlySpan<double> window = ChunkWindows.Slice(episode, start, shape.Horizon);
        if (space is null && episode.Masked.IsEmpty)
        {
            normalizer.Normalize(window, normalized);
            return;
        }

        Transform(episode, start, shape.Horizon, normalizer.Center, scratch);
        normalizer.Normalize(scratch, normalized);
        _space.ClearMasked(ChunkWindows.Context(episode, start), normalized);
    }

    /// <summary>
    /// Adds an episode to statistics: of each step where the values are the same whatever window they are in, else of each value of each
    /// window.
    /// </summary>
    /// <param name="episode">The episode.</param>
    /// <param name="statistics">A column per encoded dimension, or per time step and encoded dimension, row-major [T,E].</param>
    /// <param name="perTimestep">Which of the two.</param>
    public void AddTo(IColumnValues statistics, Episode episode, bool perTimestep)
    {
        int dimensions = Encoded.Dimensions;
        bool[] windowed = [.. _space.EncodedDimensions.Select(d => perTimestep || _space.DependsOnWindow(d))];
        bool[] masked = [.. _space.EncodedDimensions.Select(d => !episode.Masked.IsEmpty && episode.Masked.Span[d])];
        if (windowed.Contains(false))
        {
            var steps = new double[episode.Steps * dimensions];
            Transform(episode, 0, episode.Steps, [], steps);
            for (int column = 0; column < dimensions; column++)
                if (!windowed[column] && !masked[column]) statistics.Add(column, Column(steps, column, dimensions));
        }

        if (!windowed.Contains(true)) return;
        int count = ChunkWindows.Count(episode.Steps, shape.Horizon, stride);
        var values = new double[count * Encoded.Count];
        for (int i = 0; i < count; i++) Transform(episode, i * stride, shape.Horizon, [], values.AsSpan(i * Encoded.Count, Encoded.Count));
        int width = perTimestep ? Encoded.Count : dimensions;
        for (int column = 0; column < width; column++)
            if (windowed[column % dimensions] && !masked[column % dimensions]) statistics.Add(column, Column(values, column, width));
    }

    private void Transform(Episode episode, int start, int steps, ReadOnlySpan<double> neutral, Span<double> values)
    {
        try
        {
            _space.Transform(ChunkWindows.Slice(episode, start, steps), ChunkWindows.Context(episode, start), neutral, values);
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"episode '{episode.Name}', window at step {start}: {problem.Message}", problem);
        }
    }

    private static double[] Column(double[] rows, int column, int width)
    {
        var values = new double[rows.Length / width];
        for (int i = 0; i < values.Length; i++) values[i] = rows[(i * width) + column];
        return values;
    }
}
