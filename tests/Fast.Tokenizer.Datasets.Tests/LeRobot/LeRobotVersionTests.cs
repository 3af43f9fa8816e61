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

    private static ParquetTable Table(int firstRow, int firstEpisode, params int[] lengths)
    {
        int rows = lengths.Sum();
        float[] actions = Values(firstRow, rows, 0.1f), states = Values(firstRow, rows, -0.3f);
        return LeRobotFolder.Table(actions, states, Dimensions, firstEpisode, firstRow, lengths);
    }

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

    [Theory]
    [InlineData("3 4 5 6 7", "")] // one group per file
    [InlineData("3 4 5 6 7", "3 4 5")] // one per episode
    [InlineData("3 4 5 6 7", "2 7 1 2")] // episodes across groups, groups across episodes
    [InlineData("3 4 5 6 7", "0 1 1 1 0 9 0")]
    public async Task Version_3_0_however_its_files_are_grouped(string lengths, string groups)
    {
        int[] steps = [.. lengths.Split(' ').Select(int.Parse)];
        await WriteVersion3(steps, groups.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray());
        IEpisodeSource source = EpisodeDataset.Open(_folder.FullPath);
        for (int pass = 0; pass < 2; pass++)
        {
            List<Episode> episodes = await source.ReadAll();
            Assert.Equal(steps.Select((_, i) => $"episode_{i:D6}"), episodes.Select(episode => episode.Name));
            int row = 0;
            foreach ((Episode episode, int count) in episodes.Zip(steps))
            {
                Expect(episode, row, count);
                row += count;
            }
        }
    }

    [Fact]
    public async Task Version_3_0_of_which_the_first_episodes_of_a_file_are_not_listed()
    {
        Folder.WriteInfo("v3.0", 1, Dimensions);
        await LeRobotFolder.Episodes((8, 4, 0, 0, 103, 107)).WriteAsync(Folder.EpisodesFile);
        ParquetTable table = LeRobotFolder.Table(Values(0, 12, 0.1f), Values(0, 12, -0.3f), Dimensions, 7, 100, 3, 4, 5);
        await table.WriteAsync(Folder.DataFile(0, 0, true));
        Expect(Assert.Single(await EpisodeDataset.Open(_folder.FullPath).ReadAll()), 3, 4);
    }

    [Fact]
    public async Task Version_3_0_with_lists_of_episodes_in_many_files()
    {
        Folder.WriteInfo("v3.0", 3, Dimensions);
        string parent = Path.Combine(_folder.FullPath, "meta", "episodes");
        await LeRobotFolder.Episodes((0, 3, 0, 0, 0, 3)).WriteAsync(Path.Combine(parent, "chunk-000", "file-999.parquet"));
        await LeRobotFolder.Episodes((1, 4, 0, 0, 3, 7)).WriteAsync(Path.Combine(parent, "chunk-000", "file-1000.parquet"));
        await LeRobotFolder.Episodes((2, 5, 0, 0, 7, 12)).WriteAsync(Path.Combine(parent, "chunk-001", "file-000.parquet"));
        await Table(0, 0, 3, 4, 5).WriteAsync(Folder.DataFile(0, 0, true));
        Assert.Equal([3, 4, 5], (await EpisodeDataset.Open(_folder.FullPath).ReadAll()).Select(episode => episode.Steps));
    }

    [Fact]
    public async Task Files_larger_than_a_batch_of_pages_are_read_whole()
    {
        const int Rows = 300_000;
        Folder.WriteInfo("v3.0", 2, Dimensions);
        await LeRobotFolder.Episodes((0, 100, 0, 0, 0, 100), (1, Rows - 100, 0, 0, 100, Rows)).WriteAsync(Folder.EpisodesFile);
        await Table(0, 0, 100, Rows - 100).WriteAsync(Folder.DataFile(0, 0, true));
        List<Episode> episodes = await EpisodeDataset.Open(_folder.FullPath).ReadAll();
        Expect(episodes[0], 0, 100);
        Expect(episodes[1], 100, Rows - 100);
    }

    [Fact]
    public async Task Plain_numbers_are_actions_of_one_dimension()
    {
        Folder.WriteInfo("v2.1", 1, 1);
        Folder.WriteLines(5);
        double[] values = [1, 2.5, -3, 1e300, 0];
        await Table(0, 0, 5).Without("action").Without("observation.state").Add("action", values).WriteAsync(Folder.DataFile(0, 0, false));
        Episode episode = Assert.Single(await Open(new EpisodeDatasetOptions { StateKey = "timestamp" }).ReadAll());
        Assert.Equal((1, 1), (episode.Dimensions, episode.StateDimensions));
        Assert.Equal(values, episode.Actions.ToArray());
        Assert.Equal([0, 1, 2, 3, 4], episode.States.ToArray().Select(time => (int)Math.Round(time * LeRobotFolder.Rate)));
    }

    [Fact]
    public async Task Several_columns_stand_beside_one_another_in_the_order_given()
    {
        await WriteVersion3([3, 4], []);
        Episode episode = (await Open(new EpisodeDatasetOptions { ActionKey = "observation.state,timestamp,action" }).ReadAll())[1];
        Assert.Equal(7, episode.Dimensions);
        double[] second = episode.Actions.ToArray()[7..14];
        Assert.Equal(
            [.. Values(4, 1, -0.3f), 1f / LeRobotFolder.Rate, .. Values(4, 1, 0.1f)],
            second.Select(value => (float)value));
    }

    [Theory]
    [InlineData("""["x", "y", "z"]""", "x y z")]
    [InlineData("""[["x", "y", "z"]]""", "x y z")]
    [InlineData("""{"motors": ["x", "y", "z"]}""", "x y z")]
    [InlineData("""{"left": ["x"], "right": ["y", "z"]}""", "x y z")]
    [InlineData("""["actions"]""", null)] // one name for all of them names none
    [InlineData("""{"x": 0, "y": 1, "z": 2}""", null)]
    [InlineData("null", null)]
    [InlineData("7", null)]
    public void Names_stand_in_one_of_three_ways(string json, string? names)
    {
        Folder.WriteInfo("v2.1", 0, Dimensions, json);
        IEpisodeSource source = EpisodeDataset.Open(_folder.FullPath);
        Assert.Equal(names?.Split(' '), source.DimensionNames);
        Assert.Equal(names?.Split(' '), source.StateNames);
    }

    [Fact]
    public async Task A_wrong_key_lists_the_columns_of_numbers()
    {
        await WriteVersion3([3], []);
        string start = $"file '{Path.Combine(_folder.FullPath, "meta", "info.json")}': there is no ";
        Assert.Equal(
            start + "'acton' (did you mean 'action'?); it has 'action', 'observation.state', 'timestamp'; give the action key",
            EpisodeReading.Refusal(() => Open(new EpisodeDatasetOptions { ActionKey = "acton" })));
        Assert.Equal(
            start + "'observation.stat' (did you mean 'observation.state'?); "
                + "it has 'action', 'observation.state', 'timestamp'; give the state key",
            EpisodeReading.Refusal(() => Open(new EpisodeDatasetOptions { StateKey = "observation.stat" })));
        Assert.EndsWith(
            "feature 'observation.images.top' is of type video; expected float32 or float64",
            EpisodeReading.Refusal(() => Open(new EpisodeDatasetOptions { ActionKey = "observation.images.top" })));
    }

    [Fact]
    public async Task A_data_set_without_states_has_none()
    {
        Folder.WriteInfo("v2.1", 1, Dimensions);
        string info = File.ReadAllText(_folder.File("meta/info.json"));
        _folder.Write("meta/info.json", info.Replace("observation.state", "something.else", StringComparison.Ordinal));
        Folder.WriteLines(5);
        await Table(0, 0, 5).Without("observation.state").WriteAsync(Folder.DataFile(0, 0, false));
        IEpisodeSource source = EpisodeDataset.Open(_folder.FullPath);
        Assert.Null(source.StateNames);
        Assert.Equal(0, Assert.Single(await source.ReadAll()).StateDimensions);
    }

    [Fact]
    public async Task A_folder_of_data_sets_is_read_as_one()
    {
        foreach (string name in (string[])["b", "a"])
        {
            var folder = new LeRobotFolder(_folder.File(name));
            folder.WriteInfo("v2.1", 1, Dimensions);
            folder.WriteLines(5);
            await Table(0, 0, 5).WriteAsync(folder.DataFile(0, 0, false));
        }

        Assert.Equal(
            ["a:episode_000000", "b:episode_000000"],
            (await EpisodeDataset.Open(_folder.FullPath).ReadAll()).Select(episode => episode.Name));
    }

    private IEpisodeSource Open(EpisodeDatasetOptions options) => EpisodeDataset.Open(_folder.FullPath, options);

    // Two files: the first three episodes, and the others.
    private async Task WriteVersion3(int[] lengths, int[] groups)
    {
        Folder.WriteInfo("v3.0", lengths.Length, Dimensions);
        var rows = new List<(long, long, long, long, long, long)>();
        long from = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            rows.Add((i, lengths[i], i < 3 ? 0 : 1, i < 3 ? 0 : 7, from, from + lengths[i]));
            from += lengths[i];
        }

        await LeRobotFolder.Episodes([.. rows]).WriteAsync(Folder.EpisodesFile);
        await Table(0, 0, lengths[..Math.Min(3, lengths.Length)]).WriteAsync(Folder.DataFile(0, 0, true), groups: groups);
        if (lengths.Length > 3) await Table(lengths[..3].Sum(), 3, lengths[3..]).WriteAsync(Folder.DataFile(1, 7, true));
    }
}
