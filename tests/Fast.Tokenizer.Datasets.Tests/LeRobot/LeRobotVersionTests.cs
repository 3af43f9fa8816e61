using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;
using Parquet;

namespace Fast.Tokenizer.Datasets.Tests.LeRobot;

/// <summary>Data sets that are written here, of the versions of which no recording is at hand.</summary>
public sealed class LeRobotVersionTests : IDisposable
{
    private const int Dimensions = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private LeRobotFolder Folder => new(_folder.FullPath);

    // Every value is another one, so that no row can be taken for its neighbour.
    private static float[] Values(int firstRow, int rows, float scale) =>
        [.. Enumerable.Range(firstRow * Dimensions, rows * Dimensions).Select(i => i * scale)];

    private static void Expect(Episode episode, int firstRow, int rows)
    {
        Assert.Equal((Dimensions, Dimensions), (episode.Dimensions, episode.StateDimensions));
        Assert.Equal(Values(firstRow, rows, 0.1f).Select(value => (double)value), episode.Actions.ToArray());
        Assert.Equal(Values(firstRow, rows, -0.3f).Select(value => (double)value), episode.States.ToArray());
    }

    private static ParquetTable Table(int firstRow, int firstEpisode, params int[] lengths) =>
        LeRobotFolder.Table(Values(firstRow, lengths.Sum(), 0.1f), Values(firstRow, lengths.Sum(), -0.3f), Dimensions, firstEpisode, firstRow, lengths);

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Zstd)]
    public async Task Version_2_1_with_pages_compressed_in_any_way(CompressionMethod compression)
    {
        Folder.WriteInfo("v2.1", 3, Dimensions, """["x", "y", "z"]""");
        Folder.WriteLines(500, 1, 70);
        await Table(0, 0, 500).WriteAsync(Folder.DataFile(0, 0, false), compression);
        await Table(500, 1, 1).WriteAsync(Folder.DataFile(0, 1, false), compression);
        await Table(501, 2, 70).WriteAsync(Folder.DataFile(0, 2, false), compression);
        IEpisodeSource source = EpisodeDataset.Open(_folder.FullPath);
        List<Episode> episodes = await source.ReadAll();
        Assert.Equal(["episode_000000", "episode_000001", "episode_000002"], episodes.Select(episode => episode.Name));
        Expect(episodes[0], 0, 500);
        Expect(episodes[1], 500, 1);
        Expect(episodes[2], 501, 70);
        Assert.Equal(LeRobotFolder.Rate, source.Rate);
        Assert.Equal(["x", "y", "z"], source.DimensionNames);
    }
}
