using System.IO.Compression;
using System.Text.Json;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests.NumPy;

public sealed class NumPyEpisodeSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Counts and rates from the table in the README of the test data.
    [Theory]
    [InlineData("bridge", 7, 5, 25, 250)]
    [InlineData("robosuite_panda", 7, 20, 5, 3723)]
    [InlineData("robosuite_panda_wipe", 6, 20, 1, 174)]
    [InlineData("franka_delta_eef", 7, 30, 4, 1667)]
    [InlineData("aloha_sim_insertion_human", 14, 50, 50, 25000)]
    [InlineData("g1_inspire", 26, 30, 100, 35965)]
    [InlineData("gr1_pickplace", 44, 20, 5, 2096)]
    [InlineData("adroit_door", 28, 100, 25, 6729)]
    [InlineData("pusht", 2, 10, 206, 25650)]
    public async Task Real_recordings_are_read_completely(string name, int dimensions, double rate, int episodes, int steps)
    {
        var source = new NumPyEpisodeSource(TestData.Locate("actions", name + ".npz"));
        List<Episode> read = await source.ReadAll();

        Assert.Equal(rate, source.Rate);
        Assert.Equal(episodes, read.Count);
        Assert.Equal(steps, read.Sum(episode => episode.Steps));
        Assert.All(read, episode => Assert.Equal(dimensions, episode.Dimensions));
        Assert.Equal(Enumerable.Range(0, episodes).Select(i => $"episode_{i:D3}"), read.Select(episode => episode.Name));

        using var json = JsonDocument.Parse(File.ReadAllBytes(TestData.Locate("actions", name + ".json")));
        JsonElement facts = json.RootElement;
        IEnumerable<int> lengths = facts.GetProperty("episode_lengths").EnumerateArray().Select(length => length.GetInt32());
        Assert.Equal(lengths, read.Select(episode => episode.Steps));
        JsonElement names = facts.GetProperty("dim_names");
        bool unnamed = names.ValueKind == JsonValueKind.Null;
        string[]? expectedNames = unnamed ? null : [.. names.EnumerateArray().Select(dim => dim.GetString()!)];
        Assert.Equal(expectedNames, source.DimensionNames);
        for (int d = 0; d < dimensions; d++)
        {
            double[] column = [.. read.SelectMany(episode => episode.Actions.ToArray().Where((_, i) => i % dimensions == d))];
            Assert.Equal(facts.GetProperty("min")[d].GetDouble(), column.Min());
            Assert.Equal(facts.GetProperty("max")[d].GetDouble(), column.Max());
            Assert.Equal(facts.GetProperty("mean")[d].GetDouble(), column.Average(), 1e-9 * (1 + Math.Abs(column.Average())));
        }
    }

    [Fact]
    public async Task Real_states_are_read_too()
    {
        string path = TestData.Locate("states", "bridge.npz");
        Assert.Equal(25, (await new NumPyEpisodeSource(path).ReadAll()).Count);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public async Task Entries_come_in_their_stored_order(CompressionLevel level)
    {
        string path = _folder.Write("x.npz", ZipBytes.Make(
            level,
            ("z.npy", NpyBytes.Doubles("(1, 2)", 1, 2)),
            ("deep/a.npy", NpyBytes.Doubles("(2, 2)", 3, 4, 5, 6)),
            ("m", NpyBytes.Doubles("(0, 2)"))));
        List<Episode> episodes = await new NumPyEpisodeSource(path).ReadAll();
        Assert.Equal(["z", "deep/a", "m"], episodes.Select(episode => episode.Name));
        Assert.Equal([1, 2, 0], episodes.Select(episode => episode.Steps));
        Assert.Equal([3, 4, 5, 6], episodes[1].Actions.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Zip64_archives_are_read(bool deflate)
    {
        string path = _folder.Write("x.npz", ZipBytes.MakeZip64("e.npy", NpyBytes.Doubles("(2, 2)", 1, 2, 3, 4), deflate));
        Episode episode = Assert.Single(await new NumPyEpisodeSource(path).ReadAll());
        Assert.Equal([1, 2, 3, 4], episode.Actions.ToArray());
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(100L)]
    [InlineData(1L << 30)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    public void A_lying_entry_size_is_survived(long declared)
    {
        foreach (bool deflate in (bool[])[true, false])
        {
            string path = _folder.Write("x.npz", ZipBytes.MakeZip64("e.npy", NpyBytes.Doubles("(2, 2)", 1, 2, 3, 4), deflate, declared));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                // The truth is in the data: to read it all the same is as good as to refuse it.
                Episode episode = Assert.Single(new NumPyEpisodeSource(path).ReadEpisodes(CancellationToken.None));
                Assert.Equal([1, 2, 3, 4], episode.Actions.ToArray());
            }
            catch (InvalidDataException e)
            {
                Assert.Contains("x.npz", e.Message, StringComparison.Ordinal);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }
    }

    [Fact]
    public async Task An_array_that_inflates_beyond_the_first_allocation_is_read_whole()
    {
        double[] values = [.. Enumerable.Range(0, 300_000).Select(i => i * 0.25)];
        string path = _folder.Write("x.npz", ZipBytes.Make(("e.npy", NpyBytes.Doubles("(100000, 3)", values))));
        Assert.Equal(values, Assert.Single(await new NumPyEpisodeSource(path).ReadAll()).Actions.ToArray());
    }

    [Fact]
    public async Task A_small_entry_that_declares_a_huge_array_allocates_little()
    {
        string path = _folder.Write("x.npz", ZipBytes.Make(("e.npy", NpyBytes.Doubles("(262144, 4095)", 1))));
        long before = GC.GetAllocatedBytesForCurrentThread();
        var source = new NumPyEpisodeSource(path);
        Assert.Throws<InvalidDataException>(() => source.ReadEpisodes(CancellationToken.None).Count());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.Equal($"file '{path}', entry 'e.npy': is truncated: ends after 1 of 1073479680 values", await source.Refusal());
    }

    [Fact]
    public async Task Three_axes_are_episodes_named_by_their_index()
    {
        double[] values = [.. Enumerable.Range(0, 12).Select(i => (double)i)];
        string archive = _folder.Write("x.npz", ZipBytes.Make(("actions.npy", NpyBytes.Doubles("(3, 2, 2)", values))));
        string array = _folder.Write("demo.npy", NpyBytes.Doubles("(3, 2, 2)", values));
        foreach ((string path, string key) in ((string, string)[])[(archive, "actions"), (array, "demo")])
        {
            List<Episode> episodes = await new NumPyEpisodeSource(path).ReadAll();
            Assert.Equal([$"{key}[0]", $"{key}[1]", $"{key}[2]"], episodes.Select(episode => episode.Name));
            Assert.Equal(values, episodes.SelectMany(episode => episode.Actions.ToArray()));
            Assert.All(episodes, episode => Assert.Equal((2, 2), (episode.Steps, episode.Dimensions)));
        }
    }

    [Fact]
    public async Task Three_axes_in_Fortran_order_are_the_same_episodes()
    {
        // a[n, t, d] = 100 n + 10 t + d, first index fastest.
        double[] stored = [0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121];
        string path = _folder.Write("x.npy", NpyBytes.Array("<f8", "(2, 3, 2)", NpyBytes.Bytes(stored), fortranOrder: true));
        List<Episode> episodes = await new NumPyEpisodeSource(path).ReadAll();
        Assert.Equal([0, 1, 10, 11, 20, 21], episodes[0].Actions.ToArray());
        Assert.Equal([100, 101, 110, 111, 120, 121], episodes[1].Actions.ToArray());
    }

    [Fact]
    public async Task Episodes_of_three_axes_are_streamed()
    {
        // The fault stands in the second episode: the first one must be out before it is read.
        string path = _folder.Write("x.npz", ZipBytes.Make(("e.npy", NpyBytes.Doubles("(2, 1, 1)", 5))));
        var read = new List<Episode>();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            var source = new NumPyEpisodeSource(path);
            await foreach (Episode episode in source.ReadEpisodesAsync(TestContext.Current.CancellationToken)) read.Add(episode);
        });
        Assert.Equal([5], Assert.Single(read).Actions.ToArray());
    }

    [Fact]
    public async Task One_axis_is_an_episode_of_one_dimension()
    {
        string path = _folder.Write("run.npy", NpyBytes.Doubles("(3,)", 1, 2, 3));
        Episode episode = Assert.Single(await new NumPyEpisodeSource(path).ReadAll());
        Assert.Equal(("run", 3, 1), (episode.Name, episode.Steps, episode.Dimensions));
    }

    [Fact]
    public async Task An_episode_without_steps_is_an_empty_episode()
    {
        Episode episode = Assert.Single(await new NumPyEpisodeSource(_folder.Write("x.npy", NpyBytes.Doubles("(0, 7)"))).ReadAll());
        Assert.Equal((0, 7), (episode.Steps, episode.Dimensions));
    }

    [Fact]
    public async Task A_source_can_be_read_again()
    {
        var source = new NumPyEpisodeSource(_folder.Write("x.npz", ZipBytes.Make(("e.npy", NpyBytes.Doubles("(1, 1)", 4)))));
        Assert.Single(await source.ReadAll());
        Assert.Single(await source.ReadAll());
    }

    [Theory]
    [InlineData("()", 1, "is not of episodes")]
    [InlineData("(1, 1, 1, 1)", 1, "is not of episodes")]
    [InlineData("(0, 5, 7)", 0, "is not of episodes")]
    [InlineData("(1000000000, 0, 7)", 0, "is not of episodes")]
    [InlineData("(5, 0)", 0, "has 0 dimensions")]
    [InlineData("(1, 4097)", 4097, "has 4097 dimensions")]
    [InlineData("(0, 1000000000)", 0, "has 1000000000 dimensions")]
    public async Task Shapes_that_no_episode_has_are_refused(string shape, int count, string reason)
    {
        string path = _folder.Write("x.npy", NpyBytes.Doubles(shape, new double[count]));
        string message = await new NumPyEpisodeSource(path).Refusal();
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_most_dimensions_are_4096()
    {
        string path = _folder.Write("x.npy", NpyBytes.Doubles("(1, 4096)", new double[4096]));
        Assert.Equal(4096, Assert.Single(await new NumPyEpisodeSource(path).ReadAll()).Dimensions);
    }

    [Fact]
    public async Task Differing_dimensions_name_both_episodes()
    {
        string path = _folder.Write("x.npz", ZipBytes.Make(
            ("first.npy", NpyBytes.Doubles("(1, 2)", 1, 2)), ("second.npy", NpyBytes.Doubles("(1, 3)", 1, 2, 3))));
        string message = await new NumPyEpisodeSource(path).Refusal();
        Assert.Equal($"file '{path}': episode 'second' has 3 dimensions, but episode 'first' has 2; give episodes of one robot", message);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "infinity")]
    [InlineData(double.NegativeInfinity, "-infinity")]
    public async Task A_value_that_is_not_finite_is_named(double value, string name)
    {
        string path = _folder.Write("x.npz", ZipBytes.Make(
            ("good.npy", NpyBytes.Doubles("(1, 2)", 1, 2)), ("bad.npy", NpyBytes.Doubles("(3, 2)", 1, 2, 3, 4, 5, value))));
        string message = await new NumPyEpisodeSource(path).Refusal();
        Assert.Equal($"file '{path}': episode 'bad' is {name} at step 2, dimension 1; repair or remove the episode", message);

        _folder.Write("x.json", """{"hz": 5, "dim_names": ["arm", "grip"]}""");
        Assert.Contains("at step 2, dimension 1 ('grip')", await new NumPyEpisodeSource(path).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_without_arrays_is_refused()
    {
        foreach (byte[] archive in (byte[][])[ZipBytes.Make(), ZipBytes.Make(("folder/", []))])
        {
            string path = _folder.Write("x.npz", archive);
            Assert.Contains("no arrays", EpisodeReading.Refusal(() => new NumPyEpisodeSource(path)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("e.npy", "e.npy")]
    [InlineData("e.npy", "e")]
    public void Two_entries_of_one_name_are_refused(string first, string second)
    {
        byte[] array = NpyBytes.Doubles("(1,)", 1);
        string path = _folder.Write("x.npz", ZipBytes.Make((first, array), (second, array)));
        string message = EpisodeReading.Refusal(() => new NumPyEpisodeSource(path));
        Assert.Equal($"file '{path}': the archive is damaged: two entries are named 'e'", message);
    }

    [Fact]
    public async Task An_entry_that_is_no_array_is_named()
    {
        string path = _folder.Write("x.npz", ZipBytes.Make(("readme.txt", [.. "hello there"u8])));
        await new NumPyEpisodeSource(path).RefusesWith($"file '{path}', entry 'readme.txt': is not a NumPy array");
    }

    [Fact]
    public async Task An_empty_entry_is_named()
    {
        string path = _folder.Write("x.npz", ZipBytes.Make(("e.npy", [])));
        await new NumPyEpisodeSource(path).RefusesWith($"file '{path}', entry 'e.npy': is empty");
    }

    [Fact]
    public async Task Entry_names_that_look_like_paths_are_only_names()
    {
        byte[] array = NpyBytes.Doubles("(1,)", 1);
        string path = _folder.Write("x.npz", ZipBytes.Make(("../../escaped.npy", array), ("/etc/passwd", array)));
        Assert.Equal(["../../escaped", "/etc/passwd"], (await new NumPyEpisodeSource(path).ReadAll()).Select(episode => episode.Name));
        Assert.Equal(["x.npz"], _folder.FileNames());
    }

    [Fact]
    public async Task A_changed_byte_is_told_by_the_checksum()
    {
        byte[] archive = ZipBytes.MakeZip64("e.npy", NpyBytes.Doubles("(1, 2)", 1, 2), deflate: false);
        int at = archive.AsSpan().IndexOf(NpyBytes.Bytes(2));
        archive[at] ^= 1; // still a finite number: nothing else would tell
        string path = _folder.Write("x.npz", archive);
        await new NumPyEpisodeSource(path).RefusesWith($"file '{path}', entry 'e.npy': checksum");
    }

    [Fact]
    public async Task An_encrypted_entry_is_named()
    {
        byte[] archive = ZipBytes.Make(("e.npy", NpyBytes.Doubles("(1,)", 1)));
        archive[6] |= 1;
        archive[archive.AsSpan().IndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        string path = _folder.Write("x.npz", archive);
        Assert.Equal($"file '{path}', entry 'e.npy': is encrypted", await new NumPyEpisodeSource(path).Refusal());
    }

    [Fact]
    public void A_truncated_archive_is_refused()
    {
        byte[] archive = ZipBytes.Make(("e.npy", NpyBytes.Doubles("(4,)", 1, 2, 3, 4)));
        for (int length = 4; length < archive.Length; length++)
        {
            string path = _folder.Write("x.npz", archive[..length]);
            Assert.StartsWith($"file '{path}'", EpisodeReading.Refusal(() => new NumPyEpisodeSource(path)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cancellation_stops_the_reading()
    {
        string path = _folder.Write("x.npy", NpyBytes.Doubles("(3, 1, 1)", 1, 2, 3));
        using CancellationTokenSource cancelled = new();
        int read = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (Episode episode in new NumPyEpisodeSource(path).ReadEpisodesAsync(cancelled.Token))
            {
                read += episode.Steps;
                await cancelled.CancelAsync();
            }
        });
        Assert.Equal(1, read);
    }

    [Fact]
    public async Task Cancellation_stops_within_an_array()
    {
        string path = _folder.Write("x.npy", NpyBytes.Doubles("(100000, 1)", new double[100_000]));
        using CancellationTokenSource cancelled = new();
        using IEnumerator<Episode> episodes = new NumPyEpisodeSource(path).ReadEpisodes(cancelled.Token).GetEnumerator();
        await cancelled.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => episodes.MoveNext());
    }

    [Theory]
    [InlineData("""{"hz": 12.5, "dim_names": ["a", "b"]}""", 12.5, "a b")]
    [InlineData("""{"hz": null, "dim_names": null}""", null, null)]
    [InlineData("""{"note": "something else", "hertz": 5}""", null, null)]
    [InlineData("""[1, 2, 3]""", null, null)]
    [InlineData(""" "text" """, null, null)]
    public void The_description_beside_the_file_is_used(string json, double? rate, string? names)
    {
        _folder.Write("x.json", json);
        var source = new NumPyEpisodeSource(_folder.Write("x.npz", ZipBytes.Make(("e.npy", NpyBytes.Doubles("(1, 2)", 1, 2)))));
        Assert.Equal(rate, source.Rate);
        Assert.Equal(names?.Split(' '), source.DimensionNames);
    }

    [Fact]
    public void Without_a_description_nothing_is_known()
    {
        var source = new NumPyEpisodeSource(_folder.Write("x.npz", ZipBytes.Make(("e.npy", NpyBytes.Doubles("(1, 2)", 1, 2)))));
        Assert.Null(source.Rate);
        Assert.Null(source.DimensionNames);
    }

    [Theory]
    [InlineData("{\"hz\": 5", "is not valid JSON")]
    [InlineData("", "is not valid JSON")]
    [InlineData("{\"hz\": 5, \"hz\": 6}", "is not valid JSON")]
    [InlineData("{\"hz\": 0}", "'hz' must be")]
    [InlineData("{\"hz\": -5}", "'hz' must be")]
    [InlineData("{\"hz\": 1e999}", "'hz' must be")]
    [InlineData("{\"hz\": \"5\"}", "'hz' must be")]
    [InlineData("{\"dim_names\": \"x\"}", "'dim_names' must be")]
    [InlineData("{\"dim_names\": [\"x\", 1]}", "'dim_names' must be")]
    [InlineData("{\"dim_names\": [\"\\ud800\"]}", "not valid text")]
    public void A_malformed_description_is_named(string json, string reason)
    {
        string description = _folder.Write("x.json", json);
        string path = _folder.Write("x.npz", ZipBytes.Make(("e.npy", NpyBytes.Doubles("(1, 2)", 1, 2))));
        string message = EpisodeReading.Refusal(() => new NumPyEpisodeSource(path));
        Assert.StartsWith($"file '{description}': ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_of_an_entry_cannot_break_the_line_of_a_message()
    {
        string path = _folder.Write("x.npz", ZipBytes.Make(("a\nb\u001B[31m.npy", [1, 2, 3])));
        await new NumPyEpisodeSource(path).RefusesWith($"file '{path}', entry 'a b?[31m.npy': ");
    }

    [Fact]
    public async Task Dimension_names_must_be_as_many_as_dimensions()
    {
        string description = _folder.Write("x.json", """{"dim_names": ["a", "b", "c"]}""");
        string path = _folder.Write("x.npz", ZipBytes.Make(("e.npy", NpyBytes.Doubles("(1, 2)", 1, 2))));
        string message = await new NumPyEpisodeSource(path).Refusal();
        Assert.Equal($"file '{path}': episode 'e' has 2 dimensions, but 3 dimension names stand in '{description}'", message);
    }

    [Theory]
    [InlineData("bridge", 7)]
    [InlineData("pusht", 5)]
    [InlineData("g1_inspire", 26)]
    public async Task States_stand_in_a_file_beside(string name, int dimensions)
    {
        string actions = TestData.Locate("actions", $"{name}.npz"), states = TestData.Locate("states", $"{name}.npz");
        List<Episode> expected = await new NumPyEpisodeSource(states).ReadAll();
        foreach (string key in (string[])["../states/*.npz", $"../states/{name}.npz", states])
        {
            List<Episode> read = await EpisodeDataset.Open(actions, new EpisodeDatasetOptions { StateKey = key }).ReadAll();
            Assert.Equal(expected.Select(episode => episode.Name), read.Select(episode => episode.Name));
            foreach ((Episode episode, Episode state) in read.Zip(expected))
            {
                Assert.Equal((dimensions, state.Steps), (episode.StateDimensions, episode.Steps));
                Assert.Equal(state.Actions.ToArray(), episode.States.ToArray());
            }
        }
    }

    [Fact]
    public async Task States_of_a_stack_and_of_an_array_are_read_alike()
    {
        string actions = _folder.Write("x.npz", ZipBytes.Make(
            ("e.npy", NpyBytes.Doubles("(2, 1, 1)", 1, 2)), ("f.npy", NpyBytes.Doubles("(1, 1)", 3))));
        _folder.Write("s.npz", ZipBytes.Make(
            ("f.npy", NpyBytes.Doubles("(1, 2)", 7, 8)), ("e.npy", NpyBytes.Doubles("(2, 1, 2)", 3, 4, 5, 6))));
        List<Episode> episodes = await EpisodeDataset.Open(actions, new EpisodeDatasetOptions { StateKey = "s.npz" }).ReadAll();
        Assert.Equal([3, 4, 5, 6, 7, 8], episodes.SelectMany(episode => episode.States.ToArray()));

        string array = _folder.Write("x.npy", NpyBytes.Doubles("(2, 1)", 1, 2));
        _folder.Write("s.npy", NpyBytes.Doubles("(2, 2)", 3, 4, 5, 6));
        Episode one = Assert.Single(await EpisodeDataset.Open(array, new EpisodeDatasetOptions { StateKey = "s.npy" }).ReadAll());
        Assert.Equal([3, 4, 5, 6], one.States.ToArray());
    }

    [Fact]
    public async Task States_that_do_not_fit_are_named()
    {
        byte[] array = NpyBytes.Doubles("(2, 1)", 1, 2);
        string actions = _folder.Write("x.npz", ZipBytes.Make(("a.npy", array), ("b.npy", array)));
        string states = _folder.Write("s.npz", ZipBytes.Make(("a.npy", array), ("c.npy", array)));
        var options = new EpisodeDatasetOptions { StateKey = "s.npz" };
        await EpisodeDataset.Open(actions, options).RefusesWith(
            $"file '{states}': there is no 'b' (did you mean 'a'?); it has 'a', 'c'; give the state key");

        _folder.Write("s.npz", ZipBytes.Make(("a.npy", NpyBytes.Doubles("(3, 1)", 1, 2, 3)), ("b.npy", array)));
        Assert.Equal(
            $"file '{states}', entry 'a.npy': has 1 episodes of 3 steps, but the actions 1 of 2",
            await EpisodeDataset.Open(actions, options).Refusal());
        var skipped = new List<SkippedEpisode>();
        Assert.Equal("b", Assert.Single(await EpisodeDataset.Open(actions, options with { SkipBad = skipped.Add }).ReadAll()).Name);
        Assert.Equal("a", Assert.Single(skipped).Episode);

        _folder.Write("s.npz", ZipBytes.Make(("c.npy", array)));
        string other = EpisodeReading.Refusal(() => EpisodeDataset.Open(actions, options));
        Assert.StartsWith($"file '{states}': there is no 'a'", other, StringComparison.Ordinal);
        _folder.Write("s.npz", array);
        Assert.Contains("is not an archive", EpisodeReading.Refusal(() => EpisodeDataset.Open(actions, options)), StringComparison.Ordinal);
        File.Delete(states);
        var missing = Assert.Throws<FileNotFoundException>(() => EpisodeDataset.Open(actions, options));
        Assert.Equal($"no such file: {states}", missing.Message);
    }

    [Fact]
    public async Task Bad_episodes_are_left_out_where_that_is_asked_for()
    {
        string path = _folder.Write("x.npz", ZipBytes.Make(
            ("good.npy", NpyBytes.Doubles("(1, 2)", 1, 2)),
            ("wide.npy", NpyBytes.Doubles("(1, 3)", 1, 2, 3)),
            ("text.npy", [.. "hello there"u8]),
            ("nan.npy", NpyBytes.Doubles("(1, 2)", 1, double.NaN)),
            ("stack.npy", NpyBytes.Doubles("(3, 1, 2)", 1, 2, 3, double.PositiveInfinity, 5, 6)),
            ("last.npy", NpyBytes.Doubles("(1, 2)", 7, 8))));
        var skipped = new List<SkippedEpisode>();
        IEpisodeSource source = EpisodeDataset.Open(path, new EpisodeDatasetOptions { SkipBad = skipped.Add });
        for (int pass = 0; pass < 2; pass++)
            Assert.Equal(["good", "stack[0]", "stack[2]", "last"], (await source.ReadAll()).Select(episode => episode.Name));
        Assert.Equal(["wide", "text", "nan", "stack[1]"], skipped.Select(episode => episode.Episode));
        Assert.All(skipped, episode => Assert.StartsWith($"file '{path}'", episode.Reason, StringComparison.Ordinal));
        await EpisodeDataset.Open(path).RefusesWith($"file '{path}': episode 'wide' has 3 dimensions");
    }

    [Fact]
    public async Task A_damaged_stack_ends_where_it_is_damaged()
    {
        byte[] archive = ZipBytes.MakeZip64("e.npy", NpyBytes.Doubles("(2, 1, 1)", 1, 2), deflate: false);
        archive[archive.AsSpan().IndexOf(NpyBytes.Bytes(2))] ^= 1;
        string path = _folder.Write("x.npz", archive);
        var skipped = new List<SkippedEpisode>();
        List<Episode> read = await EpisodeDataset.Open(path, new EpisodeDatasetOptions { SkipBad = skipped.Add }).ReadAll();
        Assert.Equal("e[0]", Assert.Single(read).Name);
        Assert.Equal("e", Assert.Single(skipped).Episode);
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Throws<FileNotFoundException>(() => new NumPyEpisodeSource("nowhere.npz"));
}
