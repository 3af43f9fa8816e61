using System.Runtime.CompilerServices;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets;

/// <summary>A recording whose episodes are found one after the other and read ahead on all cores, in recorded order.</summary>
/// <remarks>
/// Holds no more than a few episodes at a time. An episode that cannot be read is refused, or left out where the options say so.
/// </remarks>
/// <param name="name">The path.</param>
/// <param name="options">The choices; the sink for bad episodes is used here, the rest by the format.</param>
internal abstract class RecordedEpisodes(string name, EpisodeDatasetOptions options) : IEpisodeSource
{
    private readonly HashSet<string> _skipped = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public abstract IReadOnlyList<string>? DimensionNames { get; }

    public abstract double? Rate { get; }

    public virtual IReadOnlyList<string>? StateNames => null;

    /// <summary>The choices that the recording was opened with.</summary>
    protected EpisodeDatasetOptions Options { get; } = options;

    /// <summary>
    /// Finds the episodes, in recorded order. What is wrong with the recording as a whole is thrown here and never left out.
    /// </summary>
    protected abstract IAsyncEnumerable<EpisodeEntry> FindAsync(CancellationToken cancellationToken);

    public async IAsyncEnumerable<Episode> ReadEpisodesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var checks = new EpisodeChecks($"'{Name}'", DimensionNames);
        // One more than there are threads, so that none waits while an episode is handed over; but a single one does one thing at a time.
        int threads = Options.MaxDegreeOfParallelism > 0 ? Options.MaxDegreeOfParallelism : Environment.ProcessorCount;
        int most = threads == 1 ? 1 : threads + 1;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<(EpisodeEntry Entry, Task<Episode> Read)>();
        IAsyncEnumerator<EpisodeEntry> entries = FindAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        try
        {
            bool more = true;
            while (true)
            {
                while (more && ahead.Count < most)
                {
                    if (!(more = await entries.MoveNextAsync().ConfigureAwait(false))) break;
                    EpisodeEntry entry = entries.Current;
                    ahead.Enqueue((entry, Task.Run(() => entry.Read(stop.Token), stop.Token)));
                }

                if (!ahead.TryPeek(out (EpisodeEntry Entry, Task<Episode> Read) next)) yield break;
                Episode? episode = await AcceptAsync(checks, next.Entry, next.Read).ConfigureAwait(false);
                ahead.Dequeue();
                if (episode is not null) yield return episode;
            }
        }
        finally
        {
            // Whoever stops early leaves no file open behind.
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(ahead.Select(read => read.Read.ContinueWith(
                task => task.Exception,
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default))).ConfigureAwait(false);
            await entries.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<Episode?> AcceptAsync(EpisodeChecks checks, EpisodeEntry entry, Task<Episode> read)
    {
        try
        {
            return checks.Accept(await read.ConfigureAwait(false));
        }
        catch (InvalidDataException problem) when (Options.SkipBad is not null)
        {
            if (_skipped.Add(entry.Name)) Options.SkipBad(new SkippedEpisode(Name, entry.Name, problem.Message));
            return null;
        }
    }
}
