using Fast.Tokenizer.Datasets.Tokens;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli;

/// <summary>Round-trips every chunk of a recording, episodes in parallel.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="source">The recording.</param>
/// <param name="horizon">Time steps in a chunk.</param>
/// <param name="stride">Steps between the starts of two chunks.</param>
/// <param name="encoding">How to encode.</param>
/// <param name="threads">The most threads that encode at a time.</param>
internal sealed class RecordingEvaluation(
    FastActionTokenizer tokenizer, IEpisodeSource source, int horizon, int stride, EncodeOptions encoding, int threads)
{
    private FidelityEvaluator? _all;

    /// <summary>The tokenizer.</summary>
    public FastActionTokenizer Tokenizer => tokenizer;

    /// <summary>The recording.</summary>
    public IEpisodeSource Source => source;

    /// <summary>Time steps in a chunk.</summary>
    public int Horizon => horizon;

    /// <summary>Steps between the starts of two chunks.</summary>
    public int Stride => stride;

    /// <summary>How chunks are encoded.</summary>
    public EncodeOptions Encoding => encoding;

    /// <summary>Episodes read, those that were left out included.</summary>
    public int Episodes { get; private set; }

    /// <summary>Episodes shorter than the horizon, left out.</summary>
    public int SkippedEpisodes { get; private set; }

    /// <summary>Evaluates.</summary>
    /// <param name="progress">Told of each episode.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <returns>What was counted; the same on any number of threads, as episodes are merged in their recorded order.</returns>
    /// <exception cref="InvalidDataException">No episode is long enough, or one does not fit the tokenizer.</exception>
    public async Task<FidelityEvaluator> RunAsync(ProgressView progress, CancellationToken cancellationToken)
    {
        var running = new Queue<Task<FidelityEvaluator>>();
        int longest = 0;
        await foreach (Episode recorded in source.ReadEpisodesAsync(cancellationToken))
        {
            progress.Report("episodes", ++Episodes, 0);
            longest = Math.Max(longest, recorded.Steps);
            Episode episode = FittingEpisode.Of(recorded, tokenizer.Definition);
            if (episode.Steps < horizon)
            {
                SkippedEpisodes++;
                continue;
            }

            running.Enqueue(Task.Run(() => Evaluate(episode, cancellationToken), cancellationToken));
            if (running.Count >= threads) Merge(await running.Dequeue());
        }

        while (running.TryDequeue(out Task<FidelityEvaluator>? next)) Merge(await next);
        if (_all is null)
        {
            throw new InvalidDataException(Episodes == 0
                ? $"{source.Name} holds no episodes"
                : $"none of the {Episodes} episodes of {source.Name} has {horizon} steps, the longest has {longest}: "
                    + "give a shorter --horizon");
        }

        return _all;
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
