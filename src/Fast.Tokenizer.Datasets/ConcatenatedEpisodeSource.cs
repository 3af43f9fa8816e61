using System.Runtime.CompilerServices;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets;

/// <summary>Several recordings of one robot, one after the other.</summary>
internal sealed class ConcatenatedEpisodeSource : IEpisodeSource
{
    private readonly IReadOnlyList<IEpisodeSource> _sources;
    private readonly string[] _prefixes;

    /// <exception cref="InvalidDataException">Two recordings differ in rate or in dimension names.</exception>
    public ConcatenatedEpisodeSource(string name, IReadOnlyList<IEpisodeSource> sources)
    {
        Name = name;
        _sources = sources;
        string[] fileNames = [.. sources.Select(source => Path.GetFileName(source.Name))];
        _prefixes = [.. sources.Select((source, i) => fileNames.Count(other => other == fileNames[i]) == 1 ? fileNames[i] : source.Name)];

        // A recording that does not say is taken to be like those that do.
        IEpisodeSource? rated = sources.FirstOrDefault(source => source.Rate is not null);
        IEpisodeSource? named = sources.FirstOrDefault(source => source.DimensionNames is not null);
        Rate = rated?.Rate;
        DimensionNames = named?.DimensionNames;
        DimensionUnits = sources.FirstOrDefault(source => source.DimensionUnits is not null)?.DimensionUnits;
        StateNames = sources.FirstOrDefault(source => source.StateNames is not null)?.StateNames;
        foreach (IEpisodeSource source in sources)
        {
            if (source.Rate is { } rate && rate != Rate)
            {
                throw new InvalidDataException(FormattableString.Invariant(
                    $"'{source.Name}' has {rate} steps per second, '{rated!.Name}' {Rate}; give recordings of one rate"));
            }

            if (source.DimensionNames is { } names && !names.SequenceEqual(DimensionNames!))
            {
                throw new InvalidDataException(
                    $"'{source.Name}' has dimensions {string.Join(", ", names)}; '{named!.Name}' has {string.Join(", ", DimensionNames!)}; "
                    + "give recordings of one robot");
            }
        }
    }

    public string Name { get; }

    public IReadOnlyList<string>? DimensionNames { get; }

    public IReadOnlyList<string>? DimensionUnits { get; }

    public IReadOnlyList<string>? StateNames { get; }

    public double? Rate { get; }

    public async IAsyncEnumerable<Episode> ReadEpisodesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var checks = new EpisodeChecks("recordings", DimensionNames);
        for (int i = 0; i < _sources.Count; i++)
        {
            await foreach (Episode episode in _sources[i].ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
            {
                string name = $"{_prefixes[i]}:{episode.Name}";
                checks.AcceptDimensions(name, episode.Dimensions);
                yield return new Episode(name, episode.Actions, episode.Dimensions)
                {
                    States = episode.States,
                    StateDimensions = episode.StateDimensions,
                    Masked = episode.Masked,
                };
            }
        }
    }
}
