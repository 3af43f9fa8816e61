using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests;

internal static class EpisodeReading
{
    public static async Task<List<Episode>> ReadAll(this IEpisodeSource source)
    {
        var episodes = new List<Episode>();
        await foreach (Episode episode in source.ReadEpisodesAsync(TestContext.Current.CancellationToken)) episodes.Add(episode);
        return episodes;
    }

    public static async Task<string> Refusal(this IEpisodeSource source) =>
        (await Assert.ThrowsAsync<InvalidDataException>(source.ReadAll)).Message;

    public static string Refusal(Func<object> open) => Assert.Throws<InvalidDataException>(open).Message;
}
