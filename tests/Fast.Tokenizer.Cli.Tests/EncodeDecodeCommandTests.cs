using System.IO.Compression;
using System.Text.Json;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Tests;

public sealed class EncodeDecodeCommandTests(TrainedTokenizer trained) : IDisposable
{
    private const int Horizon = TrainedTokenizer.Horizon;
    private const int Dims = TrainedTokenizer.Dims;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_hold_what_the_library_gives()
    {
        string tokenizerFolder = await trained.FolderAsync();
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(tokenizerFolder);
        double[][] chunks = await ChunksAsync();
        string input = _folder.WriteArray("x.npy", [.. chunks.SelectMany(chunk => chunk)], chunks.Length, Horizon, Dims);

        (await ToolRun.Of("encode", "--tokenizer", tokenizerFolder, "--input", input, "--output", _folder["ids.jsonl"])).Succeeds();
        string text = await File.ReadAllTextAsync(_folder["ids.jsonl"], TestContext.Current.CancellationToken);
        int[][] ids = [.. text.Split('\n')[..^1].Select(line => JsonSerializer.Deserialize<int[]>(line)!)];
        var shape = new ActionShape(Horizon, Dims);
        Assert.Equal(chunks.Select(chunk => tokenizer.Encode(chunk, shape)), ids);
        Assert.EndsWith("]\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(" ", text, StringComparison.Ordinal);

        (await Decode(tokenizerFolder, "y64.npy", "--dtype", "float64", "--horizon", "20", "--dims", "7")).Succeeds();
        NpyArray doubles = NpyReader.Read(_folder["y64.npy"]);
        Assert.Equal([chunks.Length, Horizon, Dims], doubles.Shape);
        Assert.False(doubles.IsFloat32);
        var expected = new double[shape.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            tokenizer.Decode(ids[i], shape, expected);
            Assert.Equal(expected, doubles.Data.Slice(i * shape.Count, shape.Count).ToArray());
        }

        (await Decode(tokenizerFolder, "y32.npy")).Succeeds();
        NpyArray singles = NpyReader.Read(_folder["y32.npy"]);
        Assert.True(singles.IsFloat32);
        Assert.Equal(doubles.Data.ToArray().Select(value => (double)(float)value), singles.Data.ToArray());
        Assert.Contains(doubles.Data.ToArray(), value => (float)value != value);
    }

    [Fact]
    public async Task Standard_output_gets_the_same_lines()
    {
        string tokenizer = await trained.FolderAsync();
        string input = _folder.WriteArray("x.npy", (await ChunksAsync())[0], Horizon, Dims);
        (await ToolRun.Of("encode", "--tokenizer", tokenizer, "--input", input, "--output", _folder["ids.jsonl"])).Succeeds();
        ToolRun run = await ToolRun.Of("encode", "--tokenizer", tokenizer, "--input", input, "--output", "-");
        Assert.Equal(await File.ReadAllTextAsync(_folder["ids.jsonl"], TestContext.Current.CancellationToken), run.Succeeds().Output);
        Assert.Single(run.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Float64_stays_float64()
    {
        // With one step the transform does nothing: 0.05 is half a quantiser step, and float32 cannot tell this value from it.
        const double JustBelow = 0.05 - 1e-9;
        Assert.NotEqual(JustBelow, (float)JustBelow);
        string data = _folder.WriteEpisodes("e.npz", 1, Motion.Episode(60, 1), Motion.Episode(60, 1, 1));
        (await ToolRun.Of("train", "--data", data, "--horizon", "1", "--normalization", "identity", "--output", _folder["t"])).Succeeds();
        int zero = -FastActionTokenizer.Load(_folder["t"]).Definition.Alphabet.MinCoefficient;

        NpyWriter.Write(_folder["single.npy"], [(float)JustBelow], [1, 1]);
        Assert.Equal($"[{zero}]\n", (await Encode(_folder.WriteArray("double.npy", [JustBelow], 1, 1))).Succeeds().Output);
        Assert.Equal($"[{zero + 1}]\n", (await Encode(_folder["single.npy"])).Succeeds().Output);

        Task<ToolRun> Encode(string input) => ToolRun.Of("encode", "--tokenizer", _folder["t"], "--input", input, "--output", "-");
    }

    [Fact]
    public async Task Published_tokenizer_gives_the_reference_ids()
    {
        using ZipArchive golden = ZipFile.OpenRead(TestData.Locate("golden", "fast_plus", "bridge.npz"));
        NpyArray Read(string key)
        {
            using Stream stream = golden.GetEntry($"{key}.npy")!.Open();
            return NpyReader.Read(stream, key);
        }

        NpyArray chunks = Read("chunks");
        double[] ids = Read("ids").Data.ToArray();
        int[] offsets = [.. Read("offsets").Data.ToArray().Select(offset => (int)offset)];
        string tokenizer = TestData.Locate("tokenizers", "fast_plus");
        string input = _folder.WriteArray("x.npy", chunks.Data.ToArray(), [.. chunks.Shape]);
        (await ToolRun.Of("encode", "--tokenizer", tokenizer, "--input", input, "--output", _folder["ids.jsonl"])).Succeeds();
        string Line(int chunk) => $"[{string.Join(',', ids[offsets[chunk]..offsets[chunk + 1]])}]";
        string[] expected = [.. Enumerable.Range(0, offsets.Length - 1).Select(Line)];
        Assert.Equal(expected, await File.ReadAllLinesAsync(_folder["ids.jsonl"], TestContext.Current.CancellationToken));

        (await Decode(tokenizer, "y.npy", "--horizon", "5", "--dims", "7", "--dtype", "float64")).Succeeds();
        double[] decoded = Read("decoded").Data.ToArray(), actual = NpyReader.Read(_folder["y.npy"]).Data.ToArray();
        for (int i = 0; i < decoded.Length; i++) Assert.Equal(decoded[i], actual[i], 1e-12);
    }

    [Fact]
    public async Task Clipped_values_are_counted_and_refused_on_request()
    {
        string tokenizer = await trained.FolderAsync();
        double[] far = [.. (await ChunksAsync())[0].Select(value => value * 1000)];
        string input = _folder.WriteArray("x.npy", [.. far, .. (await ChunksAsync())[1]], 2, Horizon, Dims);
        var tokens = new int[Horizon * Dims];
        int clipped = FastActionTokenizer.Load(tokenizer).Encode(far, new ActionShape(Horizon, Dims), tokens).Clipped;
        Assert.InRange(clipped, 1, Horizon * Dims);

        ToolRun run = await ToolRun.Of("encode", "--tokenizer", tokenizer, "--input", input, "--output", _folder["ids.jsonl"]);
        Assert.Equal(
            (ExitCode.Done, $"fast-tokenizer: {clipped} values clipped in 1 chunks\n"), (run.Code, run.Error.ReplaceLineEndings("\n")));

        (await ToolRun.Of("encode", "--tokenizer", tokenizer, "--input", input, "--output", _folder["strict.jsonl"], "--strict-range"))
            .Fails(ExitCode.InvalidData, "chunk 0");
        Assert.Equal(["ids.jsonl", "x.npy"], _folder.Entries());
    }

    [Theory]
    [InlineData(new[] { 5 }, "shape (5)")]
    [InlineData(new[] { 1, 1, 20, 7 }, "shape (1, 1, 20, 7)")]
    [InlineData(new[] { 0, 20, 7 }, "nothing to encode")]
    [InlineData(new[] { 20, 6 }, "6 dimensions", "7")]
    public async Task Array_of_another_shape_is_refused(int[] shape, params string[] says)
    {
        string input = _folder.WriteArray("x.npy", new double[shape.Aggregate(1, (product, length) => product * length)], shape);
        (await ToolRun.Of("encode", "--tokenizer", await trained.FolderAsync(), "--input", input, "--output", _folder["ids.jsonl"]))
            .Fails(ExitCode.InvalidData, ["x.npy", .. says]);
        Assert.Equal(["x.npy"], _folder.Entries());
    }

    [Fact]
    public async Task Value_that_is_not_finite_is_named()
    {
        double[] values = [.. (await ChunksAsync()).Take(2).SelectMany(chunk => chunk)];
        values[(Horizon * Dims) + (4 * Dims) + 5] = double.NaN;
        string input = _folder.WriteArray("x.npy", values, 2, Horizon, Dims);
        (await ToolRun.Of("encode", "--tokenizer", await trained.FolderAsync(), "--input", input, "--output", _folder["ids.jsonl"]))
            .Fails(ExitCode.InvalidData, "x.npy, chunk 1", "step 4, dimension 5 is NaN");
        Assert.Equal(["x.npy"], _folder.Entries());
    }

    [Fact]
    public async Task Failed_encode_leaves_the_old_file_as_it_was()
    {
        string old = _folder.Write("ids.jsonl", "[1]\n");
        double[] values = new double[2 * Horizon * Dims];
        values[^1] = double.PositiveInfinity;
        string input = _folder.WriteArray("x.npy", values, 2, Horizon, Dims);
        (await ToolRun.Of("encode", "--tokenizer", await trained.FolderAsync(), "--input", input, "--output", old))
            .Fails(ExitCode.InvalidData);
        Assert.Equal("[1]\n", await File.ReadAllTextAsync(old, TestContext.Current.CancellationToken));
        Assert.Equal(["ids.jsonl", "x.npy"], _folder.Entries());
    }

    [Fact]
    public async Task Place_that_cannot_be_written_is_refused()
    {
        string tokenizer = await trained.FolderAsync(), input = _folder.WriteArray("x.npy", new double[Horizon * Dims], Horizon, Dims);
        _folder.Write("ids.jsonl", "[1]\n");
        (string, string)[] places =
            [(_folder["no/where"], "make it first"), (_folder.FullPath, "is a folder"), (_folder["x.npy/y"], "there is no folder")];
        foreach ((string output, string says) in places)
        {
            (await ToolRun.Of("encode", "--tokenizer", tokenizer, "--input", input, "--output", output))
                .Fails(ExitCode.InvalidData, "--output", says);
            (await ToolRun.Of("decode", "--tokenizer", tokenizer, "--input", _folder["ids.jsonl"], "--output", output))
                .Fails(ExitCode.InvalidData, "--output", says);
        }

        Assert.Equal(["ids.jsonl", "x.npy"], _folder.Entries());
    }

    [Theory]
    [InlineData("{}", "it does not start with '['")]
    [InlineData("12", "it does not start with '['")]
    [InlineData("abc", "no JSON")]
    [InlineData("[1,2", "no JSON")]
    [InlineData("[1,,2]", "after 1 ids", "no JSON")]
    [InlineData("[1] 2", "no JSON")]
    [InlineData("[1][2]", "no JSON")]
    [InlineData("[1,2.5]", "entry 1 is 2.5")]
    [InlineData("[1e2]", "entry 0 is 1e2")]
    [InlineData("[7,2147483648]", "entry 1 is 2147483648", "32-bit integer")]
    [InlineData("[\"a\"]", "entry 0 is a")]
    [InlineData("[null]", "entry 0 is null")]
    [InlineData("{\"\\ud800\": [1]}", "missing low surrogate")]
    [InlineData("[[1]]", "entry 0 is [")]
    [InlineData("[300]", "invalid token at position 0", "id 300, which is not in the vocabulary")]
    [InlineData("[-1]", "invalid token at position 0", "id -1")]
    [InlineData("[]", "short at position 0", "0 coefficients", "needs 140")]
    [InlineData("[1]", "short at position 1")]
    public async Task Line_that_gives_no_chunk_is_named(string line, params string[] says)
    {
        _folder.Write("ids.jsonl", $"\n{await CompleteLineAsync()}\n\n{line}\n");
        (await Decode(await trained.FolderAsync(), "y.npy")).Fails(ExitCode.InvalidData, ["ids.jsonl, line 4: ", .. says]);
        Assert.Equal(["ids.jsonl"], _folder.Entries());
    }

    [Fact]
    public async Task Surplus_tokens_are_named()
    {
        string complete = await CompleteLineAsync();
        int count = complete.Split(',').Length;
        _folder.Write("ids.jsonl", $"{complete.TrimEnd(']')},0]\n");
        (await Decode(await trained.FolderAsync(), "y.npy"))
            .Fails(ExitCode.InvalidData, "line 1: ", $"long at position {count}", "141 coefficients");
        Assert.Equal(["ids.jsonl"], _folder.Entries());
    }

    [Fact]
    public async Task Prefix_policy_decodes_what_is_there_and_counts_the_rest()
    {
        string folder = await trained.FolderAsync(), complete = await CompleteLineAsync();
        _folder.Write("ids.jsonl", $"{complete}\n\n[1]\n[]\n{complete.TrimEnd(']')},0]\n[5,-7,8]\n");
        ToolRun run = await Decode(folder, "y.npy", "--policy", "prefix", "--dtype", "float64");
        Assert.Equal(
            (ExitCode.Done, "", "fast-tokenizer: 4 of 5 chunks decoded in part: 2 short, 1 long, 1 invalid token\n"),
            (run.Code, run.Output, run.Error.ReplaceLineEndings("\n")));

        NpyArray decoded = NpyReader.Read(_folder["y.npy"]);
        Assert.Equal([5, Horizon, Dims], decoded.Shape);
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(folder);
        string[] texts = [complete, "[1]", "[]", $"{complete.TrimEnd(']')},0]", "[5,-7,8]"];
        int[][] lines = [.. texts.Select(line => JsonSerializer.Deserialize<int[]>(line)!)];
        var shape = new ActionShape(Horizon, Dims);
        var expected = new double[shape.Count];
        for (int i = 0; i < lines.Length; i++)
        {
            tokenizer.Decode(lines[i], shape, expected, DecodePolicy.Prefix);
            Assert.Equal(expected, decoded.Data.Slice(i * shape.Count, shape.Count).ToArray());
        }
    }

    [Fact]
    public async Task File_without_ids_is_refused()
    {
        _folder.Write("ids.jsonl", "\n  \n");
        (await Decode(await trained.FolderAsync(), "y.npy")).Fails(ExitCode.InvalidData, "ids.jsonl holds no ids");
        Assert.Equal(["ids.jsonl"], _folder.Entries());

        File.Delete(_folder["ids.jsonl"]);
        (await Decode(await trained.FolderAsync(), "y.npy")).Fails(ExitCode.InvalidData, "no such file", "ids.jsonl");
        Assert.Empty(_folder.Entries());
    }

    [Theory]
    [InlineData("--horizon", "0", "--horizon 0 is too small")]
    [InlineData("--dims", "-3", "--dims -3 is too small")]
    [InlineData("--dims", "6", "statistics of 7 dimensions")]
    [InlineData("--horizon", "2147483647", "2147483647")]
    [InlineData("--dtype", "float16", "--dtype 'float16' is unknown: give float32, float64")]
    [InlineData("--policy", "relaxed", "give strict, prefix")]
    public async Task Decode_option_that_does_not_fit(string option, string value, string says)
    {
        _folder.Write("ids.jsonl", "[1]\n");
        (await Decode(await trained.FolderAsync(), "y.npy", option, value)).Fails(ExitCode.WrongUsage, says);
        Assert.Equal(["ids.jsonl"], _folder.Entries());
    }

    [Fact]
    public async Task Published_tokenizer_needs_its_shape_said()
    {
        _folder.Write("ids.jsonl", "[1]\n");
        string tokenizer = TestData.Locate("tokenizers", "fast_plus");
        (await Decode(tokenizer, "y.npy")).Fails(ExitCode.WrongUsage, "give --horizon");
        (await Decode(tokenizer, "y.npy", "--horizon", "5")).Fails(ExitCode.WrongUsage, "give --dims");
    }

    [Fact]
    public async Task Stopped_commands_leave_nothing()
    {
        string folder = await trained.FolderAsync(), input = _folder.WriteArray("x.npy", new double[Horizon * Dims], Horizon, Dims);
        _folder.Write("ids.jsonl", "[1]\n");
        var stopped = new CancellationToken(canceled: true);
        (await ToolRun.Of(stopped, "encode", "--tokenizer", folder, "--input", input, "--output", _folder["o.jsonl"]))
            .Fails(ExitCode.Interrupted);
        (await ToolRun.Of(stopped, "decode", "--tokenizer", folder, "--input", _folder["ids.jsonl"], "--output", _folder["y.npy"]))
            .Fails(ExitCode.Interrupted);
        Assert.Equal(["ids.jsonl", "x.npy"], _folder.Entries());
    }

    private async Task<ToolRun> Decode(string tokenizer, string output, params string[] more) =>
        await ToolRun.Of(["decode", "--tokenizer", tokenizer, "--input", _folder["ids.jsonl"], "--output", _folder[output], .. more]);

    private static async Task<double[][]> ChunksAsync()
    {
        List<Episode> episodes = await RecordedEpisodes.ReadAsync(TrainedTokenizer.Recording);
        return [.. episodes.SelectMany(episode => RecordedEpisodes.Chunks(episode, Horizon, stride: 61))];
    }

    private async Task<string> CompleteLineAsync()
    {
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(await trained.FolderAsync());
        return $"[{string.Join(',', tokenizer.Encode((await ChunksAsync())[0], new ActionShape(Horizon, Dims)))}]";
    }
}
