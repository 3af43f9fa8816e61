using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Training.Tests;

/// <summary>A source that may give other episodes at each reading, makes them one at a time, and ignores cancellation.</summary>
internal sealed class ScriptedEpisodes(Func<int, IEnumerable<Episode>> reading) : IEpisodeSource
{
    public int Readings { get; private set; }

    public string Name => "the script";

    public IReadOnlyList<string>? DimensionNames { get; init; }

    public IReadOnlyList<string>? DimensionUnits { get; init; }

    public double? Rate { get; init; }

    public async IAsyncEnumerable<Episode> ReadEpisodesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (Episode episode in reading(Readings++))
        {
            await Task.Yield();
            yield return episode;
        }
    }

    /// <summary>A smooth episode that depends on the seed alone.</summary>
    public static Episode Smooth(string name, int steps, int dimensions, int seed) =>
        new(name, SampleTokenizers.Motion(new(seed), new(steps, dimensions)), dimensions);

    /// <summary>Smooth episodes <c>e0</c>, <c>e1</c> ... of these lengths.</summary>
    public static Episode[] Smooth(int dimensions, params int[] steps) =>
        [.. steps.Select((count, i) => Smooth($"e{i}", count, dimensions, i))];
}
