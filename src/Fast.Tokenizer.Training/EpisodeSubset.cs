using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Training;

/// <summary>Some of the episodes of a source, in their order.</summary>
internal sealed class EpisodeSubset(IEpisodeSource source, Func<int, bool> holds) : IEpisodeSource
{
    public string Name => source.Name;

    public IReadOnlyList<string>? DimensionNames => source.DimensionNames;

    public IReadOnlyList<string>? DimensionUnits => source.DimensionUnits;

    public IReadOnlyList<string>? StateNames => source.StateNames;

    public double? Rate => source.Rate;

    public async IAsyncEnumerable<Episode> ReadEpisodesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int index = 0;
        await foreach (Episode episode in source.ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (holds(index++)) yield return episode;
        }
    }
}
