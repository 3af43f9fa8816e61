namespace Fast.Tokenizer.Cli.Tests;

/// <summary>The number of threads changes nothing but the time.</summary>
public sealed class ThreadsTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--reconstruction", "centroid", "--mode", "rate-distortion", "--lambda", "0.7")]
    [InlineData("--prune-from", "2")]
    [InlineData("--target-rmse-normalized", "0.05", "--validation", "0")]
    public async Task Train(params string[] options)
    {
        string data = _folder.WriteEpisodes("motion.npz", 3, [.. Enumerable.Range(0, 12).Select(i => Motion.Episode(80, 3, i))]);
        foreach (string threads in (string[])["1", "2", "7"])
        {
            (await ToolRun.Of(
                ["train", "--data", data, "--horizon", "16", "--vocab-size", "400", "--output", _folder[threads], "--threads", threads,
                    .. options]))
                .Succeeds();
        }

        foreach (string file in Directory.GetFiles(_folder["1"]))
        {
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder["2"], Path.GetFileName(file))));
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder["7"], Path.GetFileName(file))));
        }
    }

    [Fact]
    public async Task Evaluate() => await AssertSameAsync(
        "evaluate", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--stride", "3", "--json");

    [Fact]
    public async Task Verify() => await AssertSameAsync(
        "verify", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--stride", "3", "--max-rmse", "1",
            "--json");

    [Fact]
    public async Task Sweep() => await AssertSameAsync(
        "sweep", "--data", TrainedTokenizer.Recording, "--horizon", "1s", "--stride", "20", "--scale", "8,10", "--lambda", "0,1",
            "--vocab-size", "400",
        "--windows", "50", "--json");

    private static async Task AssertSameAsync(params string[] args)
    {
        string one = (await ToolRun.Of([.. args, "--threads", "1"])).SucceedsWithNotes().Output;
        Assert.NotEmpty(one);
        Assert.Equal(one, (await ToolRun.Of([.. args, "--threads", "3"])).SucceedsWithNotes().Output);
        Assert.Equal(one, (await ToolRun.Of(args)).SucceedsWithNotes().Output);
    }
}
