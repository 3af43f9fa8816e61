using System.Globalization;
using System.IO.Compression;
using System.Text;
using Fast.Tokenizer.Datasets.Rlds;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;
using static Fast.Tokenizer.Datasets.Tests.Rlds.ExampleBytes;
using static Fast.Tokenizer.Datasets.Tests.Rlds.RldsFolder;

namespace Fast.Tokenizer.Datasets.Tests.Rlds;

public sealed class RldsEpisodeSourceTests : IDisposable
{
    private const string Shard = "d-train.tfrecord-00000-of-00001";
    private static readonly string _usual = Features(("action", Tensor("float32", "2")), ("is_first", Tensor("bool")));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Two steps of two dimensions that tell which episode they are of.
    private static byte[] Episode(float value, params (string Name, byte[] Feature)[] more) => Example(
        [("steps/is_first", Integers(1, 0)), ("steps/action", Floats(value, value + 0.5f, -value, 1e-30f)), .. more]);

    private IEpisodeSource Open(byte[] file, string? features = null, EpisodeDatasetOptions? options = null)
    {
        _folder.Write("features.json", features ?? _usual);
        return EpisodeDataset.Open(_folder.Write(Shard, file), options);
    }

    private string Place(int record) => $"file '{_folder.File(Shard)}', record {record}: ";

    private async Task Refuses(byte[] file, int record, string problem, string? features = null) =>
        Assert.Equal(Place(record) + problem, await Open(file, features).Refusal());

    [Fact]
    public async Task A_recorded_data_set_is_read_exactly()
    {
        IEpisodeSource source = EpisodeDataset.Open(TestData.Locate("formats", "rlds_tfrecord_bridge"));
        Assert.IsType<RldsEpisodeSource>(source);
        Assert.Null(source.Rate);
        Assert.Null(source.DimensionNames);
        await Recorded.Equals("bridge", source);
    }

    [Fact]
    public async Task A_single_file_is_read_without_any_description()
    {
        byte[] file = await File.ReadAllBytesAsync(
            TestData.Locate("formats", "rlds_tfrecord_bridge", "bridge_dataset-train.tfrecord-00000-of-00001"),
            TestContext.Current.CancellationToken);
        await Recorded.Equals("bridge", EpisodeDataset.Open(_folder.Write("anything.bin", file)));
    }

    [Fact]
    public async Task Values_are_those_of_the_record()
    {
        Episode episode = Assert.Single(await Open(Records(Episode(3))).ReadAll());
        Assert.Equal($"{Shard}[0]", episode.Name);
        Assert.Equal([3, 3.5, -3, 1e-30f], episode.Actions.ToArray());
        Assert.Equal((2, 0), (episode.Dimensions, episode.StateDimensions));
    }

    [Theory]
    [InlineData("int64", "2")]
    [InlineData("uint8", "2")]
    [InlineData("bool", "2")]
    [InlineData("int32", "1,2")]
    public async Task Integers_and_several_axes_are_read(string type, string dimensions)
    {
        string features = Features(("action", Tensor(type, dimensions.Split(','))));
        foreach (byte[] values in (byte[][])[Integers(1, -5, 1L << 53, 0), UnpackedIntegers(1, -5, 1L << 53, 0)])
        {
            Episode episode = Assert.Single(await Open(Records(Example(("steps/action", values))), features).ReadAll());
            Assert.Equal([1, -5, 1L << 53, 0], episode.Actions.ToArray());
            Assert.Equal(2, episode.Dimensions);
        }
    }

    [Fact]
    public async Task Numbers_that_are_not_packed_and_scalars_are_read()
    {
        string features = Features(("action", Tensor("float64")));
        Episode episode = Assert.Single(await Open(Records(Example(("steps/action", UnpackedFloats(0.1f, 2, 3)))), features).ReadAll());
        Assert.Equal([0.1f, 2, 3], episode.Actions.ToArray());
        Assert.Equal((1, 3), (episode.Dimensions, episode.Steps));
    }

    [Fact]
    public async Task States_are_read_where_they_are()
    {
        string features = Features(("action", Tensor("float32", "2")), ("observation/state", Tensor("float32", "3")));
        (string, byte[]) state = ("steps/observation/state", Floats(1, 2, 3, 4, 5, 6));
        Episode episode = Assert.Single(await Open(Records(Episode(0, state)), features).ReadAll());
        Assert.Equal([1, 2, 3, 4, 5, 6], episode.States.ToArray());
        Assert.Equal(3, episode.StateDimensions);
    }

    [Fact]
    public async Task A_state_of_another_kind_is_none_unless_it_is_asked_for()
    {
        string features = Features(("action", Tensor("float32", "2")), ("observation/state", Tensor("string")));
        byte[] file = Records(Episode(0, ("steps/observation/state", Bytes([1]))));
        Assert.Equal(0, Assert.Single(await Open(file, features).ReadAll()).StateDimensions);
        string message = EpisodeReading.Refusal(() => Open(file, features, new EpisodeDatasetOptions { StateKey = "observation/state" }));
        Assert.Equal(
            $"file '{_folder.File("features.json")}': 'steps/observation/state' is of type 'string'; "
            + "the state key must name numbers of each step",
            message);
        File.Delete(_folder.File("features.json"));
        Assert.Equal(0, Assert.Single(await EpisodeDataset.Open(_folder.File(Shard)).ReadAll()).StateDimensions);
    }

    [Fact]
    public async Task Parts_of_a_dictionary_are_joined_in_the_order_given()
    {
        string features = Features(
            ("action/world_vector", Tensor("float32", "2")), ("action/open", Tensor("bool")), ("action/unused", Tensor("float32", "2")),
            ("observation/a", Tensor("float32")), ("observation/b", Tensor("float32")));
        byte[] file = Records(Example(
            ("steps/action/world_vector", Floats(1, 2, 3, 4, 5, 6)), ("steps/action/open", Integers(7, 8, 9)),
            ("steps/observation/a", Floats(1, 2, 3)), ("steps/observation/b", Floats(4, 5, 6))));
        IEpisodeSource source = Open(file, features, new EpisodeDatasetOptions
        {
            ActionKey = "steps/action/open, action/world_vector",
            StateKey = "steps/observation/b,steps/observation/a",
        });
        Assert.Equal(["open", "world_vector[0]", "world_vector[1]"], source.DimensionNames);
        Assert.Equal(["b", "a"], source.StateNames);
        Episode episode = Assert.Single(await source.ReadAll());
        Assert.Equal([7, 1, 2, 8, 3, 4, 9, 5, 6], episode.Actions.ToArray());
        Assert.Equal([4, 1, 5, 2, 6, 3], episode.States.ToArray());

        string message = EpisodeReading.Refusal(() => Open(file, features));
        Assert.Equal(
            $"file '{_folder.File("features.json")}': 'steps/action' is a dictionary of 'steps/action/open', 'steps/action/unused', "
            + "'steps/action/world_vector'; give the action key with those to take, in their order, with commas between them",
            message);
        File.Delete(_folder.File("features.json"));
        await EpisodeDataset.Open(_folder.File(Shard)).RefusesWith(
            Place(0) + "'steps/action' is a dictionary of 'steps/action/open', 'steps/action/world");
    }

    [Fact]
    public void Parts_of_one_name_are_told_apart()
    {
        string features = Features(("action/left/pos", Tensor("float32", "2")), ("action/right/pos", Tensor("float32")));
        IEpisodeSource source = Open(Records(), features, new EpisodeDatasetOptions
        {
            ActionKey = "action/right/pos,action/left/pos",
            Format = "rlds",
        });
        Assert.Equal(["action/right/pos", "action/left/pos[0]", "action/left/pos[1]"], source.DimensionNames);
    }

    [Fact]
    public async Task Random_episodes_come_back_whatever_shards_they_are_divided_into()
    {
        var random = new Random(20261128);
        for (int round = 0; round < 20; round++)
        {
            int dimensions = random.Next(1, 9), shards = random.Next(1, 4);
            float[][] episodes = [.. Enumerable.Range(0, random.Next(shards, 12))
                .Select(_ => Enumerable.Range(0, dimensions * random.Next(0, 30)).Select(_ => random.NextSingle()).ToArray())];
            using var folder = new TemporaryFolder();
            folder.Write("features.json", Features(("action", Tensor("float32", $"{dimensions}")), ("image", Tensor("string"))));
            for (int shard = 0; shard < shards; shard++)
            {
                folder.Write($"d-train.tfrecord-{shard:D5}-of-{shards:D5}", Records([.. episodes
                    .Where((_, i) => i * shards / episodes.Length == shard)
                    .Select(values => Example(
                        ("steps/image", Bytes(new byte[random.Next(9000)])),
                        ("steps/action", random.Next(2) == 0 ? Floats(values) : UnpackedFloats(values))))]));
            }

            List<Episode> read = await EpisodeDataset.Open(folder.FullPath).ReadAll();
            Assert.Equal(
                episodes.Select(values => values.Select(value => (double)value)), read.Select(episode => episode.Actions.ToArray()));
            Assert.All(read, episode => Assert.Equal(dimensions, episode.Dimensions));
        }
    }

    [Fact]
    public void A_wrong_name_lists_what_there_is()
    {
        var options = new EpisodeDatasetOptions { ActionKey = "steps/actoin", Format = "rlds" };
        string message = EpisodeReading.Refusal(() => Open([], null, options));
        Assert.Equal(
            $"file '{_folder.File("features.json")}': there is no 'steps/actoin' (did you mean 'steps/action'?); "
            + "it has 'steps/action', 'steps/is_first'; give the action key",
            message);
        Assert.Throws<ArgumentException>(() => Open([], null, new EpisodeDatasetOptions { ActionKey = " ,", Format = "rlds" }));
    }

    [Fact]
    public async Task Without_a_description_a_wrong_name_lists_what_the_record_has()
    {
        string path = _folder.Write("x.tfrecord", Records(Episode(1)));
        await EpisodeDataset.Open(path, new EpisodeDatasetOptions { ActionKey = "actions" })
            .RefusesWith(
                $"file '{path}', record 0: there is no 'steps/actions' (did you mean 'steps/action'?); "
                + "it has 'steps/action', 'steps/is_first'");
    }

    [Fact]
    public async Task Without_a_description_and_flags_nothing_says_how_long_a_step_is()
    {
        string path = _folder.Write("x.tfrecord", Records(Example(("steps/action", Floats(1, 2, 3, 4)))));
        Assert.Equal(
            $"file '{path}', record 0: nothing says how many values 'steps/action' has per step; "
            + "put the data set's features.json beside the file",
            await EpisodeDataset.Open(path).Refusal());
        _folder.Write("x.tfrecord", Records(Example(("steps/action", Floats(1, 2, 3)), ("steps/is_first", Integers(1, 0)))));
        Assert.Equal(
            $"file '{path}', record 0: 'steps/action' has 3 values, no whole number for each of the 2 steps of 'steps/is_first'",
            await EpisodeDataset.Open(path).Refusal());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shards_are_one_data_set_in_their_order(bool described)
    {
        for (int i = 11; i >= 0; i--) _folder.Write($"d-train.tfrecord-{i:D5}-of-00012", Records(Episode(i), Episode(i + 0.25f)));
        _folder.Write("features.json", _usual);
        if (described) _folder.Write("dataset_info.json", Info(("train", [.. Enumerable.Repeat(2, 12)]), ("val", [5])));
        List<Episode> episodes = await EpisodeDataset.Open(_folder.FullPath).ReadAll();
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (i / 2) + (i % 2 * 0.25)), episodes.Select(episode => episode.Actions.Span[0]));
        Assert.Equal(described ? "train-00003[1]" : "d-train.tfrecord-00003-of-00012[1]", episodes[7].Name);
    }

    [Fact]
    public async Task Splits_come_in_the_order_of_their_description()
    {
        _folder.Write("features.json", _usual);
        _folder.Write("dataset_info.json", Info(("train", [1]), ("test", [1])));
        _folder.Write("d-test.tfrecord-00000-of-00001", Records(Episode(2)));
        _folder.Write(Shard, Records(Episode(1)));
        Assert.Equal(
            ["train-00000[0]", "test-00000[0]"], (await EpisodeDataset.Open(_folder.FullPath).ReadAll()).Select(episode => episode.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_missing_shard_is_named(bool described)
    {
        foreach (int i in (int[])[0, 2]) _folder.Write($"d-train.tfrecord-{i:D5}-of-00003", Records(Episode(i)));
        _folder.Write("features.json", _usual);
        if (described) _folder.Write("dataset_info.json", Info(("train", [1, 1, 1])));
        string message = EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath));
        Assert.Equal(
            $"folder '{_folder.FullPath}': the shard 'd-train.tfrecord-00001-of-00003' is missing; "
            + "fetch it, or open the files that are there one by one",
            message);
    }

    [Fact]
    public void The_last_shard_may_be_the_missing_one_and_its_number_any()
    {
        _folder.Write("d-train.tfrecord-00000-of-999999999", Records(Episode(0)));
        string message = EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath));
        Assert.Contains("'d-train.tfrecord-00001-of-999999999' is missing", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_set_without_records_is_named()
    {
        _folder.Write("features.json", _usual);
        _folder.Write("dataset_info.json", Info(("train", [])));
        Assert.Contains(
            "holds no *.tfrecord-*-of-*", EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)), StringComparison.Ordinal);
        _folder.Write("dataset_info.json", Info(("train", [1])));
        Assert.Contains(
            $"the shard '{Shard}' is missing", EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_fewer_records_than_described_is_named()
    {
        _folder.Write("features.json", _usual);
        _folder.Write("dataset_info.json", Info(("train", [3])));
        string path = _folder.Write(Shard, Records(Episode(0), Episode(1)));
        Assert.Equal(
            $"file '{path}': has 2 records, dataset_info.json says 3; fetch it again", await EpisodeDataset.Open(_folder.FullPath).Refusal());
    }

    [Theory]
    [InlineData("../d")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("a\\\\b")]
    [InlineData("c:d")]
    public void A_shard_name_that_leads_out_of_the_folder_is_refused(string template)
    {
        _folder.Write("features.json", _usual);
        string info = Info(("train", [1])).Replace("{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}", template, StringComparison.Ordinal);
        string path = _folder.Write("dataset_info.json", info);
        Assert.Equal(
            $"file '{path}': '{template.Replace("\\\\", "\\", StringComparison.Ordinal)}' "
            + "is no file name; the files of a data set stand beside it",
            EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)));
    }

    [Theory]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[]", "lacks 'name' or 'splits'")]
    [InlineData("""{"name": "d", "splits": {}}""", "lacks 'name' or 'splits'")]
    [InlineData("""{"name": 3, "splits": [{}]}""", "lacks 'name' or 'splits'")]
    [InlineData("""{"name": "d", "splits": [{}]}""", "a split has no 'name'")]
    [InlineData("""{"name": "d", "splits": [{"name": "\ud800"}]}""", "a split has no 'name'")]
    [InlineData("""{"name": "d", "splits": [{"name": "t", "shardLengths": ["x"]}]}""", "split 't': shard 0 has no whole number of records")]
    [InlineData("""{"name": "d", "splits": [{"name": "t", "shardLengths": [-1]}]}""", "split 't': shard 0 has no whole number of records")]
    [InlineData("""{"name": "d", "fileFormat": "riegeli"}""", "the records are stored as 'riegeli'; only 'tfrecord' is read")]
    public void A_malformed_description_is_named(string json, string problem)
    {
        _folder.Write("features.json", _usual);
        string path = _folder.Write("dataset_info.json", json);
        Assert.StartsWith(
            $"file '{path}': {problem}", EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\"", "is not valid JSON")]
    [InlineData("[1]", "declares no 'steps'")]
    [InlineData("""{"featuresDict": {"features": {"action": {}}}}""", "declares no 'steps'")]
    [InlineData("""{"featuresDict": {"features": {"steps": {"tensor": {}}}}}""", "'steps' is no data set of steps")]
    [InlineData("""{"featuresDict": {"features": {"steps": {"sequence": {"feature": 7}}}}}""", "there is no 'steps/action'")]
    [InlineData(
        """{"featuresDict": {"features": {"steps": {"sequence": {"feature": {"featuresDict": {"features": {"\ud800": {}}}}}}}}}""",
        "is not valid JSON")]
    public void Malformed_features_are_named(string json, string problem)
    {
        string message = EpisodeReading.Refusal(() => Open(Records(Episode(0)), json));
        Assert.StartsWith($"file '{_folder.File("features.json")}': {problem}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tensor": {"dtype": "float32", "shape": {"dimensions": ["-1"]}}}""", "has a dimension that is unknown")]
    [InlineData("""{"tensor": {"dtype": "float32", "shape": {"dimensions": ["0"]}}}""", "has a dimension that is unknown")]
    [InlineData("""{"tensor": {"dtype": "float32", "shape": {"dimensions": ["4096", "4096"]}}}""", "has a dimension that is unknown")]
    [InlineData("""{"tensor": {"dtype": "float32", "shape": {"dimensions": ["99999999999999999999"]}}}""", "has a dimension that is unknown")]
    [InlineData("""{"tensor": {"dtype": "string"}}""", "is of type 'string'")]
    [InlineData("""{"tensor": {}}""", "is of type ''")]
    [InlineData("""{"tensor": {"dtype": "float32", "encoding": "zlib"}}""", "is stored encoded ('zlib')")]
    [InlineData("""{"image": {}}""", "is an image")]
    [InlineData("""{"text": {}}""", "is text")]
    [InlineData("""{"sequence": {"feature": {"tensor": {}}}}""", "is a sequence within each step")]
    [InlineData("""{"classLabel": {}}""", "is no tensor")]
    public void A_feature_that_is_no_number_of_each_step_is_named(string feature, string problem)
    {
        string features = Features(("action", (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(feature)!));
        Assert.StartsWith(
            $"file '{_folder.File("features.json")}': 'steps/action' {problem}",
            EpisodeReading.Refusal(() => Open([], features)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_feature_is_named()
    {
        string features = Features(("action", Tensor("float32", "2")), ("observation/state", Tensor("float32", "2")));
        await Refuses(
            Records(Episode(0)), 0, "there is no 'steps/observation/state'; it has 'steps/action', 'steps/is_first'; give the state key", features);
    }

    [Fact]
    public async Task A_feature_of_the_wrong_type_is_named()
    {
        await Refuses(Records(Example(("steps/action", Bytes([1], [2])))), 0, "'steps/action' holds bytes, not numbers");
        await Refuses(
            Records(Example(("steps/action", Integers(1, 2)))), 0,
            "'steps/action' holds integers, but features.json declares floating point numbers");
        await Refuses(
            Records(Example(("steps/action", Integers((1L << 53) + 1)))), 0,
            "holds the integer 9007199254740993; beyond 2^53, float64 does not hold each of them",
            Features(("action", Tensor("int64"))));
    }

    [Fact]
    public async Task Values_that_are_no_whole_steps_are_named()
    {
        await Refuses(
            Records(Episode(0), Example(("steps/action", Floats(1, 2, 3)))), 1,
            "'steps/action' has 3 values, which are no whole number of steps of 2 dimensions");
        await Refuses(
            Records(Example(("steps/is_first", Integers(1, 0, 0)), ("steps/action", Floats(1, 2, 3, 4)))), 0,
            "'steps/action' has 2 steps of 2 dimensions, but the record has 3");
    }

    [Fact]
    public async Task A_value_that_is_not_finite_is_named() =>
        await Open(Records(Example(("steps/action", Floats(1, float.NaN))))).RefusesWith(
            $"'{_folder.File(Shard)}': episode '{Shard}[0]' is NaN at step 0, dimension 1");

    [Fact]
    public async Task A_wrong_checksum_of_the_data_is_named()
    {
        byte[] file = Records(Episode(0), Episode(1), Episode(2));
        int length = Episode(0).Length;
        // In the first record the flipped bit makes no example of it; in the second only a value is another.
        foreach ((int record, int at) in ((int, int)[])[(0, 12), (1, length + 16 + 12 + length - 1)])
        {
            byte[] damaged = [.. file];
            damaged[at] ^= 4;
            string message = await Open(damaged).Refusal();
            Assert.StartsWith(Place(record) + $"the checksum of its {length} bytes of data is ", message, StringComparison.Ordinal);
            Assert.EndsWith("; the record is damaged", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_checksum_of_the_length_is_named_with_what_is_lost()
    {
        byte[] file = Records(Episode(0), Episode(1));
        file[(file.Length / 2) + 9] ^= 1;
        await Refuses(file, 1, $"the checksum of the record's length is wrong; {Lost(file.Length / 2, file.Length)}");
    }

    private static string Lost(int start, int length) =>
        $"the {length - start} bytes from byte {start} on cannot be read; fetch the file again";

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(1000)]
    [InlineData(985)]
    public async Task A_declared_length_that_the_file_cannot_hold_is_named(long length)
    {
        byte[] file = new byte[1000];
        BitConverter.TryWriteBytes(file, length);
        BitConverter.TryWriteBytes(file.AsSpan(8), MaskedCrc32C.Of(file.AsSpan(0, 8)));
        await Refuses(file, 0, string.Create(
            CultureInfo.InvariantCulture, $"has {(ulong)length} bytes of data and a checksum of 4, the file 988 in all; {Lost(0, 1000)}"));
    }

    [Fact]
    public async Task A_truncated_file_is_named_wherever_it_breaks_off()
    {
        byte[] record = Records(Episode(0)), file = Records(Episode(0), Episode(1));
        for (int length = record.Length + 1; length < file.Length; length++)
        {
            string problem = length < record.Length + 12
                ? "the file ends within the record's length; "
                : $"has {record.Length - 16} bytes of data and a checksum of 4, the file {length - record.Length - 12} in all; ";
            await Refuses(file[..length], 1, problem + Lost(record.Length, length));
        }
    }

    [Fact]
    public async Task A_compressed_file_is_named()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            await gzip.WriteAsync(Records(Episode(0)), TestContext.Current.CancellationToken);
        await Open(packed.ToArray()).RefusesWith($"file '{_folder.File(Shard)}': is compressed with gzip; decompress it first");
    }

    [Fact]
    public async Task What_is_no_example_is_named()
    {
        byte[] action = Message((1, "steps/action"u8.ToArray()), (2, Floats(1, 2)));
        const string Start = "is no tf.train.Example: ";
        foreach ((byte[] data, string problem) in ((byte[], string)[])
        [
            ([0x0A], Start), // a tag and nothing behind it
            ([0x00], Start), // no tag
            ([0x0A, 0x7F, 0x00], Start + "a field of 127 bytes stands where 1 are left"),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], Start + "a field of 2147483647 bytes stands where 0 are left"),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], Start + "a field of 4294967295 bytes stands where 0 are left"),
            ([0x0A, 0x04, 0x0A, 0x02, 0x0A, 0x05, 0, 0, 0, 0, 0], Start + "a field is longer than the message it stands in"),
            (Message((1, Message((1, Message((2, Floats(1)), (1, "steps/action"u8.ToArray())))))),
                Start + "a feature has its value before its name"),
            (Message((1, Message((1, action), (1, action)))), "has the feature 'steps/action' twice"),
            (Example(("steps/action", [.. Floats(1, 2), .. Integers(1)])), "has a feature with values of two kinds"),
            (Example(("steps/action", Message((2, Message((1, [0, 0, 0])))))), Start + "3 bytes are no whole number of floats"),
            (Message((1, Message([.. Enumerable.Range(0, 70_000).Select(i => (1, Message((1, Encoding.ASCII.GetBytes($"{i}")))))]))),
                "has more than 65536 features"),
            ([.. Enumerable.Repeat((byte)0x0B, 1000)], Start), // groups within groups
        ])
        {
            string message = await Open(Records(data)).Refusal();
            Assert.True(message.StartsWith(Place(0) + problem, StringComparison.Ordinal), $"{problem}: {message}");
        }
    }

    [Fact]
    public async Task A_bad_record_is_left_out_and_the_next_is_read()
    {
        byte[] damaged = Records(Episode(1));
        damaged[20] ^= 1;
        var told = new List<SkippedEpisode>();
        byte[] file = [.. Records(Episode(0)), .. damaged, .. Records(Example(("steps/action", Floats(1))), Episode(3))];
        IEpisodeSource source = Open(file, null, new EpisodeDatasetOptions { SkipBad = told.Add });
        Assert.Equal([0, 3], (await source.ReadAll()).Select(episode => episode.Actions.Span[0]));
        Assert.Equal([$"{Shard}[1]", $"{Shard}[2]"], told.Select(skipped => skipped.Episode));
    }

    [Fact]
    public async Task Where_the_framing_is_lost_the_next_shard_is_read_and_the_loss_is_told()
    {
        byte[] damaged = Records(Episode(0), Episode(1), Episode(2));
        damaged[(damaged.Length / 3) + 3] ^= 1;
        _folder.Write("features.json", _usual);
        string first = _folder.Write("d-train.tfrecord-00000-of-00002", damaged);
        _folder.Write("d-train.tfrecord-00001-of-00002", Records(Episode(5)));
        var told = new List<SkippedEpisode>();
        IEpisodeSource source = EpisodeDataset.Open(_folder.FullPath, new EpisodeDatasetOptions { SkipBad = told.Add });
        Assert.Equal([0, 5], (await source.ReadAll()).Select(episode => episode.Actions.Span[0]));
        SkippedEpisode skipped = Assert.Single(told);
        Assert.Equal("d-train.tfrecord-00000-of-00002[1...]", skipped.Episode);
        Assert.Equal(
            $"file '{first}', record 1: the checksum of the record's length is wrong; {Lost(damaged.Length / 3, damaged.Length)}",
            skipped.Reason);
    }

    [Fact]
    public void Images_are_passed_over()
    {
        byte[] image = new byte[16 << 20];
        string path = _folder.Write(Shard, Records(Episode(1, ("steps/image", Bytes(image)))));
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        byte[] header = new byte[TfRecord.HeaderBytes];
        RandomAccess.Read(file, header, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var data = new TfRecordStream(file, TfRecord.Parse(path, 0, 0, header, RandomAccess.GetLength(file)), CancellationToken.None);
        Dictionary<string, FeatureValues?> features = ExampleReader.Read(data, new HashSet<string> { "steps/action" });
        data.CheckRest();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 << 10);
        Assert.Equal(4, features["steps/action"]!.Values.Length);
        Assert.Null(features["steps/image"]);
    }

    [Fact]
    public void The_checksum_is_CRC32C()
    {
        // The check value of CRC-32/ISCSI, masked.
        uint masked = uint.RotateRight(0xE3069283, 15) + 0xA282EAD8;
        Assert.Equal(masked, MaskedCrc32C.Of("123456789"u8));
        for (int cut = 0; cut <= 9; cut++)
        {
            uint state = MaskedCrc32C.Append(MaskedCrc32C.Append(MaskedCrc32C.Start, "123456789"u8[..cut]), "123456789"u8[cut..]);
            Assert.Equal(masked, MaskedCrc32C.Finish(state));
        }
    }
}
