using System.Runtime.CompilerServices;
using System.Text.Json;
using Fast.Tokenizer.Datasets.Tokens;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests.Tokens;

/// <summary>Random data sets against the plainest loop, and runs that are stopped at every place.</summary>
public sealed class DatasetTokenizerTests : IDisposable
{
    private const int Dims = 3;
    private const int Horizon = 8;

    private static readonly FastActionTokenizer _tokenizer = new ActionTokenizerTrainer(new TrainingOptions
    {
        Horizon = Horizon,
        Vocabulary = new BpeTrainerOptions { VocabularySize = 300 },
    }).TrainAsync(new EpisodeList([Motion("training", 200, 0), Motion("more", 100, 1)])).GetAwaiter().GetResult().Tokenizer;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TokenShardFormat.JsonLines)]
    [InlineData(TokenShardFormat.Parquet)]
    public async Task Every_chunk_of_a_random_data_set_is_a_row(TokenShardFormat format)
    {
        for (int seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            Episode[] episodes = Random(random);
            int stride = random.Next(1, 6), shard = random.Next(1, 1500);
            var options = new DatasetTokenizerOptions
            {
                Format = format,
                Stride = stride,
                ShardChunks = shard,
                MaxDegreeOfParallelism = random.Next(1, 5),
            };
            string folder = Path.Combine(_folder.FullPath, $"{format}-{seed}");
            List<Row> expected = Naive(episodes, stride);
            DatasetTokenizerResult result = await RunAsync(new EpisodeList(episodes), folder, options);

            List<Row> rows = [];
            foreach (string file in result.Files) rows.AddRange(await ReadAsync(Path.Combine(folder, file)));
            Assert.Equal(expected, rows);
            Assert.Equal(expected.Count, result.Chunks);
            Assert.Equal(expected.Sum(row => row.Length), result.Tokens);
            Assert.Equal(expected.DistinctBy(row => row.Index).Count(), result.Episodes);
            Assert.Equal(episodes.Length, result.Episodes + result.ShortEpisodes);

            // A file ends with the first episode that fills it, and with no other.
            int[] sizes = await Task.WhenAll(result.Files.Select(async file => (await ReadAsync(Path.Combine(folder, file))).Count));
            Assert.All(sizes[..^1], size => Assert.True(size >= shard));
            foreach (string file in result.Files)
            {
                List<Row> own = await ReadAsync(Path.Combine(folder, file));
                Assert.True(own.Count(row => row.Index != own[^1].Index) < shard);
            }
        }
    }

    [Theory]
    [InlineData(TokenShardFormat.JsonLines)]
    [InlineData(TokenShardFormat.Parquet)]
    public async Task A_run_that_fails_anywhere_is_completed_to_the_same_bytes(TokenShardFormat format)
    {
        Episode[] episodes = Random(new Random(77));
        var options = new DatasetTokenizerOptions { Format = format, ShardChunks = 60, Sampling = new TokenSampling(5) };
        string whole = Path.Combine(_folder.FullPath, "whole");
        await RunAsync(new EpisodeList(episodes), whole, options);
        Dictionary<string, byte[]> expected = Contents(whole);
        for (int first = 0; first < episodes.Length; first++)
        {
            string folder = Path.Combine(_folder.FullPath, $"stopped-{first}");
            foreach (int stop in (int[])[first, (first + episodes.Length) / 2])
                await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(new Interrupted(episodes, stop), folder, options));
            if (Directory.Exists(folder)) Assert.All(Contents(folder).Keys, name => Assert.True(expected.ContainsKey(name), name));
            await RunAsync(new EpisodeList(episodes), folder, options with { MaxDegreeOfParallelism = 1 + (first % 3) });
            Assert.Equal(expected, Contents(folder));
        }
    }

    [Fact]
    public async Task Nothing_is_left_of_a_run_without_a_whole_file()
    {
        string folder = Path.Combine(_folder.FullPath, "ids");
        Episode[] episodes = [Motion("a", 40, 0), Motion("b", 40, 1)];
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(new Interrupted(episodes, 1), folder, new()));
        Assert.False(Directory.Exists(folder));
        Directory.CreateDirectory(folder);
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(new Interrupted(episodes, 1), folder, new()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task An_episode_of_another_robot_is_named()
    {
        var wide = new Episode("wide", new double[(Dims + 1) * 20], Dims + 1);
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(
            () => RunAsync(new EpisodeList([Motion("a", 40, 0), wide]), Path.Combine(_folder.FullPath, "ids"), new()));
        Assert.Contains("'wide' has 4 dimensions, the tokenizer 3", problem.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        foreach (DatasetTokenizerOptions options in (DatasetTokenizerOptions[])
        [
            new() { Horizon = 0 },
            new() { Stride = 0 },
            new() { ShardChunks = 0 },
            new() { MaxDegreeOfParallelism = 0 },
            new() { MaxDegreeOfParallelism = -2 },
            new() { Sampling = new TokenSampling(1, 0) },
            new() { Sampling = new TokenSampling(1, double.NaN) },
            new() { Sampling = new TokenSampling(1), Encoding = new EncodeOptions { Mode = EncodeMode.Shortest } },
        ])
        {
            Assert.ThrowsAny<ArgumentException>(() => new DatasetTokenizer(_tokenizer, options));
        }
    }

    [Fact]
    public void Each_chunk_has_a_seed_of_its_own()
    {
        var seen = new HashSet<string>();
        foreach (ulong seed in (ulong[])[0, 1, ulong.MaxValue])
        {
            for (int episode = 0; episode < 40; episode++)
            {
                for (int start = 0; start < 40; start++) Assert.True(seen.Add(new TokenSampling(seed).ModeOf(episode, start).ToString()!));
            }
        }

        // What an earlier version drew is drawn again.
        Assert.Equal("Sampled(7702586659592502839, 0.3)", new TokenSampling(1).ModeOf(2, 3).ToString());
    }

    private static async Task<DatasetTokenizerResult> RunAsync(IEpisodeSource source, string folder, DatasetTokenizerOptions options) =>
        await new DatasetTokenizer(_tokenizer, options).RunAsync(source, folder, cancellationToken: TestContext.Current.CancellationToken);

    private static Episode Motion(string name, int steps, int seed)
    {
        var random = new Random(seed);
        double[] phases = [.. Enumerable.Range(0, Dims).Select(_ => random.NextDouble() * 6)];
        return new(name, Enumerable.Range(0, steps * Dims).Select(i => Math.Sin((i / Dims * 0.2) + phases[i % Dims])).ToArray(), Dims);
    }

    // Some too short, one longer than several blocks of chunks, names that need care in JSON.
    private static Episode[] Random(Random random)
    {
        string[] names = ["plain", "with \"quotes\"", "line\nbreak", "ünïcode 机器人 🤖", "", "tab\tand \\"];
        int count = random.Next(2, 14), longest = random.Next(count);
        return [.. Enumerable.Range(0, count).Select(i =>
            Motion($"{names[random.Next(names.Length)]}{i}", i == longest ? 1400 : random.Next(1, 60), random.Next()))];
    }

    private static List<Row> Naive(Episode[] episodes, int stride)
    {
        var rows = new List<Row>();
        for (int e = 0; e < episodes.Length; e++)
        {
            for (int start = 0; start + Horizon <= episodes[e].Steps; start += stride)
            {
                double[] chunk = episodes[e].Actions.Slice(start * Dims, Horizon * Dims).ToArray();
                var ids = new int[chunk.Length];
                int length = _tokenizer.Encode(chunk, new ActionShape(Horizon, Dims), ids).Count;
                rows.Add(new Row(string.Join(',', ids.Take(length)), length, episodes[e].Name, e, start));
            }
        }

        return rows;
    }

    private static Dictionary<string, byte[]> Contents(string folder) =>
        Directory.GetFiles(folder).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);

    private static async Task<List<Row>> ReadAsync(string file) => file.EndsWith(".jsonl", StringComparison.Ordinal)
        ? [.. (await File.ReadAllLinesAsync(file)).Select(line => JsonDocument.Parse(line).RootElement).Select(row => new Row(
            string.Join(',', row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())),
            row.GetProperty("length").GetInt32(),
            row.GetProperty("episode").GetString()!,
            row.GetProperty("episode_index").GetInt32(),
            row.GetProperty("start_step").GetInt32()))]
        : await ReadParquetAsync(file);

    private static async Task<List<Row>> ReadParquetAsync(string file)
    {
        var rows = new List<Row>();
        foreach (Columns row in (await Parquet.Serialization.ParquetSerializer.DeserializeAsync<Columns>(file)).Data)
            rows.Add(new Row(string.Join(',', row.ids!), row.length, row.episode, row.episode_index, row.start_step));
        return rows;
    }

    private sealed record Row(string Ids, int Length, string Episode, int Index, int Start);

    // Named as the columns are.
    public sealed class Columns
    {
        public List<int>? ids { get; set; }

        public int length { get; set; }

        [Parquet.Serialization.Attributes.ParquetRequired]
        public string episode { get; set; } = "";

        public int episode_index { get; set; }

        public int start_step { get; set; }
    }

    // Is stopped when it has handed out some episodes.
    private sealed class Interrupted(Episode[] episodes, int after) : IEpisodeSource
    {
        public string Name => "interrupted";

        public IReadOnlyList<string>? DimensionNames => null;

        public double? Rate => null;

        public async IAsyncEnumerable<Episode> ReadEpisodesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            foreach (Episode episode in episodes.Take(after)) yield return episode;
            throw new OperationCanceledException();
        }
    }
}
