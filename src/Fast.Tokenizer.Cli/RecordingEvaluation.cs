using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli;

/// <summary>Round-trips every chunk of a recording, episodes in parallel.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="source">The recording.</param>
/// <param name="horizon">Time steps in a chunk.</param>
/// <param name="stride">Steps between the starts of two chunks.</param>
/// <param name="encoding">How to encode.</param>
internal sealed class RecordingEvaluation(
    FastActionTokenizer tokenizer, IEpisodeSource source, int horizon, int stride, EncodeOptions encoding)
{
    private FidelityEvaluator? _all;

    /// <summary>Episodes shorter than the horizon, left out.</summary>
    public int SkippedEpisodes { get; private set; }

    /// <summary>Evaluates.</summary>
    /// <param name="progress">Told of each episode.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <returns>The report; the same on any number of threads, as episodes are merged in their recorded order.</returns>
    /// <exception cref="InvalidDataException">No episode is long enough, or one does not fit the tokenizer.</exception>
    public async Task<FidelityReport> RunAsync(ProgressView progress, CancellationToken cancellationToken)
    {
        var running = new Queue<Task<FidelityEvaluator>>();
        int read = 0, longest = 0;
        await foreach (Episode recorded in source.ReadEpisodesAsync(cancellationToken))
        {
            progress.Report("episodes", ++read, 0);
            longest = Math.Max(longest, recorded.Steps);
            Episode episode = Select(recorded);
            if (episode.Steps < horizon)
            {
                SkippedEpisodes++;
                continue;
            }

            if (running.Count == Environment.ProcessorCount) Merge(await running.Dequeue());
            running.Enqueue(Task.Run(() => Evaluate(episode, cancellationToken), cancellationToken));
        }

        while (running.TryDequeue(out Task<FidelityEvaluator>? next)) Merge(await next);
        if (_all is null)
        {
            throw new InvalidDataException(read == 0
                ? $"{source.Name} holds no episodes"
                : $"none of the {read} episodes of {source.Name} has {horizon} steps, the longest has {longest}: give a shorter --horizon");
        }

        return _all.ToReport();
    }

    private Episode Select(Episode recorded)
    {
        ActionMetadata metadata = tokenizer.Definition.Metadata;
        if (metadata.EncodedDimensions is { } encoded && encoded.Max() >= recorded.Dimensions)
        {
            throw new InvalidDataException(
                $"episode '{recorded.Name}' has {recorded.Dimensions} dimensions, the tokenizer encodes dimension {encoded.Max()}: "
                + "evaluate on recordings like those it was trained on");
        }

        Episode episode = ChunkWindows.Select(recorded, metadata.EncodedDimensions);
        ActionSpace? space = tokenizer.Definition.ActionSpace;
        int? own = space?.Dimensions.Count ?? tokenizer.Definition.Normalizer?.Dimensions ?? metadata.Dimensions;
        if (own is { } dimensions && dimensions != episode.Dimensions)
        {
            throw new InvalidDataException(
                $"episode '{episode.Name}' has {episode.Dimensions} dimensions, the tokenizer {dimensions}: "
                + "evaluate on recordings of the same robot");
        }

        if (space is { NeedsState: true } && episode.StateDimensions < space.StateLength)
        {
            throw new InvalidDataException($"episode '{episode.Name}' has " + (episode.StateDimensions == 0
                ? $"no states, and dimension {space.FirstRelative} is relative to the robot's state: give --states"
                : $"{episode.StateDimensions} state values, the tokenizer refers to value {space.StateLength - 1}"));
        }

        return episode;
    }

    private FidelityEvaluator Evaluate(Episode episode, CancellationToken cancellationToken)
    {
        var evaluator = new FidelityEvaluator(
            tokenizer,
            new ActionShape(horizon, episode.Dimensions),
            tokenizer.Definition.Normalizer,
            tokenizer.Definition.Metadata,
            encoding);
        int count = ChunkWindows.Count(episode.Steps, horizon, stride);
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                int step = i * stride;
                evaluator.Add(ChunkWindows.Slice(episode, step, horizon), episode.Name, step, ChunkWindows.Context(episode, step));
            }
            catch (Exception refusal) when (refusal is ArgumentException or InvalidOperationException or ErrorBoundException)
            {
                throw new InvalidDataException(ErrorReport.MessageOf(refusal), refusal);
            }
        }

        return evaluator;
    }

    private void Merge(FidelityEvaluator next)
    {
        if (_all is null) _all = next;
        else _all.Merge(next);
    }
}
