using Fast.Tokenizer.Interop.Hub;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Tests.Interop.Hub;

public sealed class FromPretrainedTests
{
    private const int Dimensions = 3, Horizon = 16;

    [Fact]
    public async Task A_tokenizer_trained_here_comes_back_from_the_Hub_the_same()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        FastActionTokenizer trained = await TrainAsync();
        hub.Publish(Saved(trained, hub));

        FastActionTokenizer loaded = await FastActionTokenizer.FromPretrainedAsync(
            FakeHub.Repository, hub.Options(), cancellationToken: TestContext.Current.CancellationToken);

        float[,] chunk = Chunk(7);
        Assert.Equal(trained.Encode(chunk), loaded.Encode(chunk));
        Assert.Equal(trained.Decode(trained.Encode(chunk)), loaded.Decode(loaded.Encode(chunk)));
    }

    [Fact]
    public async Task Everything_may_come_from_the_environment_of_the_process()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        FastActionTokenizer trained = await TrainAsync();
        hub.Publish(Saved(trained, hub));
        Dictionary<string, string?> variables = new()
        {
            ["HF_ENDPOINT"] = hub.Endpoint.AbsoluteUri,
            ["HF_HUB_CACHE"] = hub.CacheDirectory,
            ["HF_HUB_OFFLINE"] = "0",
            ["HF_TOKEN"] = "hf_environment",
        };
        Dictionary<string, string?> before = variables.Keys.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        try
        {
            foreach ((string name, string? value) in variables) Environment.SetEnvironmentVariable(name, value);
            FastActionTokenizer loaded = await FastActionTokenizer.FromPretrainedAsync(
                FakeHub.Repository, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(trained.Encode(Chunk(1)), loaded.Encode(Chunk(1)));
        }
        finally
        {
            foreach ((string name, string? value) in before) Environment.SetEnvironmentVariable(name, value);
        }

        Assert.Equal("Bearer hf_environment", hub.Requests.First().Authorization);
    }

    [Fact]
    public async Task A_folder_on_this_machine_wins_over_the_Hub()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        FastActionTokenizer trained = await TrainAsync();
        string folder = Path.Combine(hub.CacheDirectory, "tokenizer");
        trained.Save(folder);

        FastActionTokenizer loaded = await FastActionTokenizer.LoadOrDownloadAsync(
            folder, hub.Options(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(trained.Encode(Chunk(2)), loaded.Encode(Chunk(2)));
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task A_name_that_is_no_folder_is_a_repository()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        FastActionTokenizer trained = await TrainAsync();
        hub.Publish(Saved(trained, hub));

        FastActionTokenizer loaded = await FastActionTokenizer.LoadOrDownloadAsync(
            FakeHub.Repository, hub.Options(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(trained.Encode(Chunk(3)), loaded.Encode(Chunk(3)));
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("./robots/fast-test")]
    [InlineData("../fast-test")]
    [InlineData("/robots/fast-test")]
    [InlineData("a/b/c")]
    public async Task What_can_only_be_a_folder_is_not_asked_of_the_Hub(string name)
    {
        await using FakeHub hub = await FakeHub.StartAsync();

        DirectoryNotFoundException problem = await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => TokenizerSource.LocateAsync(name, hub.Options(), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains(name, problem.Message, StringComparison.Ordinal);
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task A_file_is_not_a_folder()
    {
        string file = Path.GetTempFileName();
        try
        {
            DirectoryNotFoundException problem = await Assert.ThrowsAsync<DirectoryNotFoundException>(
                () => TokenizerSource.LocateAsync(file, cancellationToken: TestContext.Current.CancellationToken));
            Assert.Contains("is a file", problem.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_mistyped_folder_is_told_to_be_neither_folder_nor_repository()
    {
        await using FakeHub hub = await FakeHub.StartAsync();

        HubException problem = await Assert.ThrowsAsync<HubException>(
            () => TokenizerSource.LocateAsync("out/tokeniser", hub.Options(), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("there is no folder out/tokeniser", problem.Message, StringComparison.Ordinal);
        Assert.Contains("401", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_published_tokenizer_comes_from_the_Hub_as_from_its_folder()
    {
        string folder = TestData.Locate("tokenizers", "fast_plus");
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(Files(folder));

        FastActionTokenizer loaded = await FastActionTokenizer.FromPretrainedAsync(
            FakeHub.Repository, hub.Options(), cancellationToken: TestContext.Current.CancellationToken);

        // The example of the reference stack: see README.md of the test data.
        double[] actions = [0, .4, .2, .4, .4, .4, .6, .4];
        int[] tokens = new int[loaded.MaxTokenCount(new ActionShape(4, 2))];
        EncodeResult encoded = loaded.Encode(actions, new ActionShape(4, 2), tokens);
        Assert.Equal([294, 1239, 258, 256], tokens[..encoded.Count]);
    }

    private static Dictionary<string, HubFile> Saved(FastActionTokenizer tokenizer, FakeHub hub)
    {
        string folder = Path.Combine(hub.CacheDirectory, "..", "saved");
        tokenizer.Save(folder);
        return Files(folder);
    }

    private static Dictionary<string, HubFile> Files(string folder) => Directory.EnumerateFiles(folder).ToDictionary(
        path => Path.GetFileName(path), path => new HubFile(File.ReadAllBytes(path), IsLarge: Path.GetFileName(path) == "tokenizer.json"));

    private static async Task<FastActionTokenizer> TrainAsync()
    {
        var random = new Random(1);
        Episode[] episodes =
        [
            .. Enumerable.Range(0, 6).Select(index => new Episode(
                $"episode {index}",
                Enumerable.Range(0, 60 * Dimensions).Select(i => Math.Sin((i * 0.05) + random.NextDouble())).ToArray(),
                Dimensions)),
        ];
        var trainer = new ActionTokenizerTrainer(new TrainingOptions { Horizon = Horizon });
        return (await trainer.TrainAsync(new EpisodeList(episodes), cancellationToken: TestContext.Current.CancellationToken)).Tokenizer;
    }

    private static float[,] Chunk(int seed)
    {
        var chunk = new float[Horizon, Dimensions];
        for (int t = 0; t < Horizon; t++)
        {
            for (int d = 0; d < Dimensions; d++) chunk[t, d] = MathF.Sin((seed + t + d) * 0.1f);
        }

        return chunk;
    }
}
