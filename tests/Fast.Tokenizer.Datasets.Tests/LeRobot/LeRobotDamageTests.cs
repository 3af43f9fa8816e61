using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests.LeRobot;

/// <summary>What is wrong with a data set is named, with file and row, and is left out where that is asked for.</summary>
public sealed class LeRobotDamageTests : IDisposable
{
    private const int Dimensions = 2;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private LeRobotFolder Folder => new(_folder.FullPath);

    private string InfoFile => Path.Combine(_folder.FullPath, "meta", "info.json");

    private string LinesFile => Path.Combine(_folder.FullPath, "meta", "episodes.jsonl");

    private string DataFile(int episode) => Folder.DataFile(0, episode, isVersion3: false);

    private static ParquetTable Table(int episode, int steps = 4, int firstIndex = 0, params int[] more) => LeRobotFolder.Table(
        Values(steps + more.Sum()), Values(steps + more.Sum()), Dimensions, episode, firstIndex, [steps, .. more]);

    private static float[] Values(int steps) => [.. Enumerable.Range(0, steps * Dimensions).Select(i => (float)i)];

    // Three episodes of four steps, of which the second is as given.
    private async Task<IEpisodeSource> Version2(ParquetTable? second, EpisodeDatasetOptions? options = null)
    {
        Folder.WriteInfo("v2.1", 3, Dimensions);
        Folder.WriteLines(4, 4, 4);
        for (int i = 0; i < 3; i++)
        {
            if (i != 1) await Table(i).WriteAsync(DataFile(i));
            else if (second is not null) await second.WriteAsync(DataFile(i));
        }

        return EpisodeDataset.Open(_folder.FullPath, options);
    }

    // The message, and that the other episodes are read where bad ones may be left out.
    private async Task Refuses(string message, params string[] left)
    {
        Assert.Equal(message, await EpisodeDataset.Open(_folder.FullPath).Refusal());
        Assert.DoesNotContain('\n', message);
        var skipped = new List<SkippedEpisode>();
        List<Episode> episodes = await EpisodeDataset.Open(_folder.FullPath, new EpisodeDatasetOptions { SkipBad = skipped.Add }).ReadAll();
        Assert.Equal(message, Assert.Single(skipped).Reason);
        Assert.Equal(left, episodes.Select(episode => episode.Name));
    }

    private Task SecondIsRefused(string problem) => Refuses($"file '{DataFile(1)}'{problem}", "episode_000000", "episode_000002");

    [Fact]
    public async Task A_missing_file()
    {
        await Version2(null);
        await SecondIsRefused(": is missing; the data set lists episode 1");
    }

    [Fact]
    public async Task A_missing_column()
    {
        await Version2(Table(1).Without("action"));
        await SecondIsRefused(
            ": there is no 'action'; it has 'observation.state', 'timestamp', 'frame_index', 'episode_index', 'index', 'task_index'; "
            + "give the action key");
    }

    [Fact]
    public async Task A_column_of_another_type()
    {
        await Version2(Table(1).Without("action").Add("action", new long[8], Dimensions));
        await SecondIsRefused(": column 'action' holds INT64; expected float32 or float64");
    }

    [Fact]
    public async Task Step_numbers_of_another_type()
    {
        await Version2(Table(1).Without("frame_index").Add("frame_index", new float[4]));
        await SecondIsRefused(": column 'frame_index' holds FLOAT; expected whole numbers");
    }

    [Theory]
    [InlineData("3 3 3 3 0 3 3", "0 1 0 1 0 0 1", "row 2 is null or empty")]
    [InlineData("3 3 3 3 1 3 3", "0 1 0 1 0 0 1", "row 2 is null or empty")]
    [InlineData("3 3 3 3 3 2 3 3", "0 1 0 1 0 1 0 1", "row 2 is null at dimension 1")]
    [InlineData("3 3 3 3 3 3 3", "0 1 0 0 1 0 1", "row 1 has 1 values; expected 2")]
    [InlineData("3 3 3 3 3 3 3 3 3", "0 1 0 1 1 0 1 0 1", "row 1 has more than 2 values")]
    [InlineData("3 3 3 3 3 3 3", "0 1 0 1 0 1 0", "row 3 has 1 values; expected 2")]
    public async Task Rows_that_are_null_or_of_another_length(string definitions, string repetitions, string problem)
    {
        int[] levels = Levels(definitions);
        var values = new float[levels.Count(level => level == 3)];
        await Version2(Table(1).Without("action").AddRaw("action", values, levels, Levels(repetitions)));
        await SecondIsRefused($", column 'action': {problem}");
    }

    [Fact]
    public async Task A_number_that_is_null()
    {
        Folder.WriteInfo("v2.1", 1, 1);
        Folder.WriteLines(3);
        await Table(0, 3).Without("action").AddRaw("action", new float[2], [1, 0, 1], null).WriteAsync(DataFile(0));
        await Refuses($"file '{DataFile(0)}', column 'action': row 1 is null or empty");
    }

    [Theory]
    [InlineData("action", float.NaN, "NaN")]
    [InlineData("observation.state", float.NegativeInfinity, "-infinity")]
    public async Task A_value_that_is_not_finite(string column, float value, string name)
    {
        float[] values = Values(4);
        values[5] = value;
        await Version2(Table(1).Without(column).Add(column, values, Dimensions));
        await SecondIsRefused($", column '{column}': row 2 is {name} at dimension 1");
    }

    [Fact]
    public async Task Rows_of_another_episode()
    {
        await Version2(Table(1).Without("episode_index").Add("episode_index", new long[] { 1, 1, 7, 1 }));
        await SecondIsRefused(", row 2: is of episode 7; expected episode 1");
    }

    [Theory]
    [InlineData(new long[] { 0, 2, 1, 3 }, "row 1: is frame 2 after frame 0")]
    [InlineData(new long[] { 0, 1, 3, 4 }, "row 2: is frame 3 after frame 1")]
    public async Task Steps_out_of_order_or_missing(long[] frames, string problem)
    {
        await Version2(Table(1).Without("frame_index").Add("frame_index", frames));
        await SecondIsRefused($", {problem}; the steps are out of order, or some are missing");
    }

    [Fact]
    public async Task An_episode_of_another_length_than_listed()
    {
        await Version2(Table(1, 3));
        await SecondIsRefused(": has 3 rows; meta/episodes.jsonl gives episode 1 a length of 4");
    }

    [Theory]
    [InlineData("""{"episode_index": 1, "length": 4""", "is not valid JSON: ")]
    [InlineData("[1]", "is no JSON object")]
    [InlineData("""{"length": 4}""", "'episode_index' is missing")]
    [InlineData("""{"episode_index": -1, "length": 4}""", "'episode_index' must be a whole number, at least 0")]
    [InlineData("""{"episode_index": 1, "length": "4"}""", "'length' must be a whole number, at least 0")]
    [InlineData("""{"episode_index": 1, "length": 99999999999999999999}""", "'length' must be a whole number, at least 0")]
    [InlineData("""{"episode_index": 1, "episode_index": 1, "length": 4}""", "is not valid JSON: ")]
    [InlineData("""{"episode_index": 0, "length": 4}""", "episode 0 comes after episode 0; expected increasing numbers")]
    public async Task A_line_that_is_no_episode(string line, string problem)
    {
        await Version2(Table(1));
        string[] lines = File.ReadAllLines(LinesFile);
        lines[1] = line;
        File.WriteAllLines(LinesFile, lines);
        string message = await EpisodeDataset.Open(_folder.FullPath).Refusal();
        Assert.StartsWith($"file '{LinesFile}', line 2: {problem}", message, StringComparison.Ordinal);
        await Refuses(message, "episode_000000", "episode_000002");
    }

    [Fact]
    public async Task Fewer_episodes_than_announced()
    {
        await Version2(Table(1));
        Folder.WriteLines(4, 4);
        await Refuses($"file '{InfoFile}': 'total_episodes' is 3, but meta/episodes.jsonl lists 2", "episode_000000", "episode_000001");
    }

    [Fact]
    public async Task No_list_of_episodes()
    {
        IEpisodeSource source = await Version2(Table(1));
        File.Delete(LinesFile);
        Assert.Equal($"file '{LinesFile}': is missing; it lists the episodes", await source.Refusal());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(11)]
    [InlineData(100)]
    [InlineData(-1)]
    [InlineData(-9)]
    [InlineData(-200)]
    public async Task A_truncated_file(int bytes)
    {
        await Version2(Table(1));
        byte[] whole = File.ReadAllBytes(DataFile(1));
        File.WriteAllBytes(DataFile(1), bytes < 0 ? whole[..^-bytes] : whole[..bytes]);
        string message = await EpisodeDataset.Open(_folder.FullPath).Refusal();
        Assert.StartsWith($"file '{DataFile(1)}': is no whole Parquet file: ", message, StringComparison.Ordinal);
        await Refuses(message, "episode_000000", "episode_000002");
    }

    [Fact]
    public async Task A_damaged_page()
    {
        await Version2(Table(1));
        byte[] bytes = File.ReadAllBytes(DataFile(1));
        // The body of the first page, which is of the first column.
        bytes.AsSpan(60, 16).Fill(0xEE);
        File.WriteAllBytes(DataFile(1), bytes);
        string message = await EpisodeDataset.Open(_folder.FullPath).Refusal();
        Assert.StartsWith($"file '{DataFile(1)}', column 'action': a page is damaged: ", message, StringComparison.Ordinal);
        await Refuses(message, "episode_000000", "episode_000002");
    }

    [Theory]
    [InlineData("../{episode_index}.parquet")]
    [InlineData("data/../../{episode_index}.parquet")]
    [InlineData("/tmp/{episode_index}.parquet")]
    [InlineData("C:/{episode_index}.parquet")]
    [InlineData(@"data\..\..\{episode_index}.parquet")]
    [InlineData("data//{episode_index}.parquet")]
    [InlineData("data/./{episode_index}.parquet")]
    [InlineData("data/\0{episode_index}.parquet")]
    public void A_template_that_leads_out_of_the_folder(string template)
    {
        Folder.WriteInfo("v2.1", 1, Dimensions, dataPath: template);
        Assert.Equal(
            $"file '{InfoFile}': 'data_path' must lead to a file below the data set's folder: '{template.Replace('\0', '?')}'",
            EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)));
    }

    [Theory]
    [InlineData("data/{episode}.parquet", "has the field 'episode'; the fields are episode_chunk, episode_index, chunk_index, file_index")]
    [InlineData("data/{episode_index", "has a '{' without '}'")]
    [InlineData("data/episode_index}", "has a '}' without '{'")]
    [InlineData("data/{episode_index:999999999d}", "has 'episode_index:999999999d'; expected a number of digits such as :03d")]
    [InlineData("data/{episode_index:-3d}", "has 'episode_index:-3d'; expected a number of digits such as :03d")]
    [InlineData("data/{episode_index:03d:x}", "has 'episode_index:03d:x'; expected a number of digits such as :03d")]
    [InlineData("", "has 0 characters; expected 1 to 1024")]
    public void A_template_that_is_none(string template, string problem)
    {
        Folder.WriteInfo("v2.1", 1, Dimensions, dataPath: template);
        Assert.Equal(
            $"file '{InfoFile}': 'data_path' {problem}: '{template}'",
            EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)));
    }

    [Theory]
    [InlineData("", "is not valid JSON: ")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("""{"codebase_version": "v2.1", "codebase_version": "v2.1"}""", "is not valid JSON: ")]
    [InlineData("""{"features": {}}""", "'codebase_version' is missing; expected v2.0, v2.1 or v3.0")]
    [InlineData("""{"codebase_version": 2.1}""", "'codebase_version' must be a string")]
    [InlineData("""{"codebase_version": "v1.6"}""", "'codebase_version' is 'v1.6'; v2.0, v2.1 and v3.0 are read; convert ")]
    [InlineData("""{"codebase_version": "v2.1"}""", "'features' must be an object of columns")]
    [InlineData("""{"codebase_version": "v2.1", "features": {"action": 3}}""", "feature 'action' must be an object")]
    [InlineData("""{"codebase_version": "v2.1", "features": {}, "fps": 0}""", "'fps' must be a positive number of steps per second")]
    [InlineData("""{"codebase_version": "v2.1", "features": {}, "fps": "30"}""", "'fps' must be a positive number of steps per second")]
    [InlineData("""{"codebase_version": "v2.1", "features": {}, "chunks_size": 0}""", "'chunks_size' must be a whole number, at least 1")]
    [InlineData("""{"codebase_version": "v2.1", "features": {}, "total_episodes": -3}""", "'total_episodes' must be a whole number, at ")]
    [InlineData("""{"codebase_version": "v2.1", "features": {}}""", "there is no 'action'; it has none; give the action key")]
    [InlineData("""{"codebase_version": "v2.1", "features": {"act\nions": {"dtype": "float32", "shape": [2]}}}""",
        "there is no 'action' (did you mean 'act ions'?); it has 'act ions'; give the action key")]
    [InlineData("{\"codebase_version\": nul\n,\n1}", "is not valid JSON: 'nul ")]
    public void A_description_that_is_none(string json, string problem)
    {
        _folder.Write("meta/info.json", json);
        string message = EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath));
        Assert.StartsWith($"file '{InfoFile}': {problem}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"dtype": "float32", "shape": [-1]}""", "feature 'action': 'shape' must be of 1 to 4096 dimensions")]
    [InlineData("""{"dtype": "float32", "shape": [2000000000]}""", "feature 'action': 'shape' must be of 1 to 4096 dimensions")]
    [InlineData("""{"dtype": "float32", "shape": ["2"]}""", "feature 'action': 'shape' must be of 1 to 4096 dimensions")]
    [InlineData("""{"dtype": "float32", "shape": "2"}""", "feature 'action': 'shape' must be an array")]
    [InlineData("""{"dtype": 32, "shape": [2]}""", "'dtype' must be a string")]
    [InlineData("""{"dtype": "float32", "shape": [2], "names": ["\ud800", "x"]}""", "holds a string that is not valid text")]
    public void A_feature_that_is_none(string json, string problem)
    {
        _folder.Write("meta/info.json", $$$"""{"codebase_version": "v2.1", "features": {"action": {{{json}}} } }""");
        Assert.Equal($"file '{InfoFile}': {problem}", EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)));
    }

    [Fact]
    public void A_folder_that_is_none_is_refused_by_the_forced_format()
    {
        var options = new EpisodeDatasetOptions { Format = "lerobot" };
        string message = EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath, options));
        Assert.Equal($"'{_folder.FullPath}': is no LeRobot data set; expected a folder with meta/info.json", message);
    }

    // Version 3.0: episodes of 4, 5 and 6 steps in a file.
    private async Task Version3(params (long Episode, long Length, long Chunk, long File, long From, long To)[] rows)
    {
        Folder.WriteInfo("v3.0", rows.Length, Dimensions);
        await LeRobotFolder.Episodes(rows).WriteAsync(Folder.EpisodesFile);
        await Table(0, 4, 0, 5, 6).WriteAsync(Folder.DataFile(0, 0, isVersion3: true));
    }

    [Theory]
    [InlineData(2, 7, 0, 0, 9, 16, "rows 9 to 15, but the file has 15 rows")]
    [InlineData(2, 4000000000000L, 0, 0, 9, 4000000000009L, "rows 9 to 4000000000008, but the file has 15 rows")]
    public async Task An_episode_past_the_end_of_its_file(
        long episode, long length, long chunk, long file, long from, long to, string problem)
    {
        await Version3((0, 4, 0, 0, 0, 4), (1, 5, 0, 0, 4, 9), (episode, length, chunk, file, from, to));
        await Refuses($"file '{Folder.DataFile(0, 0, true)}': episode 2 is {problem}", "episode_000000", "episode_000001");
    }

    [Theory]
    [InlineData(1, 5, 0, 0, 5, 10, "is of episode 2; expected episode 1", 9)]
    [InlineData(1, 5, 0, 0, 3, 8, "is of episode 0; expected episode 1", 3)]
    public async Task Rows_that_belong_to_a_neighbour(
        long episode, long length, long chunk, long file, long from, long to, string problem, int row)
    {
        await Version3((0, 4, 0, 0, 0, 4), (episode, length, chunk, file, from, to), (2, 6, 0, 0, 9, 15));
        await Refuses($"file '{Folder.DataFile(0, 0, true)}', row {row}: {problem}", "episode_000000", "episode_000002");
    }

    [Theory]
    [InlineData(0, 5, 0, 0, 4, 9, "episode 0 comes after episode 0; expected increasing numbers")]
    [InlineData(1, 6, 0, 0, 4, 9, "episode 1 has a length of 6, but goes from step 4 to 9")]
    [InlineData(1, 5, -1, 0, 4, 9, "holds a negative number")]
    public async Task A_row_that_is_no_episode(long episode, long length, long chunk, long file, long from, long to, string problem)
    {
        await Version3((0, 4, 0, 0, 0, 4), (episode, length, chunk, file, from, to), (2, 6, 0, 0, 9, 15));
        await Refuses($"file '{Folder.EpisodesFile}', row 1: {problem}", "episode_000000", "episode_000002");
    }

    [Fact]
    public async Task A_missing_file_of_many_episodes()
    {
        await Version3((0, 4, 0, 0, 0, 4), (1, 5, 0, 3, 4, 9));
        await Refuses($"file '{Folder.DataFile(0, 3, true)}': is missing; the data set lists episode 1", "episode_000000");
    }

    [Fact]
    public async Task A_damaged_row_group_takes_its_episodes_with_it()
    {
        await Version3((0, 4, 0, 0, 0, 4), (1, 5, 0, 0, 4, 9), (2, 6, 0, 0, 9, 15));
        float[] values = Values(15);
        values[12] = float.NaN;
        string path = Folder.DataFile(0, 0, isVersion3: true);
        await Table(0, 4, 0, 5, 6).Without("action").Add("action", values, Dimensions).WriteAsync(path, groups: [4, 5, 6]);
        await Refuses($"file '{path}', column 'action': row 6 is NaN at dimension 0", "episode_000000", "episode_000002");
    }

    [Fact]
    public async Task A_list_of_episodes_that_cannot_be_read()
    {
        await Version3((0, 4, 0, 0, 0, 4));
        await LeRobotFolder.Episodes((0, 4, 0, 0, 0, 4)).Without("data/file_index").WriteAsync(Folder.EpisodesFile);
        Assert.StartsWith(
            $"file '{Folder.EpisodesFile}': there is no 'data/file_index' (did you mean 'data/chunk_index'?); it has 'episode_index', ",
            await EpisodeDataset.Open(_folder.FullPath).Refusal(), StringComparison.Ordinal);
        File.WriteAllText(Folder.EpisodesFile, "no Parquet at all");
        Assert.Equal(
            $"file '{Folder.EpisodesFile}': is no whole Parquet file: it ends in 20616C6C, not in PAR1",
            await EpisodeDataset.Open(_folder.FullPath).Refusal());
        File.Delete(Folder.EpisodesFile);
        Assert.EndsWith("holds no chunk-*/file-*.parquet; they list the episodes", await EpisodeDataset.Open(_folder.FullPath).Refusal());
    }

    private static int[] Levels(string levels) => [.. levels.Split(' ').Select(int.Parse)];
}
