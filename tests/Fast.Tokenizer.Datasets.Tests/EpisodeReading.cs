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

    /// <summary>The message of a refusal must start like this.</summary>
    public static async Task RefusesWith(this IEpisodeSource source, string start) =>
        Assert.StartsWith(start, await source.Refusal(), StringComparison.Ordinal);

    public static string Refusal(Func<object> open) => Assert.Throws<InvalidDataException>(open).Message;
}
