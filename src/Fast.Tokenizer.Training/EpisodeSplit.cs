using System.Globalization;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Training;

/// <summary>Which episodes of a source are trained on, which are kept back, and which are too short; found by reading them once.</summary>
internal sealed class EpisodeSplit
{
    private readonly IEpisodeSource _source;
    private readonly List<(EpisodeRole Role, int Steps)> _episodes = [];
    private int _recordedDimensions;

    private EpisodeSplit(IEpisodeSource source) => _source = source;

    /// <summary>Dimensions of the tokenizer's actions.</summary>
    public int Dimensions { get; private set; }

    public int TrainingCount => Count(EpisodeRole.Training);

    public int HeldOutCount => Count(EpisodeRole.HeldOut);

    public int SkippedCount => Count(EpisodeRole.Skipped);

    /// <summary>Windows of the episodes that are trained on.</summary>
    public long Windows(int horizon, int stride) => _episodes
        .Where(episode => episode.Role == EpisodeRole.Training)
        .Sum(episode => (long)ChunkWindows.Count(episode.Steps, horizon, stride));

    /// <summary>The indices of the episodes with a role, in order.</summary>
    public IEnumerable<int> Indices(EpisodeRole role) => Enumerable.Range(0, _episodes.Count).Where(i => _episodes[i].Role == role);

    /// <summary>What the episode with this index is used for.</summary>
    /// <exception cref="InvalidDataException">The episode is not the one that was read before.</exception>
    public EpisodeRole RoleOf(int index, Episode episode) =>
        index < _episodes.Count && _episodes[index].Steps == episode.Steps && episode.Dimensions == _recordedDimensions
            ? _episodes[index].Role
            : throw new InvalidDataException($"{_source.Name} changed while it was read: episode '{episode.Name}' is not as it was before");

    /// <summary>Called at the end of each later reading.</summary>
    /// <param name="count">Episodes that were read.</param>
    /// <exception cref="InvalidDataException">There were more of them before.</exception>
    public void CheckEnd(int count)
    {
        if (count < _episodes.Count)
        {
            throw new InvalidDataException(
                $"{_source.Name} changed while it was read: it had {_episodes.Count} episodes and now has {count}");
        }
    }

    /// <summary>Reads all episodes once, checks them and divides them.</summary>
    /// <param name="source">The episodes.</param>
    /// <param name="horizon">Steps in a window.</param>
    /// <param name="options">How they are trained on.</param>
    /// <param name="identity">Told of each episode, where a shard is counted: one may have no episode that is long enough.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<EpisodeSplit> ReadAsync(
        IEpisodeSource source, int horizon, TrainingOptions options, ShardIdentity? identity, CancellationToken cancellationToken)
    {
        var split = new EpisodeSplit(source);
        Episode? first = null;
        int longest = 0;
        await foreach (Episode episode in source.ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            first ??= episode;
            Check(episode, first, options);
            longest = Math.Max(longest, episode.Steps);
            identity?.Add(episode);
            split._episodes.Add((episode.Steps < horizon ? EpisodeRole.Skipped : EpisodeRole.Training, episode.Steps));
        }

        if (first is null) throw new InvalidDataException($"{source.Name} holds no episodes");
        if (split.TrainingCount == 0 && identity is null)
        {
            throw new InvalidDataException(
                $"none of the {split._episodes.Count} episodes of {source.Name} has {horizon} steps, "
                + $"the longest has {longest}: choose a shorter horizon");
        }

        split._recordedDimensions = first.Dimensions;
        split.Dimensions = options.EncodedDimensions?.Count ?? first.Dimensions;
        CheckCount(source, source.DimensionNames, "names", first.Dimensions);
        CheckCount(source, source.DimensionUnits, "units", first.Dimensions);
        split.HoldOut(options);
        return split;
    }

    private static void Check(Episode episode, Episode first, TrainingOptions options)
    {
        if (episode.Dimensions != first.Dimensions)
        {
            throw new InvalidDataException(
                $"episode '{episode.Name}' has {episode.Dimensions} dimensions, "
                + $"episode '{first.Name}' has {first.Dimensions}: train on episodes of one robot");
        }

        foreach (int dimension in options.EncodedDimensions ?? [])
        {
            if ((uint)dimension >= (uint)first.Dimensions)
            {
                throw new ArgumentException(
                    $"there is no dimension {dimension}: the episodes have dimensions 0 to {first.Dimensions - 1}", nameof(options));
            }
        }

        if (!episode.Masked.IsEmpty && episode.Masked.Length != episode.Dimensions)
        {
            throw new InvalidDataException(
                $"episode '{episode.Name}' has a mask of {episode.Masked.Length} flags for {episode.Dimensions} dimensions: give one "
                + "flag each");
        }

        if (options.ActionSpace is { } space) Check(episode, space);

        ReadOnlySpan<double> actions = episode.Actions.Span;
        for (int i = 0; i < actions.Length; i++)
        {
            if (!(Math.Abs(actions[i]) <= ActionStatistics.MaxMagnitude))
            {
                if (IsPadding(episode, i % episode.Dimensions, options.ActionSpace)) continue;
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"episode '{episode.Name}', step {i / episode.Dimensions}, dimension {i % episode.Dimensions} is {actions[i]}: "
                    + $"remove or repair the episode"));
            }
        }
    }

    private static void Check(Episode episode, ActionSpace space)
    {
        if (episode.Dimensions != space.Dimensions.Count)
        {
            throw new ArgumentException(
                $"the action space is of {space.Dimensions.Count} dimensions, episode '{episode.Name}' has {episode.Dimensions}: give an "
                + "entry for each");
        }

        if (!space.NeedsState) return;
        if (episode.States.IsEmpty && episode.Steps > 0)
        {
            throw new InvalidDataException(
                $"episode '{episode.Name}' has no states, and dimension {space.FirstRelative} is relative to the robot's state: name the "
                + "column that holds it, give the states as a recording of their own, or leave the dimension absolute");
        }

        if (episode.States.Length != (long)episode.Steps * episode.StateDimensions)
        {
            throw new InvalidDataException(
                $"episode '{episode.Name}' has {episode.States.Length} state values, {episode.Steps} steps of {episode.StateDimensions} "
                + $"are {(long)episode.Steps * episode.StateDimensions}");
        }

        if (episode.Steps > 0 && episode.StateDimensions < space.StateLength)
        {
            throw new InvalidDataException(
                $"episode '{episode.Name}' has {episode.StateDimensions} state values per step, and the action space refers to value "
                + $"{space.StateLength - 1}: say which value each relative dimension refers to");
        }
    }

    private static bool IsPadding(Episode episode, int dimension, ActionSpace? space) =>
        (!episode.Masked.IsEmpty && episode.Masked.Span[dimension]) || space is { } known && !known.Dimensions[dimension].Encoded;

    private static void CheckCount(IEpisodeSource source, IReadOnlyList<string>? list, string what, int dimensions)
    {
        if (list is not null && list.Count != dimensions)
        {
            throw new InvalidDataException(
                $"{source.Name} gives {list.Count} {what}, but its episodes have {dimensions} dimensions: correct the description");
        }
    }

    private void HoldOut(TrainingOptions options)
    {
        if (options.HoldoutFraction == 0) return;

        int[] usable = [.. Enumerable.Range(0, _episodes.Count).Where(i => _episodes[i].Role == EpisodeRole.Training)];
        int count = (int)Math.Ceiling((usable.Length * options.HoldoutFraction) - 1e-9);
        if (count >= usable.Length)
        {
            throw new InvalidDataException(
                $"{usable.Length} episode(s) long enough cannot be divided with a holdout of {options.HoldoutFraction}: "
                + $"use a holdout of 0, or more episodes");
        }

        // System.Random with a seed gives the same sequence on every platform and version.
        if (options.Seed is { } seed) new Random(seed).Shuffle(usable);
        foreach (int index in usable.AsSpan()[^count..]) _episodes[index] = (EpisodeRole.HeldOut, _episodes[index].Steps);
    }

    private int Count(EpisodeRole role) => _episodes.Count(episode => episode.Role == role);
}
