namespace Fast.Tokenizer.Training;

/// <summary>Episodes that are in memory already.</summary>
public sealed class EpisodeList : IEpisodeSource
{
    private readonly IReadOnlyList<Episode> _episodes;

    /// <summary>Wraps a list of episodes.</summary>
    /// <param name="episodes">The episodes, in order.</param>
    /// <param name="name">What to call them in messages.</param>
    public EpisodeList(IReadOnlyList<Episode> episodes, string name = "episodes in memory")
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentNullException.ThrowIfNull(name);
        _episodes = episodes;
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? DimensionNames { get; init; }

    /// <inheritdoc/>
    public double? Rate { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? DimensionUnits { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? StateNames { get; init; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Episode> ReadEpisodesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (Episode episode in _episodes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return episode;
        }
    }
}
