using System.Buffers.Binary;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Fast.Tokenizer.Datasets.Arrow;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;
using static Fast.Tokenizer.Datasets.Tests.Arrow.ArrowBytes;

namespace Fast.Tokenizer.Datasets.Tests.Arrow;

public sealed class ArrowEpisodeSourceTests : IDisposable
{
    private const string Data = "data-00000-of-00001.arrow";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IEpisodeSource Open(byte[] file, EpisodeDatasetOptions? options = null) =>
        EpisodeDataset.Open(_folder.Write(Data, file), options);

    private string Place => $"file '{_folder.File(Data)}'";

    private async Task Refuses(byte[] file, string problem) => Assert.Equal(Place + problem, await Open(file).Refusal());

    private static byte[] Three() => ArrowBytes.Stream(Rows((0, 0, 1), (0, 1, 2)), Rows((0, 2, 3), (1, 0, 4)), Rows((1, 1, 5), (7, 0, 6)));

    [Fact]
    public async Task A_recorded_data_set_is_read_exactly()
    {
        IEpisodeSource source = EpisodeDataset.Open(TestData.Locate("formats", "arrow_aloha"));
        Assert.IsType<ArrowEpisodeSource>(source);
        Assert.Null(source.Rate);
        Assert.Null(source.DimensionNames);
        await Recorded.Equals("aloha_sim_insertion_human", source);
    }

    [Fact]
    public async Task A_single_file_is_read_whatever_it_is_called()
    {
        string path = TestData.Locate("formats", "arrow_aloha", Data);
        await Recorded.Equals("aloha_sim_insertion_human", EpisodeDataset.Open(path));
        Assert.IsType<ArrowEpisodeSource>(EpisodeDataset.Open(_folder.Write("x.bin", Three())));
        Assert.IsType<ArrowEpisodeSource>(EpisodeDataset.Open(_folder.Write("y.bin", ArrowBytes.File(Rows((0, 0, 1))))));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(CompressionCodecType.Lz4Frame, false)]
    [InlineData(CompressionCodecType.Zstd, false)]
    [InlineData(null, true)]
    public async Task Rows_are_put_together_to_episodes_across_batches(CompressionCodecType? codec, bool file)
    {
        RecordBatch[] batches = [Rows((0, 0, 1), (0, 1, 2)), Rows((0, 2, 3), (1, 0, 4)), Rows(), Rows((1, 1, 5), (7, 0, 6))];
        List<Episode> episodes = await Open(file ? ArrowBytes.File(batches) : ArrowBytes.Stream(codec, batches)).ReadAll();
        Assert.Equal(["episode_000000", "episode_000001", "episode_000007"], episodes.Select(episode => episode.Name));
        Assert.Equal([1, -1, 2, -2, 3, -3], episodes[0].Actions.ToArray());
        Assert.Equal([4, -4, 5, -5], episodes[1].Actions.ToArray());
        Assert.Equal([6, -6], episodes[2].Actions.ToArray());
    }

    [Fact]
    public async Task Rows_are_put_together_across_files()
    {
        _folder.Write("data-00001-of-00002.arrow", ArrowBytes.Stream(Rows((0, 2, 3))));
        _folder.Write("data-00000-of-00002.arrow", ArrowBytes.Stream(Rows((0, 0, 1), (0, 1, 2))));
        _folder.Write(
            "state.json", """{"_data_files": [{"filename": "data-00000-of-00002.arrow"}, {"filename": "data-00001-of-00002.arrow"}]}""");
        Episode episode = Assert.Single(await EpisodeDataset.Open(_folder.FullPath).ReadAll());
        Assert.Equal([1, -1, 2, -2, 3, -3], episode.Actions.ToArray());
    }

    [Fact]
    public async Task Random_episodes_come_back_whatever_batches_and_files_they_are_divided_into()
    {
        var random = new Random(20261129);
        CompressionCodecType?[] codecs = [null, CompressionCodecType.Lz4Frame, CompressionCodecType.Zstd];
        for (int round = 0; round < 20; round++)
        {
            int[] lengths = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(1, 40))];
            (long Episode, long Frame, float Value)[] rows =
            [
                .. lengths.SelectMany((length, i) => Enumerable.Range(0, length).Select(frame => ((long)i, (long)frame, random.NextSingle()))),
            ];
            RecordBatch[] batches = [.. rows.Chunk(random.Next(1, 50)).Select(Rows)];
            RecordBatch[][] files = [.. batches.Chunk(random.Next(1, 5))];
            using var folder = new TemporaryFolder();
            folder.Write("dataset_info.json", "{}");
            for (int i = 0; i < files.Length; i++)
            {
                byte[] file = random.Next(2) == 0 ? ArrowBytes.File(files[i]) : ArrowBytes.Stream(codecs[random.Next(3)], files[i]);
                folder.Write($"data-{i:D5}-of-{files.Length:D5}.arrow", file);
            }

            List<Episode> read = await EpisodeDataset.Open(folder.FullPath).ReadAll();
            Assert.Equal(lengths, read.Select(episode => episode.Steps));
            Assert.Equal(
                rows.SelectMany(row => (double[])[row.Value, -row.Value]), read.SelectMany(episode => episode.Actions.ToArray()));
        }
    }

    [Fact]
    public async Task Lists_of_every_kind_are_read_and_images_are_not()
    {
        RecordBatch batch = Batch(
            ("image", Images(2, 1000)), ("move", Pairs(0.1, 0.2, 0.3, 0.4)),
            ("observation.state", new FloatArray.Builder().Append(5).Append(6).Build()),
            ("episode_index", new Int32Array.Builder().Append(3).Append(3).Build()));
        Episode episode = Assert.Single(await Open(ArrowBytes.Stream(batch), new EpisodeDatasetOptions { ActionKey = "move" }).ReadAll());
        Assert.Equal([0.1, 0.2, 0.3, 0.4], episode.Actions.ToArray());
        Assert.Equal([5, 6], episode.States.ToArray());
        Assert.Equal((2, 1), (episode.Dimensions, episode.StateDimensions));
    }

    [Fact]
    public async Task Without_a_continuation_mark_as_before_Arrow_0_15_a_stream_is_read()
    {
        using var bytes = new MemoryStream();
        RecordBatch batch = Rows((0, 0, 1), (0, 1, 2));
        using (var writer = new ArrowStreamWriter(bytes, batch.Schema, leaveOpen: true, new IpcOptions { WriteLegacyIpcFormat = true }))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        Episode episode = Assert.Single(await Open(bytes.ToArray()).ReadAll());
        Assert.Equal([1, -1, 2, -2], episode.Actions.ToArray());
    }

    [Fact]
    public void Rate_and_names_are_read_where_they_are()
    {
        _folder.Write("state.json", $$"""{"_data_files": [{"filename": "{{Data}}"}]}""");
        const string Features = """{"action": {"names": {"motors": ["a", "b"]}}, "observation.state": {"names": ["c"]}}""";
        _folder.Write("dataset_info.json", $$"""{"fps": 50, "features": {{Features}}}""");
        _folder.Write(
            Data, ArrowBytes.Stream(Batch(("action", Lists([1, 2])), ("observation.state", Lists([1])), ("episode_index", Longs(0)))));
        IEpisodeSource source = EpisodeDataset.Open(_folder.FullPath);
        Assert.Equal(50, source.Rate);
        Assert.Equal(["a", "b"], source.DimensionNames);
        Assert.Equal(["c"], source.StateNames);
    }

    [Fact]
    public void A_wrong_name_lists_what_there_is()
    {
        string message = EpisodeReading.Refusal(() => Open(Three(), new EpisodeDatasetOptions { ActionKey = "actions" }));
        Assert.Equal(
            $"{Place}: there is no 'actions' (did you mean 'action'?); it has 'action', 'episode_index', 'frame_index'; give the action key",
            message);
        message = EpisodeReading.Refusal(() => Open(Three(), new EpisodeDatasetOptions { StateKey = "state" }));
        Assert.Equal($"{Place}: there is no 'state'; it has 'action', 'episode_index', 'frame_index'; give the state key", message);
    }

    [Fact]
    public void Rows_that_nothing_divides_into_episodes_are_refused()
    {
        string message = EpisodeReading.Refusal(() => Open(ArrowBytes.Stream(Batch(("action", Lists([1])), ("frame_index", Longs(0))))));
        Assert.StartsWith($"{Place}: there is no 'episode_index'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_the_wrong_type_is_named()
    {
        (string, IArrowArray) episodes = ("episode_index", Longs(0)), actions = ("action", Lists([1]));
        foreach ((RecordBatch batch, string problem) in ((RecordBatch, string)[])
        [
            (Batch(("action", Images(1, 1)), episodes), ": 'action' is of type binary; expected vectors of float32 or float64"),
            (Batch(("action", Longs(1)), episodes), ": 'action' is of type int64; expected vectors of float32 or float64"),
            (Batch(actions, ("episode_index", Lists([1]))), ": 'episode_index' is of type list; expected whole numbers"),
            (Batch(actions, episodes, ("frame_index", Lists([1]))), ": 'frame_index' is of type list; expected whole numbers"),
        ])
        {
            Assert.Equal(Place + problem, EpisodeReading.Refusal(() => Open(ArrowBytes.Stream(batch))));
        }
    }

    [Fact]
    public async Task A_state_of_another_type_is_none_unless_it_is_asked_for()
    {
        byte[] file = ArrowBytes.Stream(Batch(("action", Lists([1])), ("observation.state", Longs(1)), ("episode_index", Longs(0))));
        Assert.Equal(0, Assert.Single(await Open(file).ReadAll()).StateDimensions);
        string message = EpisodeReading.Refusal(() => Open(file, new EpisodeDatasetOptions { StateKey = "observation.state" }));
        Assert.Equal($"{Place}: 'observation.state' is of type int64; expected vectors of float32 or float64", message);
    }

    [Fact]
    public async Task Null_rows_are_named()
    {
        await Refuses(ArrowBytes.Stream(Batch(("action", Lists([1], null)), ("episode_index", Longs(0, 0)))), ", row 1: 'action' is null");
        await Refuses(
            ArrowBytes.Stream(Batch(("action", Lists([1], [2])), ("episode_index", Longs(0, null)))), ", row 1: 'episode_index' is null");
        await Refuses(
            ArrowBytes.Stream(Batch(("action", Lists([1], [2])), ("episode_index", Longs(null, 0)))), ", row 0: 'episode_index' is null");
        await Refuses(
            ArrowBytes.Stream(Batch(("action", Lists([1], [2])), ("episode_index", Longs(0, 0)), ("frame_index", Longs(0, null)))),
            ", row 1: 'frame_index' is null");
        await Refuses(
            ArrowBytes.Stream(Batch(("action", Lists([1], [2])), ("observation.state", Lists([1], null)), ("episode_index", Longs(0, 0)))),
            ", row 1: 'observation.state' is null");
        var values = new ListArray.Builder(Apache.Arrow.Types.FloatType.Default);
        values.Append();
        ((FloatArray.Builder)values.ValueBuilder).Append(1).AppendNull();
        await Refuses(
            ArrowBytes.Stream(Batch(("action", values.Build()), ("episode_index", Longs(0)))), ", row 0: 'action' is null in dimension 1");
    }

    [Fact]
    public async Task Rows_of_differing_or_no_dimensions_are_named()
    {
        await Refuses(
            ArrowBytes.Stream(Batch(("action", Lists([1, 2], [1, 2, 3])), ("episode_index", Longs(0, 0)))),
            ", row 1: 'action' has 3 values, the rows before have 2");
        await Refuses(
            ArrowBytes.Stream(Batch(("action", Lists([[]])), ("episode_index", Longs(0)))),
            ", row 0: 'action' has 0 values; expected 1 to 4096");
        await Refuses(
            ArrowBytes.Stream(Batch(("action", Lists(new float[4097])), ("episode_index", Longs(0)))),
            ", row 0: 'action' has 4097 values; expected 1 to 4096");
    }

    [Fact]
    public async Task Episodes_that_come_back_and_frames_out_of_order_are_named()
    {
        await Refuses(
            ArrowBytes.Stream(Rows((0, 0, 1), (1, 0, 2)), Rows((0, 1, 3))),
            ", row 2: episode 0 comes back after other episodes; sort the rows by 'episode_index'");
        await Refuses(
            ArrowBytes.Stream(Rows((0, 0, 1), (4, 0, 2), (4, 2, 3))),
            ", row 2: 'frame_index' is 2 after 0 in episode 4; its rows are out of order or missing");
        // An episode that was shortened at its front is one all the same.
        Assert.Equal(2, Assert.Single(await Open(ArrowBytes.Stream(Rows((0, 5, 1), (0, 6, 2)))).ReadAll()).Steps);
    }

    [Fact]
    public async Task A_bad_episode_is_left_out_and_the_next_is_read()
    {
        var told = new List<SkippedEpisode>();
        RecordBatch[] batches = [Rows((0, 0, 1), (1, 0, 2)), Rows((1, 2, 3), (1, 3, 4), (2, 0, 5), (0, 1, 6)), Rows((0, 2, 6), (3, 0, 7))];
        IEpisodeSource source = Open(ArrowBytes.Stream(batches), new EpisodeDatasetOptions { SkipBad = told.Add });
        Assert.Equal(["episode_000000", "episode_000002", "episode_000003"], (await source.ReadAll()).Select(episode => episode.Name));
        Assert.Equal(["episode_000001", "episode_000000"], told.Select(skipped => skipped.Episode));
    }

    [Fact]
    public async Task Where_a_file_is_cut_off_the_next_is_read_from_its_first_whole_episode()
    {
        byte[] whole = ArrowBytes.Stream(Rows((0, 0, 1)), Rows((1, 0, 2)), Rows((1, 1, 2)));
        string first = _folder.Write("data-00000-of-00002.arrow", whole[..^20]);
        _folder.Write("data-00001-of-00002.arrow", ArrowBytes.Stream(Rows((2, 3, 1), (3, 0, 3))));
        _folder.Write(
            "state.json", """{"_data_files": [{"filename": "data-00000-of-00002.arrow"}, {"filename": "data-00001-of-00002.arrow"}]}""");
        var told = new List<SkippedEpisode>();
        IEpisodeSource source = EpisodeDataset.Open(_folder.FullPath, new EpisodeDatasetOptions { SkipBad = told.Add });
        Assert.Equal(["episode_000000", "episode_000003"], (await source.ReadAll()).Select(episode => episode.Name));
        Assert.Equal(["episode_000001", "episode_000002"], told.Select(skipped => skipped.Episode));
        Assert.StartsWith($"file '{first}': ", told[0].Reason, StringComparison.Ordinal);
        Assert.EndsWith("; episode 1 and what follows it in this file are lost", told[0].Reason, StringComparison.Ordinal);
        Assert.EndsWith(
            "row 0: episode 2 starts with 'frame_index' 3; the rows before it are lost", told[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_truncated_file_is_named_wherever_it_breaks_off(bool file)
    {
        byte[] whole = file ? ArrowBytes.File(Rows((0, 0, 1)), Rows((0, 1, 1))) : ArrowBytes.Stream(Rows((0, 0, 1)), Rows((0, 1, 1)));
        for (int length = 1; length < whole.Length; length++)
        {
            string message;
            try
            {
                message = await Open(whole[..length]).Refusal();
            }
            catch (InvalidDataException early)
            {
                message = early.Message;
            }

            Assert.StartsWith(Place, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stream_that_ends_between_two_messages_is_cut_off()
    {
        byte[] whole = Three();
        byte[] cut = whole[..^8];
        const string Lost = "episode 7 and what follows it in this file are lost";
        await Refuses(cut, $": ends at byte {cut.Length} without the end of its stream; it is cut off; {Lost}");
        await Refuses(whole[..^4], $": ends at byte {cut.Length} within the length of a message; it is cut off; {Lost}");
        await Refuses([.. whole, 1, 2], $": has 2 bytes after the end of its stream; {Lost}");
    }

    [Fact]
    public void A_metadata_length_that_the_file_cannot_hold_is_named()
    {
        byte[] file = Three();
        foreach (int length in (int[])[int.MaxValue, -5, file.Length])
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), length);
            // A negative length is no sign of a stream; the name says that it should be one.
            string message = EpisodeReading.Refusal(() => Open(file));
            Assert.Equal(
                $"{Place}: has a message at byte 0 with {(uint)length} bytes of metadata, where {file.Length - 8} bytes are left", message);
        }
    }

    [Fact]
    public async Task A_body_length_that_the_file_cannot_hold_is_named()
    {
        float[]?[] rows = [.. Enumerable.Repeat<float[]?>([1], 333)];
        byte[] file = ArrowBytes.Stream(Batch(("action", Lists(rows)), ("episode_index", Longs([.. rows.Select(_ => (long?)0)]))));
        int batch = 8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        int metadata = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(batch + 4));
        long body = ArrowMetadata.Check(file.AsSpan(batch + 8, metadata));
        int at = batch + 8 + file.AsSpan(batch + 8, metadata).IndexOf(BitConverter.GetBytes(body));
        foreach (long length in (long[])[int.MaxValue, long.MaxValue, file.Length])
        {
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), length);
            int left = file.Length - batch - 8 - metadata;
            await Refuses(
                file, $": has a message at byte {batch} with {length} bytes of data, where {left} bytes are left; the file is lost");
        }
    }

    [Fact]
    public async Task A_buffer_that_says_it_is_far_larger_than_compression_allows_is_refused()
    {
        float[]?[] rows = [.. Enumerable.Repeat<float[]?>([1, 2, 3], 200)];
        byte[] file = ArrowBytes.Stream(
            CompressionCodecType.Zstd, Batch(("action", Lists(rows)), ("episode_index", Longs([.. rows.Select(_ => (long?)0)]))));
        // Before each compressed buffer stands how large it becomes; this is the last one.
        int at = file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) - sizeof(long);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), int.MaxValue);
        await Refuses(file, ": is malformed: a buffer says that it holds 2147483647 bytes, more than can be in it; the file is lost");
    }

    [Theory]
    [InlineData("../x.arrow")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a\\\\b.arrow")]
    public void A_file_name_that_leads_out_of_the_folder_is_refused(string name)
    {
        _folder.Write(Data, Three());
        string path = _folder.Write("state.json", $$"""{"_data_files": [{"filename": "{{name}}"}]}""");
        Assert.Equal(
            $"file '{path}': '{name.Replace("\\\\", "\\", StringComparison.Ordinal)}' "
            + "is no file name; the files of a data set stand beside it",
            EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)));
    }

    [Theory]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[]", "lists no '_data_files'")]
    [InlineData("""{"_data_files": 1}""", "lists no '_data_files'")]
    [InlineData("""{"_data_files": [{"filename": 1}]}""", "data file 0 has no 'filename'")]
    [InlineData("""{"_data_files": ["x"]}""", "data file 0 has no 'filename'")]
    [InlineData("""{"_indices_data_files": [{"filename": "indices.arrow"}]}""", "its rows are picked by a list of indices; save")]
    public void A_malformed_state_is_named(string json, string problem)
    {
        _folder.Write(Data, Three());
        string path = _folder.Write("state.json", json);
        Assert.StartsWith(
            $"file '{path}': {problem}", EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "is not valid JSON")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("""{"features": []}""", "'features' must be an object")]
    [InlineData("""{"fps": "fast"}""", "'fps' must be a positive number of steps per second")]
    [InlineData("""{"fps": 0}""", "'fps' must be a positive number of steps per second")]
    public void A_malformed_description_is_named(string json, string problem)
    {
        string path = _folder.Write("dataset_info.json", json);
        Assert.StartsWith($"file '{path}': {problem}", EpisodeReading.Refusal(() => Open(Three())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        _folder.Write("data-00000-of-00002.arrow", Three());
        _folder.Write(
            "state.json", """{"_data_files": [{"filename": "data-00000-of-00002.arrow"}, {"filename": "data-00001-of-00002.arrow"}]}""");
        Assert.StartsWith(
            $"folder '{_folder.FullPath}': the shard 'data-00001-of-00002.arrow' is missing",
            EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named_also_where_no_state_lists_it()
    {
        _folder.Write("data-00000-of-00002.arrow", Three());
        _folder.Write("dataset_info.json", "{}");
        Assert.StartsWith(
            $"folder '{_folder.FullPath}': the shard 'data-00001-of-00002.arrow' is missing",
            EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Computations_that_were_kept_beside_the_data_are_not_read()
    {
        _folder.Write("cache-1a2b.arrow", Three());
        _folder.Write("dataset_info.json", "{}");
        Assert.EndsWith(
            "holds no *.arrow but those of a cache",
            EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)), StringComparison.Ordinal);
        _folder.Write("aloha-train.arrow", Three());
        Assert.Equal(3, (await EpisodeDataset.Open(_folder.FullPath).ReadAll()).Count);
    }
}
