using System.Globalization;
using System.Text;
using Fast.Tokenizer.Datasets.Csv;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests.Csv;

[Collection(typeof(MeasuresMemory))]
public sealed class CsvEpisodeSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(string text, string name = "x.csv") => _folder.Write(name, text);

    private static string Refusal(string path, EpisodeDatasetOptions? options = null) =>
        EpisodeReading.Refusal(() => EpisodeDataset.Open(path, options));

    [Fact]
    public async Task Rows_are_steps_and_the_episode_column_parts_them()
    {
        string path = Write(
            """
            episode_index,frame_index,action.x,action.y,observation.state.x,reward
            0,0,1,2,10,0
            0,1,3,4.5e-3,11,0
            1,0,-5,+6,12,1
            """);
        IEpisodeSource source = EpisodeDataset.Open(path);
        Assert.IsType<CsvEpisodeSource>(source);
        Assert.Equal(["x", "y"], source.DimensionNames);
        Assert.Equal(["x"], source.StateNames);
        Assert.Null(source.Rate);
        List<Episode> episodes = await source.ReadAll();
        Assert.Equal(["0", "1"], episodes.Select(episode => episode.Name));
        Assert.Equal([1, 2, 3, 0.0045], episodes[0].Actions.ToArray());
        Assert.Equal([10, 11], episodes[0].States.ToArray());
        Assert.Equal([-5, 6], episodes[1].Actions.ToArray());
        Assert.Equal((2, 1), (episodes[1].Dimensions, episodes[1].StateDimensions));
    }

    // A table of real recordings, written with as many digits as float64 needs, gives the same bits.
    [Theory]
    [InlineData("bridge")]
    [InlineData("robosuite_panda")]
    public async Task A_table_of_real_recordings_is_read_exactly(string name)
    {
        List<Episode> expected = await new NumPyEpisodeSource(TestData.Locate("actions", $"{name}.npz")).ReadAll();
        var text = new StringBuilder("episode,step");
        for (int i = 0; i < expected[0].Dimensions; i++) text.Append(CultureInfo.InvariantCulture, $",action_{i}");
        foreach (Episode episode in expected)
        {
            for (int step = 0; step < episode.Steps; step++)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{episode.Name},{step}");
                foreach (double value in episode.Actions.Span.Slice(step * episode.Dimensions, episode.Dimensions))
                    text.Append(CultureInfo.InvariantCulture, $",{value:R}");
            }
        }

        IEpisodeSource source = EpisodeDataset.Open(Write(text.ToString()));
        Assert.Null(source.DimensionNames); // numbers are no names
        List<Episode> read = await source.ReadAll();
        Assert.Equal(expected.Select(episode => episode.Name), read.Select(episode => episode.Name));
        foreach ((Episode one, Episode other) in expected.Zip(read)) Assert.Equal(one.Actions.ToArray(), other.Actions.ToArray());
    }

    [Theory]
    [InlineData("episode,action_a,action_b\n7,1,2\n", ".csv")]
    [InlineData("episode;action_a;action_b\n7;1;2\n", ".csv")]
    [InlineData("episode\taction_a\taction_b\r\n7\t1\t2\r\n", ".tsv")]
    [InlineData("episode,action_a,action_b\n7,1,2", ".txt")]
    [InlineData("\uFEFFepisode,action_a,action_b\n7,1,2", ".CSV")]
    [InlineData("\"episode\",\"action_a\",\"action_b\"\n\"7\",\"1\",\"2\"", ".csv")]
    [InlineData(" episode , action_a , action_b \n 7 , 1 , 2 ", ".csv")]
    [InlineData("episode,note,action_a,action_b\n7,\"hot; wet; \"\"odd\"\"\n and long\",1,2", ".csv")]
    [InlineData("\n\nepisode,action_a,action_b\n\n7,1,2\n\n", ".csv")]
    public async Task Separators_quotes_and_line_ends_are_told(string text, string extension)
    {
        IEpisodeSource source = EpisodeDataset.Open(Write(text, $"x{extension}"));
        Assert.Equal(["a", "b"], source.DimensionNames);
        Episode episode = Assert.Single(await source.ReadAll());
        Assert.Equal("7", episode.Name);
        Assert.Equal([1, 2], episode.Actions.ToArray());
    }

    [Theory]
    [InlineData("action_0 action_1", null, "action_0 action_1", null)]
    [InlineData("action[0] action[1]", null, "action[0] action[1]", null)]
    [InlineData("action.arm_x action.grip", null, "action.arm_x action.grip", "arm_x grip")]
    [InlineData("action state_0", null, "action", "action")]
    [InlineData("x y frame_index timestamp index state", null, "x y", "x y")]
    [InlineData("x y text", null, "x y", "x y")]
    [InlineData("cmd/a cmd/b x", "cmd", "cmd/a cmd/b", "a b")]
    [InlineData("b x a", "a, b", "a b", "a b")]
    public async Task The_action_s_columns_are_chosen(string columns, string? key, string expected, string? names)
    {
        string[] header = ["episode", .. columns.Split(' ')];
        string row = string.Join(',', header.Select((name, i) => name == "text" ? "word" : $"{i}"));
        var options = new EpisodeDatasetOptions { ActionKey = key };
        IEpisodeSource source = EpisodeDataset.Open(Write($"{string.Join(',', header)}\n{row}\n"), options);
        Assert.Equal(names?.Split(' '), source.DimensionNames);
        Assert.Equal(
            expected.Split(' ').Select(name => (double)Array.IndexOf(header, name)),
            Assert.Single(await source.ReadAll()).Actions.ToArray());
    }

    [Fact]
    public async Task Keys_name_the_columns()
    {
        string path = Write("run,cmd_x,qpos_x,qpos_y\nmorning,1,2,3\nevening,4,5,6\n");
        var options = new EpisodeDatasetOptions { EpisodeKey = "run", ActionKey = "cmd", StateKey = "qpos_y,qpos_x" };
        IEpisodeSource source = EpisodeDataset.Open(path, options);
        Assert.Equal(["qpos_y", "qpos_x"], source.StateNames);
        List<Episode> episodes = await source.ReadAll();
        Assert.Equal(["morning", "evening"], episodes.Select(episode => episode.Name));
        Assert.Equal([3, 2], episodes[0].States.ToArray());
    }

    [Fact]
    public async Task An_empty_episode_key_says_that_a_file_is_an_episode()
    {
        foreach (string name in (string[])["b", "a"]) Write("x,y\n1,2\n3,4\n", $"{name}.csv");
        List<Episode> episodes = await EpisodeDataset.Open(_folder.FullPath, new EpisodeDatasetOptions { EpisodeKey = "" }).ReadAll();
        Assert.Equal(["a.csv:a", "b.csv:b"], episodes.Select(episode => episode.Name));
        Assert.All(episodes, episode => Assert.Equal((2, 2), (episode.Steps, episode.Dimensions)));
    }

    [Fact]
    public void The_rate_stands_beside_the_file()
    {
        _folder.Write("x.json", """{"hz": 12.5}""");
        Assert.Equal(12.5, EpisodeDataset.Open(Write("episode,action_x\n0,1\n")).Rate);
    }

    [Fact]
    public async Task Numbers_do_not_depend_on_the_culture()
    {
        string path = Write("episode;action_x\n0;1.5\n");
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            comma.NumberFormat.NumberGroupSeparator = ".";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(1.5, Assert.Single(await EpisodeDataset.Open(path).ReadAll()).Actions.Span[0]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("0,1,2\n0,,4\n", "row 3, column 'action_x': is empty")]
    [InlineData("0,1,2\n0, ,4\n", "row 3, column 'action_x': is empty")]
    [InlineData("0,1,2\n0,null,4\n", "row 3, column 'action_x': 'null' is not a finite number")]
    [InlineData("0,NaN,2\n", "row 2, column 'action_x': 'NaN' is not a finite number")]
    [InlineData("0,1e999,2\n", "row 2, column 'action_x': '1e999' is not a finite number")]
    [InlineData("0,1,\"2,5\"\n", "row 2, column 'action_y': '2,5' is not a finite number; write a decimal point")]
    [InlineData("0,1,\"two\nlines\"\n", "row 2, column 'action_y': 'two lines' is not a finite number")]
    [InlineData("0,1,2\n0,3\n", "row 3: has 2 cells, but the header has 3")]
    [InlineData("0,1,2\n0,3,4,5\n", "row 3: has 4 cells, but the header has 3")]
    [InlineData("0,1,2\n1,3,4\n0,5,6\n", "row 4: episode '0' begins again; its rows must stand together")]
    [InlineData("0,1,2\n,3,4\n", "row 3, column 'episode': is empty")]
    [InlineData("\"a\nb\",1,2\n", "row 2: 'a b' is not the name of an episode")]
    public async Task What_is_wrong_is_named_with_row_and_column(string rows, string problem)
    {
        string path = Write($"episode,action_x,action_y\n{rows}");
        Assert.Equal($"file '{path}', {problem}", await EpisodeDataset.Open(path).Refusal());
    }

    [Theory]
    [InlineData("step", "0 1 1", "row 4, column 'step': 1 comes after 1; the rows are out of order")]
    [InlineData("frame_index", "0 2 1", "row 4, column 'frame_index': 1 comes after 2; the rows are out of order")]
    [InlineData("timestamp", "0.1 0.1 0.05", "row 4, column 'timestamp': 0.05 comes after 0.1; the rows are out of order")]
    [InlineData("timestamp", "0.1 0.1 0.2", null)]
    [InlineData("step", "0 10 20", null)]
    [InlineData("time", "09:01 09:00 08:59", null)]
    public async Task Steps_go_up_within_an_episode(string column, string values, string? problem)
    {
        string path = Write($"episode,{column},action_x\n{string.Concat(values.Split(' ').Select(value => $"0,{value},1\n"))}1,0,1\n");
        if (problem is null) Assert.Equal(2, (await EpisodeDataset.Open(path).ReadAll()).Count);
        else Assert.Equal($"file '{path}', {problem}", await EpisodeDataset.Open(path).Refusal());
    }

    [Fact]
    public async Task Bad_episodes_are_left_out_where_that_is_asked_for()
    {
        string path = Write("action_x,episode\n1,a\n2,b\nx,b\n3,b\n4,c\n5\n6,c\n7,d\n8,a\n9,e\n");
        var skipped = new List<SkippedEpisode>();
        List<Episode> episodes = await EpisodeDataset.Open(path, new EpisodeDatasetOptions { SkipBad = skipped.Add }).ReadAll();
        Assert.Equal(["a", "d", "e"], episodes.Select(episode => episode.Name));
        Assert.Equal([1, 7, 9], episodes.Select(episode => episode.Actions.Span[0]));
        Assert.Equal(
            [
                new SkippedEpisode(path, "b", $"file '{path}', row 4, column 'action_x': 'x' is not a finite number"),
                new SkippedEpisode(path, "c", $"file '{path}', row 7: has 1 cells, but the header has 2"),
                new SkippedEpisode(path, "a (row 10)", $"file '{path}', row 10: episode 'a' begins again; its rows must stand together"),
            ],
            skipped);
    }

    [Fact]
    public void Missing_columns_list_what_there_is()
    {
        string path = Write("episode,actoin_x,label\n0,word,word\n");
        Assert.Equal(
            $"file '{path}': there is no 'action'; it has 'episode', 'actoin_x', 'label'; give the action key", Refusal(path));
        Assert.Equal(
            $"file '{path}': there is no 'labels' (did you mean 'label'?); it has 'episode', 'actoin_x', 'label'; give the state key",
            Refusal(path, new EpisodeDatasetOptions { ActionKey = "actoin", StateKey = "labels" }));
        Assert.Equal(
            $"file '{path}': there is no 'b'; it has 'episode', 'actoin_x', 'label'; give the action key",
            Refusal(path, new EpisodeDatasetOptions { ActionKey = "actoin_x,b" }));
        string other = Write("x,y\n1,2\n");
        Assert.Equal(
            $"file '{other}': there is no 'episode_index'; it has 'x', 'y'; give the episode key, empty where a file is one episode",
            Refusal(other));
    }

    [Fact]
    public void Two_columns_of_one_name_are_refused_where_they_are_read()
    {
        string path = Write("episode,action_x,action_x,note,note\n0,1,2,a,b\n");
        Assert.Equal($"file '{path}': two columns are named 'action_x'; it is not clear which to read", Refusal(path));
        Assert.NotNull(EpisodeDataset.Open(Write("episode,action_x,note,note\n0,1,a,b\n")));
    }

    [Fact]
    public void What_is_no_table_is_named()
    {
        var forced = new EpisodeDatasetOptions { Format = "csv" };
        string empty = Write("");
        Assert.Equal($"file '{empty}': is empty", Refusal(empty));
        string rows = Write("episode,action_x\n", "rows.csv");
        Assert.Equal($"file '{rows}': has a header, but no rows", Refusal(rows));
        foreach (string text in (string[])["one column\n1\n", "{\"a\": 1, \"b\": 2}", "\0,\u0001,\u0002", "[1, 2]", "\uFFFD,\uFFFD"])
        {
            string path = Write(text, "x.txt");
            Assert.StartsWith($"file '{path}': is of no known recording format", Refusal(path), StringComparison.Ordinal);
            Assert.Equal(
                $"file '{path}': the first line is not a header of columns that commas, semicolons or tabs part", Refusal(path, forced));
        }
    }

    [Fact]
    public async Task A_quote_that_never_ends_is_named_before_the_file_is_in_memory()
    {
        string path = _folder.File("x.csv");
        using (StreamWriter writer = new(path))
        {
            writer.Write("episode,action_x\n0,1\n0,\"2\n");
            string line = new('3', 1 << 16);
            for (int i = 0; i < 600; i++) writer.WriteLine(line);
        }

        string message = await EpisodeDataset.Open(path).Refusal();
        Assert.StartsWith($"file '{path}', row 3: cannot be read; is a quote missing?", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_episode_is_held_at_a_time()
    {
        string path = _folder.File("x.csv");
        using (StreamWriter writer = new(path))
        {
            writer.WriteLine("episode,action_x,action_y");
            for (int episode = 0; episode < 2000; episode++)
                for (int step = 0; step < 500; step++) writer.WriteLine(FormattableString.Invariant($"{episode},{step},0.125"));
        }

        long most = 0;
        int count = 0;
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await foreach (Episode episode in EpisodeDataset.Open(path).ReadEpisodesAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal(1000, episode.Actions.Length);
            if (count++ % 500 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.Equal(2000, count);
        // All values together are 16 MB.
        Assert.InRange(most, 0, 4 << 20);
    }

    [Fact]
    public async Task Cancellation_stops_the_reading()
    {
        string path = Write("episode,action_x\n0,1\n1,1\n");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var cancelled = new CancellationToken(canceled: true);
            await foreach (Episode _ in EpisodeDataset.Open(path).ReadEpisodesAsync(cancelled)) Assert.Fail("read");
        });
    }
}
