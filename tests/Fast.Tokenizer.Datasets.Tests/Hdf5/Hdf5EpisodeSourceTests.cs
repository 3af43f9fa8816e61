using System.Text;
using Fast.Tokenizer.Datasets.Hdf5;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;
using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace Fast.Tokenizer.Datasets.Tests.Hdf5;

[Collection(typeof(MeasuresMemory))]
public sealed class Hdf5EpisodeSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(H5File file, string name = "x.hdf5") => _folder.Write(name, Hdf5Bytes.Of(file));

    private static string Refusal(string path, EpisodeDatasetOptions? options = null) =>
        EpisodeReading.Refusal(() => EpisodeDataset.Open(path, options));

    // The recordings that the NumPy files were made from; their JSON names the order.
    [Theory]
    [InlineData("lift", "robosuite_panda", 0)]
    [InlineData("stack", "robosuite_panda", 1)]
    [InlineData("wipe", "robosuite_panda_wipe", 0)]
    public async Task Real_recordings_are_those_of_the_NumPy_files(string task, string expected, int episode)
    {
        IEpisodeSource source = EpisodeDataset.Open(TestData.Locate("formats", "hdf5_robomimic", task, "panda", "demo.hdf5"));
        Assert.IsType<Hdf5EpisodeSource>(source);
        Episode read = Assert.Single(await source.ReadAll());
        Episode other = (await new NumPyEpisodeSource(TestData.Locate("actions", $"{expected}.npz")).ReadAll())[episode];
        Assert.Equal(("demo_1", other.Dimensions, other.Steps), (read.Name, read.Dimensions, read.Steps));
        Assert.Equal(other.Actions.ToArray(), read.Actions.ToArray());
        Assert.Equal(0, read.StateDimensions);
        Assert.Null(source.DimensionNames);
        Assert.Null(source.Rate);
    }

    [Fact]
    public async Task States_of_a_real_recording_are_read_where_they_are_asked_for()
    {
        string path = TestData.Locate("formats", "hdf5_robomimic", "lift", "panda", "demo.hdf5");
        Episode read = Assert.Single(await EpisodeDataset.Open(path, new EpisodeDatasetOptions { StateKey = "states" }).ReadAll());
        // The simulator's time comes first and goes on by the control period.
        Assert.True(read.StateDimensions > 7);
        double[] times = [.. Enumerable.Range(0, read.Steps).Select(step => read.States.Span[step * read.StateDimensions])];
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0.04, 0.06));
    }

    [Fact]
    public async Task A_folder_of_robomimic_files_is_each_of_them()
    {
        IEpisodeSource source = EpisodeDataset.Open(
            [TestData.Locate("formats", "hdf5_robomimic", "lift"), TestData.Locate("formats", "hdf5_robomimic", "stack")]);
        Assert.Equal([412, 532], (await source.ReadAll()).Select(episode => episode.Steps));
    }

    [Fact]
    public async Task Demonstrations_come_in_numeric_order()
    {
        int[] numbers = [.. Enumerable.Range(0, 12)];
        string path = Write(Hdf5Bytes.Demos([.. numbers.Select(i => ($"demo_{i}", Hdf5Bytes.Demo(Hdf5Bytes.Matrix(i, i + 1, 2))))]));
        List<Episode> episodes = await EpisodeDataset.Open(path).ReadAll();
        Assert.Equal(numbers.Select(i => $"demo_{i}"), episodes.Select(episode => episode.Name));
        foreach (int i in numbers) Assert.Equal(Hdf5Bytes.Flat(Hdf5Bytes.Matrix(i, i + 1, 2)), episodes[i].Actions.ToArray());
    }

    [Fact]
    public async Task Many_demonstrations_are_read()
    {
        const int Count = 400;
        string path = Write(Hdf5Bytes.Demos(
            [.. Enumerable.Range(0, Count).Select(i => ($"demo_{i}", Hdf5Bytes.Demo(Hdf5Bytes.Matrix(i, 3, 2))))]));
        List<Episode> episodes = await EpisodeDataset.Open(path).ReadAll();
        Assert.Equal(Enumerable.Range(0, Count).Select(i => 100.0 * i), episodes.Select(episode => episode.Actions.Span[0]));
    }

    [Fact]
    public async Task An_ALOHA_file_is_one_episode_with_its_joint_positions()
    {
        double[,] actions = Hdf5Bytes.Matrix(1, 4, 14), positions = Hdf5Bytes.Matrix(2, 4, 14);
        string path = Write(Aloha(actions, positions), "episode_7.hdf5");
        Episode episode = Assert.Single(await EpisodeDataset.Open(path).ReadAll());
        Assert.Equal(("episode_7", 14, 14), (episode.Name, episode.Dimensions, episode.StateDimensions));
        Assert.Equal(Hdf5Bytes.Flat(actions), episode.Actions.ToArray());
        Assert.Equal(Hdf5Bytes.Flat(positions), episode.States.ToArray());
    }

    [Fact]
    public async Task A_folder_of_ALOHA_files_is_one_recording_in_numeric_order()
    {
        for (int i = 8; i < 12; i++) Write(Aloha(Hdf5Bytes.Matrix(i, 2, 3), Hdf5Bytes.Matrix(i, 2, 3)), $"task/episode_{i}.hdf5");
        _folder.Write("task/dataset_stats.pkl", "never read");
        IEpisodeSource source = EpisodeDataset.Open(_folder.File("task"));
        List<Episode> episodes = await source.ReadAll();
        Assert.Equal(["episode_8", "episode_9", "episode_10", "episode_11"], episodes.Select(episode => episode.Name));
        Assert.Equal([800, 900, 1000, 1100], episodes.Select(episode => episode.Actions.Span[0]));
        Assert.Equal(source.Name, _folder.File("task"));
    }

    [Fact]
    public async Task Files_of_a_folder_must_be_of_one_rate()
    {
        for (int i = 0; i < 3; i++)
        {
            H5File file = Aloha(Hdf5Bytes.Matrix(i, 2, 3), Hdf5Bytes.Matrix(i, 2, 3));
            if (i != 1) file.Attributes["fps"] = 50.0 / (i + 1);
            Write(file, $"t/episode_{i}.hdf5");
        }

        IEpisodeSource source = EpisodeDataset.Open(_folder.File("t"));
        Assert.Equal(50, source.Rate);
        string first = _folder.File("t/episode_0.hdf5"), last = _folder.File("t/episode_2.hdf5");
        Assert.Equal(
            FormattableString.Invariant($"file '{last}': has {50.0 / 3} steps per second, '{first}' 50; give recordings of one rate"),
            await source.Refusal());
    }

    [Fact]
    public async Task A_folder_above_ALOHA_folders_holds_them_all()
    {
        foreach (string task in (string[])["b", "a"])
            for (int i = 0; i < 2; i++) Write(Aloha(Hdf5Bytes.Matrix(i, 2, 3), Hdf5Bytes.Matrix(i, 2, 3)), $"{task}/episode_{i}.hdf5");
        List<Episode> episodes = await EpisodeDataset.Open(_folder.FullPath).ReadAll();
        Assert.Equal(["a:episode_0", "a:episode_1", "b:episode_0", "b:episode_1"], episodes.Select(episode => episode.Name));
    }

    [Fact]
    public async Task Keys_name_what_is_read()
    {
        string path = Write(new H5File
        {
            ["data"] = new H5Group
            {
                ["demo_0"] = new H5Group
                {
                    ["actions"] = Hdf5Bytes.Matrix(0, 2, 3),
                    ["actions_abs"] = Hdf5Bytes.Matrix(1, 2, 3),
                    ["obs"] = new H5Group { ["robot0_joint_pos"] = Hdf5Bytes.Matrix(2, 2, 5) },
                },
            },
        });
        var options = new EpisodeDatasetOptions { ActionKey = "actions_abs", StateKey = "obs/robot0_joint_pos" };
        Episode episode = Assert.Single(await EpisodeDataset.Open(path, options).ReadAll());
        Assert.Equal(100, episode.Actions.Span[0]);
        Assert.Equal((200, 5), (episode.States.Span[0], episode.StateDimensions));
    }

    [Fact]
    public async Task A_key_may_begin_with_a_slash_as_HDF5_writes_it()
    {
        string path = Write(Aloha(Hdf5Bytes.Matrix(1, 2, 3), Hdf5Bytes.Matrix(2, 2, 3)));
        var options = new EpisodeDatasetOptions { ActionKey = "/observations/qpos" };
        Assert.Equal(200, Assert.Single(await EpisodeDataset.Open(path, options).ReadAll()).Actions.Span[0]);
    }

    [Fact]
    public async Task Every_type_of_number_is_widened_exactly()
    {
        var types = new (string Name, object Values, double[] Expected)[]
        {
            ("f4", new float[,] { { 0.1f, float.MaxValue } }, [0.1f, float.MaxValue]),
            ("f8", new double[,] { { 0.1, double.MaxValue } }, [0.1, double.MaxValue]),
            ("i1", new sbyte[,] { { -128, 127 } }, [-128, 127]),
            ("u1", new byte[,] { { 0, 255 } }, [0, 255]),
            ("i2", new short[,] { { -32768, 32767 } }, [-32768, 32767]),
            ("u2", new ushort[,] { { 0, 65535 } }, [0, 65535]),
            ("i4", new int[,] { { int.MinValue, int.MaxValue } }, [int.MinValue, int.MaxValue]),
            ("u4", new uint[,] { { 0, uint.MaxValue } }, [0, uint.MaxValue]),
            ("i8", new long[,] { { -1L << 52, 1L << 52 } }, [-1L << 52, 1L << 52]),
            ("u8", new ulong[,] { { 0, 1UL << 52 } }, [0, 1L << 52]),
        };
        foreach ((string name, object values, double[] expected) in types)
        {
            string path = Write(new H5File { ["action"] = values }, $"{name}.hdf5");
            Assert.Equal(expected, Assert.Single(await EpisodeDataset.Open(path).ReadAll()).Actions.ToArray());
        }
    }

    [Theory]
    [InlineData(100, 7, 100, 7, true)]
    [InlineData(100, 7, 10, 7, true)]
    [InlineData(100, 7, 10, 7, false)]
    [InlineData(101, 7, 13, 3, true)]
    [InlineData(101, 7, 13, 3, false)]
    public async Task Chunked_and_compressed_values_are_read(int steps, int dimensions, int chunkSteps, int chunkDimensions, bool filtered)
    {
        double[,] values = Hdf5Bytes.Matrix(3, steps, dimensions);
        List<H5Filter> filters = filtered ? [ShuffleFilter.Id, DeflateFilter.Id] : [];
        string path = Write(new H5File
        {
            ["action"] = new H5Dataset(
                values, chunks: [(uint)chunkSteps, (uint)chunkDimensions], datasetCreation: new H5DatasetCreation(Filters: filters)),
        });
        Assert.Equal(Hdf5Bytes.Flat(values), Assert.Single(await EpisodeDataset.Open(path).ReadAll()).Actions.ToArray());
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(65536)]
    public async Task A_user_block_may_stand_before_the_file(int bytes)
    {
        H5File file = Aloha(Hdf5Bytes.Matrix(1, 4, 3), Hdf5Bytes.Matrix(2, 4, 3));
        string path = _folder.Write("x.mat", Hdf5Bytes.Of(file, new H5WriteOptions(UserBlockSize: (ulong)bytes)));
        Episode episode = Assert.Single(await EpisodeDataset.Open(path).ReadAll());
        Assert.Equal((100, 200), (episode.Actions.Span[0], episode.States.Span[0]));
    }

    [Theory]
    [InlineData("fps", 50.0, 50.0)]
    [InlineData("control_freq", 20, 20.0)]
    [InlineData("hz", -1.0, null)]
    [InlineData("env_args", """{"env_name": "Lift", "env_kwargs": {"control_freq": 25}}""", 25.0)]
    [InlineData("env_args", """{"env_kwargs": {"control_freq": 25}, "\ud800\ud800": 1}""", null)]
    [InlineData("env_info", """{"control_freq": 12.5}""", 12.5)]
    [InlineData("env_info", """{"control_freq": "fast"}""", null)]
    [InlineData("env_info", "not JSON", null)]
    public void The_rate_is_in_the_attributes(string name, object value, double? rate)
    {
        H5File file = Hdf5Bytes.Demos(("demo_0", Hdf5Bytes.Demo(Hdf5Bytes.Matrix(0, 2, 2))));
        ((H5Group)file["data"]).Attributes[name] = value;
        Assert.Equal(rate, EpisodeDataset.Open(Write(file)).Rate);
    }

    [Fact]
    public async Task An_episode_without_steps_and_one_of_a_single_axis_are_episodes()
    {
        string empty = Write(new H5File { ["action"] = new H5Dataset<double[]>(fileDims: [0, 3]) }, "empty.h5");
        string line = Write(new H5File { ["actions"] = new double[] { 1, 2, 3 } }, "line.h5");
        Episode none = Assert.Single(await EpisodeDataset.Open(empty).ReadAll());
        Assert.Equal((0, 3), (none.Steps, none.Dimensions));
        Episode one = Assert.Single(await EpisodeDataset.Open(line).ReadAll());
        Assert.Equal((3, 1), (one.Steps, one.Dimensions));
    }

    [Fact]
    public void A_wrong_action_key_lists_what_there_is()
    {
        string path = Write(Aloha(Hdf5Bytes.Matrix(0, 1, 2), Hdf5Bytes.Matrix(0, 1, 2)));
        Assert.Equal(
            $"file '{path}': there is no 'actoin' (did you mean 'action'?); it has 'action', 'observations/qpos'; give the action key",
            Refusal(path, new EpisodeDatasetOptions { ActionKey = "actoin" }));

        string demos = Write(Hdf5Bytes.Demos(("demo_0", Hdf5Bytes.Demo(Hdf5Bytes.Matrix(0, 1, 2)))), "demos.hdf5");
        Assert.Equal(
            $"file '{demos}', 'data/demo_0': there is no 'actoins' (did you mean 'actions'?); it has 'actions'; give the action key",
            Refusal(demos, new EpisodeDatasetOptions { ActionKey = "actoins" }));
    }

    [Fact]
    public async Task A_wrong_state_key_lists_what_there_is()
    {
        string path = Write(Aloha(Hdf5Bytes.Matrix(0, 1, 2), Hdf5Bytes.Matrix(0, 1, 2)));
        IEpisodeSource source = EpisodeDataset.Open(path, new EpisodeDatasetOptions { StateKey = "observations/qvel" });
        Assert.Equal(
            $"file '{path}': there is no 'observations/qvel' (did you mean 'observations/qpos'?); it has 'action', 'observations/qpos'; "
            + "give the state key", await source.Refusal());
    }

    [Fact]
    public async Task An_action_that_one_episode_lacks_is_that_episode_s_fault()
    {
        string path = Write(Hdf5Bytes.Demos(
            ("demo_0", new H5Group { ["obs"] = Hdf5Bytes.Matrix(0, 1, 2) }), ("demo_1", Hdf5Bytes.Demo(Hdf5Bytes.Matrix(1, 1, 2)))));
        await EpisodeDataset.Open(path).RefusesWith(
            $"file '{path}', 'data/demo_0': there is no 'actions'; it has 'obs'; give the action key");
        Assert.Equal(["demo_1"], (await SkippingBad(path)).Names);
    }

    [Fact]
    public void A_file_without_episodes_is_named()
    {
        string demos = Write(new H5File { ["data"] = new H5Group { ["other"] = new H5Group() } });
        Assert.Equal($"file '{demos}': holds no episodes: there is no group 'demo_N' in 'data'", Refusal(demos));
        string nothing = Write(new H5File(), "nothing.hdf5");
        Assert.Equal($"file '{nothing}': there is no 'action'; it has none; give the action key", Refusal(nothing));
    }

    [Theory]
    [InlineData("0 1 3", "number 2 is missing between 'demo_1' and 'demo_3'")]
    [InlineData("1 5", "numbers 2 to 4 are missing between 'demo_1' and 'demo_5'")]
    [InlineData("0 999999999999", "numbers 1 to 999999999998 are missing between 'demo_0' and 'demo_999999999999'")]
    [InlineData("1 01", "'demo_01' and 'demo_1' are of one number; it is not clear which comes first")]
    public async Task Missing_numbers_are_named_and_can_be_left_out(string numbers, string problem)
    {
        string[] names = [.. numbers.Split(' ').Select(number => $"demo_{number}")];
        string path = Write(Hdf5Bytes.Demos([.. names.Select(name => (name, Hdf5Bytes.Demo(Hdf5Bytes.Matrix(0, 1, 2))))]));
        Assert.Equal($"'{path}': {problem}; add what is missing, or leave bad episodes out", await EpisodeDataset.Open(path).Refusal());
        (List<string> read, List<SkippedEpisode> skipped) = await SkippingBad(path);
        Assert.Equal(names.Length, read.Count);
        Assert.Contains(problem, Assert.Single(skipped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_of_a_folder_can_be_left_out()
    {
        for (int i = 0; i < 3; i++) Write(Aloha(Hdf5Bytes.Matrix(i, 2, 3), Hdf5Bytes.Matrix(i, 2, 3)), $"t/episode_{i}.hdf5");
        byte[] whole = File.ReadAllBytes(_folder.File("t/episode_1.hdf5"));
        _folder.Write("t/episode_1.hdf5", whole[..^1]);
        await EpisodeDataset.Open(_folder.File("t")).RefusesWith(
            $"file '{_folder.File("t/episode_1.hdf5")}': is truncated: it has {whole.Length - 1} of {whole.Length} bytes");
        (List<string> read, List<SkippedEpisode> skipped) = await SkippingBad(_folder.File("t"));
        Assert.Equal(["episode_0", "episode_2"], read);
        Assert.Equal("episode_1", Assert.Single(skipped).Episode);
    }

    [Fact]
    public async Task Values_that_are_not_finite_are_named()
    {
        string path = Write(Hdf5Bytes.Demos(("demo_0", Hdf5Bytes.Demo(new double[,] { { 1, 2 }, { 3, double.NaN } }))));
        Assert.Equal(
            $"'{path}': episode 'demo_0' is NaN at step 1, dimension 1; repair or remove the episode",
            await EpisodeDataset.Open(path).Refusal());
    }

    [Fact]
    public async Task States_must_be_as_long_as_actions()
    {
        string path = Write(Aloha(Hdf5Bytes.Matrix(0, 3, 2), Hdf5Bytes.Matrix(0, 4, 2)));
        Assert.Equal(
            $"file '{path}': episode 'x' has 3 steps of 'action', but 4 of 'observations/qpos'", await EpisodeDataset.Open(path).Refusal());
    }

    [Fact]
    public async Task What_is_no_matrix_of_numbers_is_named()
    {
        var cases = new (object Values, string Problem)[]
        {
            (new string[] { "a", "b" }, "type VariableLength of 16 bytes is not read; expected float32, float64 or integers"),
            (new double[2, 2, 2], "shape (2, 2, 2) is not of an episode; expected [steps, dims] or [steps]"),
            (new double[1, 4097], "shape (1, 4097): 4097 dimensions; expected 1 to 4096"),
            (3.5, "shape () is not of an episode; expected [steps, dims] or [steps]"),
            (new Point[] { new() { X = 1, Y = 2 } }, "type Compound of 16 bytes is not read; expected float32, float64 or integers"),
            (new H5Group(), "is a group, not a data set"),
        };
        foreach ((object values, string problem) in cases)
        {
            string path = Write(new H5File { ["action"] = values });
            Assert.Equal($"file '{path}', data set 'action': {problem}", await EpisodeDataset.Open(path).Refusal());
        }
    }

    [Fact]
    public void What_is_not_HDF5_is_named()
    {
        var forced = new EpisodeDatasetOptions { Format = "hdf5" };
        string text = _folder.Write("x.hdf5", "not HDF5 at all");
        Assert.Equal($"file '{text}': is not an HDF5 file: it has no signature", Refusal(text, forced));
        Assert.StartsWith($"file '{text}': is of no known recording format", Refusal(text), StringComparison.Ordinal);
        Assert.Equal($"file '{text}': is empty", Refusal(_folder.Write("x.hdf5", []), forced));
        File.Delete(text);
        Assert.Equal(
            $"folder '{_folder.FullPath}': holds no recording; known: HDF5 (robomimic, LIBERO, ALOHA; .hdf5)",
            Refusal(_folder.FullPath, forced));
    }

    [Fact]
    public void Every_truncation_is_named()
    {
        byte[] file = Hdf5Bytes.Of(Aloha(Hdf5Bytes.Matrix(1, 4, 3), Hdf5Bytes.Matrix(2, 4, 3)));
        var forced = new EpisodeDatasetOptions { Format = "hdf5" };
        for (int length = 0; length < file.Length; length++)
        {
            string path = _folder.Write("x.hdf5", file[..length]);
            Assert.StartsWith($"file '{path}': is ", Refusal(path, forced), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0x7FFFFFFFFFFFFFFFUL)]
    [InlineData(0xFFFFFFFFFFFFFFFFUL)]
    [InlineData(268435456UL)] // 2 GB of float64
    [InlineData(1000UL)]
    public async Task A_size_that_the_file_cannot_hold_is_refused_before_it_is_allocated(ulong steps)
    {
        byte[] file = Hdf5Bytes.Of(new H5File { ["action"] = new H5Dataset(new double[5, 1]) });
        byte[] shape = [.. Hdf5Bytes.LittleEndian(5), .. Hdf5Bytes.LittleEndian(1)];
        string path = _folder.Write("x.hdf5", Hdf5Bytes.Patch(file, shape, Hdf5Bytes.LittleEndian(steps)));
        long before = GC.GetTotalAllocatedBytes();
        Assert.Equal(
            $"file '{path}', data set 'action': shape ({steps}, 1) is more than a file of {file.Length} bytes can hold; "
            + "it is truncated or damaged",
            await EpisodeDataset.Open(path).Refusal());
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 4 << 20);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "/b/../a")]
    [InlineData("action", "action")]
    [InlineData("action", "/data/action")]
    public void A_symbolic_link_is_not_followed_least_of_all_to_itself(string name, string target)
    {
        string path = Write(new H5File { [name] = new H5SoftLink(target), ["actions"] = Hdf5Bytes.Matrix(0, 1, 2) });
        Assert.Equal(
            $"file '{path}': cannot be read: it holds a symbolic link, which is not followed; put the data set itself into the file",
            Refusal(path));
    }

    [Fact]
    public void An_external_link_is_not_followed()
    {
        // What it names would be read, if it were followed.
        string other = Write(new H5File { ["action"] = Hdf5Bytes.Matrix(1, 2, 2) }, "other.hdf5");
        byte[] link = Encoding.UTF8.GetBytes($"\0{other}\0action\0");
        byte[] file = Hdf5Bytes.Of(new H5File { ["action"] = new H5SoftLink(Encoding.UTF8.GetString(link)) });
        // A link message is its version, flags that say that a type follows, the type, 1 for a symbolic link, and later the name.
        int name = file.AsSpan().IndexOf("action"u8);
        int type = Enumerable.Range(name - 12, 12).Single(at => file[at] == 1 && (file[at - 1] & 0xE8) == 8 && file[at - 2] == 1);
        file[type] = 64;
        string path = _folder.Write("x.hdf5", file);
        Assert.Contains("it holds a symbolic link, which is not followed", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_holds_itself_is_read_as_any_other()
    {
        byte[] file = Hdf5Bytes.Of(new H5File
        {
            ["observations"] = new H5Group { ["qpos"] = Hdf5Bytes.Matrix(1, 2, 2), ["again"] = new H5Group() },
            ["action"] = Hdf5Bytes.Matrix(0, 2, 2),
        });
        // A hard link is a name and the address of a header.
        int outer = file.AsSpan().IndexOf("observations"u8) + 12, inner = file.AsSpan().IndexOf("again"u8) + 5;
        file.AsSpan(outer, 8).CopyTo(file.AsSpan(inner));
        string path = _folder.Write("x.hdf5", file);
        Assert.Equal(100, Assert.Single(await EpisodeDataset.Open(path).ReadAll()).States.Span[0]);
        var options = new EpisodeDatasetOptions { ActionKey = "observations/again/again/again/again/again/again/again/again/qpos" };
        Assert.Equal(100, Assert.Single(await EpisodeDataset.Open(path, options).ReadAll()).Actions.Span[0]);
        string listed = Refusal(path, new EpisodeDatasetOptions { ActionKey = "nothing" });
        Assert.Contains("'observations/again/again/again/again/qpos'", listed, StringComparison.Ordinal);
        Assert.InRange(listed.Length, 0, 2000);
    }

    [Fact]
    public void An_option_s_folder_without_episodes_is_named()
    {
        Directory.CreateDirectory(_folder.File("empty"));
        Assert.Equal(
            $"folder '{_folder.File("empty")}': holds no file episode_N.hdf5",
            EpisodeReading.Refusal(() => new Hdf5EpisodeSource(_folder.File("empty"), EpisodeDatasetOptions.Default)));
    }

    [Fact]
    public async Task Cancellation_stops_the_reading()
    {
        string path = Write(Aloha(Hdf5Bytes.Matrix(0, 3, 2), Hdf5Bytes.Matrix(0, 3, 2)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var cancelled = new CancellationToken(canceled: true);
            await foreach (Episode _ in EpisodeDataset.Open(path).ReadEpisodesAsync(cancelled)) Assert.Fail("read");
        });
    }

    private static H5File Aloha(double[,] actions, double[,] positions) =>
        new() { ["action"] = actions, ["observations"] = new H5Group { ["qpos"] = positions } };

    private static async Task<(List<string> Names, List<SkippedEpisode> Skipped)> SkippingBad(string path)
    {
        var skipped = new List<SkippedEpisode>();
        List<Episode> episodes = await EpisodeDataset.Open(path, new EpisodeDatasetOptions { SkipBad = skipped.Add }).ReadAll();
        return ([.. episodes.Select(episode => episode.Name)], skipped);
    }

    private struct Point
    {
        public double X;
        public double Y;
    }
}
