using System.Text.Json;
using System.Text.Json.Nodes;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Training;
using Parquet.Serialization;
using Parquet.Serialization.Attributes;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>A whole data set to files of ids.</summary>
public sealed class TokenizeCommandTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public async Task Every_chunk_is_there_as_the_library_encodes_it(string format)
    {
        (await RunAsync("ids", "--output-format", format, "--stride", "7", "--shard-chunks", "100")).Succeeds();
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(await trained.FolderAsync());
        var expected = new List<Row>();
        List<Episode> episodes = await RecordedEpisodes.ReadAsync(TrainedTokenizer.Recording);
        for (int e = 0; e < episodes.Count; e++)
        {
            int step = 0;
            foreach (double[] chunk in RecordedEpisodes.Chunks(episodes[e], TrainedTokenizer.Horizon, stride: 7))
            {
                var tokens = new int[chunk.Length];
                int count = tokenizer.Encode(chunk, new ActionShape(TrainedTokenizer.Horizon, TrainedTokenizer.Dims), tokens).Count;
                expected.Add(new Row(string.Join(',', tokens.Take(count)), count, episodes[e].Name, e, step));
                step += 7;
            }
        }

        Assert.True(Shards("ids").Length > 2);
        Assert.Equal(expected, await RowsAsync("ids"));
    }

    [Fact]
    public async Task Decode_reads_the_lines()
    {
        (await RunAsync("ids", "--output-format", "jsonl", "--stride", "50")).Succeeds();
        string lines = Assert.Single(Shards("ids"));
        (await ToolRun.Of("decode", "--tokenizer", await trained.FolderAsync(), "--input", lines, "--output", _folder["y.npy"], "--dtype",
            "float64"))
            .Succeeds();
        NpyArray decoded = NpyReader.Read(_folder["y.npy"]);
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(await trained.FolderAsync());
        List<Row> rows = await RowsAsync("ids");
        Assert.Equal([rows.Count, TrainedTokenizer.Horizon, TrainedTokenizer.Dims], decoded.Shape);
        var shape = new ActionShape(TrainedTokenizer.Horizon, TrainedTokenizer.Dims);
        var chunk = new double[shape.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            Assert.True(tokenizer.TryDecode([.. rows[i].Ids.Split(',').Select(int.Parse)], shape, chunk).IsComplete);
            Assert.Equal(chunk, decoded.Data.Slice(i * shape.Count, shape.Count).ToArray());
        }
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("jsonl")]
    [InlineData("jsonl", "--mode", "sampled", "--seed", "18446744073709551615")]
    [InlineData("jsonl", "--mode", "rate-distortion", "--lambda", "0.7")]
    public async Task Bytes_do_not_depend_on_the_number_of_threads(string format, params string[] options)
    {
        foreach (string threads in (string[])["1", "2", "5"])
            (await RunAsync(threads, ["--output-format", format, "--shard-chunks", "700", "--threads", threads, .. options])).Succeeds();
        Dictionary<string, byte[]> one = Contents("1");
        Assert.True(one.Count > 2);
        Assert.Equal(one, Contents("2"));
        Assert.Equal(one, Contents("5"));
    }

    [Fact]
    public async Task Sampled_ids_are_other_ids_of_the_same_actions()
    {
        string[] sampled = ["--output-format", "jsonl", "--stride", "25", "--mode", "sampled"];
        (await RunAsync("plain", "--output-format", "jsonl", "--stride", "25")).Succeeds();
        (await RunAsync("one", [.. sampled, "--seed", "1"])).Succeeds();
        (await RunAsync("two", [.. sampled, "--seed", "2"])).Succeeds();
        List<Row> plain = await RowsAsync("plain"), one = await RowsAsync("one"), two = await RowsAsync("two");
        Assert.True(one.Zip(two).Count(pair => pair.First.Ids != pair.Second.Ids) > one.Count / 2);
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(await trained.FolderAsync());
        double[] Decoded(Row row)
        {
            var chunk = new double[TrainedTokenizer.Horizon * TrainedTokenizer.Dims];
            Assert.True(tokenizer.TryDecode(
                [.. row.Ids.Split(',').Select(int.Parse)], new ActionShape(TrainedTokenizer.Horizon, TrainedTokenizer.Dims),
                    chunk).IsComplete);
            return chunk;
        }

        for (int i = 0; i < plain.Count; i++)
        {
            Assert.Equal(Decoded(plain[i]), Decoded(one[i]));
            Assert.Equal(Decoded(plain[i]), Decoded(two[i]));
        }
    }

    [Fact]
    public async Task A_run_that_lost_files_is_completed_to_the_same_bytes()
    {
        string[] options = ["--output-format", "jsonl", "--shard-chunks", "700"];
        (await RunAsync("ids", options)).Succeeds();
        Dictionary<string, byte[]> whole = Contents("ids");
        string[] shards = Shards("ids");
        Assert.True(shards.Length >= 4);

        File.Delete(shards[1]);
        await File.AppendAllTextAsync(shards[2], "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync($"{shards[0]}.abcdefgh.ijk.tmp", "half", TestContext.Current.CancellationToken);
        ToolRun again = await RunAsync("ids", [.. options, "--json"]);
        Assert.Equal(shards.Length - 2, Field(again.Succeeds(), "files_kept"));
        Assert.Equal(whole, Contents("ids"));
    }

    [Fact]
    public async Task A_manifest_with_fewer_files_is_gone_on_from()
    {
        string[] options = ["--output-format", "jsonl", "--shard-chunks", "700"];
        (await RunAsync("ids", options)).Succeeds();
        Dictionary<string, byte[]> whole = Contents("ids");
        await StopAfterAsync("ids", 2);
        ToolRun again = await RunAsync("ids", [.. options, "--json"]);
        Assert.Equal(2, Field(again.Succeeds(), "files_kept"));
        Assert.Equal(whole, Contents("ids"));
    }

    [Theory]
    [InlineData("the stride was 7 and is 8", "--stride", "8")]
    [InlineData("the mode was Canonical and is Shortest", "--stride", "7", "--mode", "shortest")]
    [InlineData("the mode was Canonical and is Sampled(3, 0.3)", "--stride", "7", "--mode", "sampled", "--seed", "3")]
    [InlineData("the format was jsonl and is parquet", "--stride", "7", "--output-format", "parquet")]
    [InlineData("the horizon was 20 and is 10", "--stride", "7", "--horizon", "10")]
    [InlineData("the chunks of a shard was 300 and is 400", "--stride", "7", "--shard-chunks", "400")]
    public async Task Other_options_are_refused(string says, params string[] options)
    {
        string[] same = ["--output-format", "jsonl", "--shard-chunks", "300"];
        (await RunAsync("ids", [.. same, "--stride", "7"])).Succeeds();
        Dictionary<string, byte[]> before = Contents("ids");
        (await RunAsync("ids", [.. same.Chunk(2).Where(pair => !options.Contains(pair[0])).SelectMany(pair => pair), .. options]))
            .Fails(ExitCode.InvalidData, says, "choose another folder");
        Assert.Equal(before, Contents("ids"));
    }

    [Fact]
    public async Task Another_tokenizer_is_refused()
    {
        (await RunAsync("ids", "--stride", "9")).Succeeds();
        (await ToolRun.Of("train", "--data", TrainedTokenizer.Recording, "--horizon", "1s", "--vocab-size", "310", "--output",
            _folder["other"], "--stride", "20"))
            .Succeeds();
        (await ToolRun.Of("tokenize", "--tokenizer", _folder["other"], "--data", TrainedTokenizer.Recording, "--output", _folder["ids"],
            "--stride", "9"))
            .Fails(ExitCode.InvalidData, "the tokenizer was sha256:");
    }

    [Fact]
    public async Task Other_recordings_are_refused_and_further_ones_where_the_run_was_complete()
    {
        double[][] motion = [.. Enumerable.Range(0, 4).Select(i => Motion.Episode(60, TrainedTokenizer.Dims, i))];
        string tokenizer = await trained.FolderAsync();
        Task<ToolRun> Run(string data) => ToolRun.Of(
            "tokenize", "--tokenizer", tokenizer, "--data", data, "--output", _folder["ids"], "--output-format", "jsonl",
                "--shard-chunks", "82");
        async Task Refuses(string name, params double[][] episodes)
        {
            ToolRun run = await Run(_folder.WriteEpisodes(name, TrainedTokenizer.Dims, episodes));
            run.Fails(ExitCode.InvalidData, "holds ids of other recordings");
        }

        Assert.Equal(0, (await Run(_folder.WriteEpisodes("a.npz", TrainedTokenizer.Dims, motion))).Code);
        Dictionary<string, byte[]> whole = Contents("ids");
        Assert.Equal(3, whole.Count);
        double[][] changed = [motion[0], motion[1], motion[2], [.. motion[3]]];
        changed[3][5] = Math.BitIncrement(changed[3][5]);
        await Refuses("b.npz", changed);
        await Refuses("c.npz", motion[0], motion[1]);
        await Refuses("d.npz", [.. motion, motion[0]]);
        Assert.Equal(whole, Contents("ids"));

        // The part that had not been encoded may change: what comes out is what a run of it alone gives.
        await StopAfterAsync("ids", 1);
        Assert.Equal(0, (await Run(_folder["b.npz"])).Code);
        Assert.Equal(whole["shard-00000.jsonl"], Contents("ids")["shard-00000.jsonl"]);
    }

    [Fact]
    public async Task A_folder_of_something_else_is_left_alone()
    {
        Directory.CreateDirectory(_folder["ids"]);
        await File.WriteAllTextAsync(Path.Combine(_folder["ids"], "thesis.txt"), "x", TestContext.Current.CancellationToken);
        (await RunAsync("ids")).Fails(ExitCode.InvalidData, "no ids of a data set");
        Assert.Equal(["thesis.txt"], Contents("ids").Keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"schema_version": 7}""")]
    [InlineData("""{"schema_version": 1, "shards": null}""")]
    public async Task A_damaged_manifest_is_named(string manifest)
    {
        Directory.CreateDirectory(_folder["ids"]);
        await File.WriteAllTextAsync(Path.Combine(_folder["ids"], "manifest.json"), manifest, TestContext.Current.CancellationToken);
        (await RunAsync("ids")).Fails(ExitCode.InvalidData, "manifest.json", "choose another folder");
    }

    [Fact]
    public async Task Nothing_is_left_where_nothing_can_be_encoded()
    {
        (await RunAsync("ids", "--horizon", "100000")).Fails(ExitCode.InvalidData, "has 100000 steps, the longest has");
        (await RunAsync("ids", "--max-error", "0.0000001")).Fails(ExitCode.InvalidData, "episode '", "chunk from step 0");
        Assert.Empty(_folder.Entries());
    }

    [Fact]
    public async Task Summary_counts_what_is_in_the_files()
    {
        ToolRun run = await RunAsync("ids", "--output-format", "jsonl", "--stride", "9", "--json");
        List<Row> rows = await RowsAsync("ids");
        Assert.Equal(rows.Count, Field(run.Succeeds(), "chunks"));
        Assert.Equal(rows.Sum(row => row.Length), Field(run, "tokens"));
        Assert.Equal(5, Field(run, "episodes"));
        Assert.Equal(1, Field(run, "files"));
    }

    [Theory]
    [InlineData("--mode sampled needs a seed", "--mode", "sampled")]
    [InlineData("--seed is for --mode sampled", "--seed", "1")]
    [InlineData("--temperature is for --mode sampled", "--temperature", "1")]
    [InlineData("temperature is 0", "--mode", "sampled", "--seed", "1", "--temperature", "0")]
    [InlineData("did you mean 'jsonl'", "--output-format", "json")]
    [InlineData("--shard-chunks 0 is too small", "--shard-chunks", "0")]
    [InlineData("--threads 0 is too small", "--threads", "0")]
    public async Task What_does_not_fit_is_a_wrong_usage(string says, params string[] options) =>
        (await RunAsync("ids", options)).Fails(ExitCode.WrongUsage, says);

    // As a stop leaves it: some whole files, and a manifest of these alone.
    private async Task StopAfterAsync(string name, int shards)
    {
        string path = Path.Combine(_folder[name], "manifest.json");
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        manifest["complete"] = false;
        while (manifest["shards"]!.AsArray().Count > shards) manifest["shards"]!.AsArray().RemoveAt(shards);
        await File.WriteAllTextAsync(path, manifest.ToJsonString(), TestContext.Current.CancellationToken);
        foreach (string file in Shards(name).Skip(shards)) File.Delete(file);
    }

    private async Task<ToolRun> RunAsync(string output, params string[] options) => await ToolRun.Of(
        ["tokenize", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--output", _folder[output],
            .. options]);

    private string[] Shards(string name) => [.. Directory.GetFiles(_folder[name], "shard-*").Order(StringComparer.Ordinal)];

    private Dictionary<string, byte[]> Contents(string name) =>
        Directory.GetFiles(_folder[name]).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);

    private static double Field(ToolRun run, string name) => JsonDocument.Parse(run.Output).RootElement.GetProperty(name).GetDouble();

    private async Task<List<Row>> RowsAsync(string name)
    {
        var rows = new List<Row>();
        foreach (string file in Shards(name))
            rows.AddRange(file.EndsWith(".jsonl", StringComparison.Ordinal) ? LineRows(file) : await ParquetRowsAsync(file));
        return rows;
    }

    private static IEnumerable<Row> LineRows(string file) => File.ReadAllLines(file).Select(line =>
    {
        JsonElement row = JsonDocument.Parse(line).RootElement;
        return new Row(
            string.Join(',', row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())),
            row.GetProperty("length").GetInt32(),
            row.GetProperty("episode").GetString()!,
            row.GetProperty("episode_index").GetInt32(),
            row.GetProperty("start_step").GetInt32());
    });

    private static async Task<List<Row>> ParquetRowsAsync(string file)
    {
        var rows = await ParquetSerializer.DeserializeAsync<ParquetRow>(file);
        return [.. rows.Data.Select(row => new Row(string.Join(',', row.ids!), row.length, row.episode, row.episode_index,
            row.start_step))];
    }

    private sealed record Row(string Ids, int Length, string Episode, int EpisodeIndex, int Start);

    // Named as the columns are.
    public sealed class ParquetRow
    {
        public List<int>? ids { get; set; }

        public int length { get; set; }

        [ParquetRequired]
        public string episode { get; set; } = "";

        public int episode_index { get; set; }

        public int start_step { get; set; }
    }
}
