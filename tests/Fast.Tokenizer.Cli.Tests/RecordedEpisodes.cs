using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Chunks of a recording, cut by the plainest loop.</summary>
internal static class RecordedEpisodes
{
    public static async Task<List<Episode>> ReadAsync(string path) =>
        await EpisodeDataset.Open(path).ReadEpisodesAsync().ToListAsync(TestContext.Current.CancellationToken);

    public static IEnumerable<double[]> Chunks(Episode episode, int horizon, int stride)
    {
        for (int step = 0; step + horizon <= episode.Steps; step += stride)
            yield return episode.Actions.Slice(step * episode.Dimensions, horizon * episode.Dimensions).ToArray();
    }
}
