namespace Fast.Tokenizer.Cli.Tests;

/// <summary>What cannot be trained on: each is named, has its exit code, and leaves nothing behind.</summary>
public sealed class BadTrainingInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Missing_recording() =>
        await Refuses(_folder["nope.npz"], ExitCode.InvalidData, ["nope.npz", "no such file"]);

    [Fact]
    public async Task Empty_file() => await Refuses(_folder.Write("e.npz", ""), ExitCode.InvalidData, ["e.npz", "empty"]);

    [Fact]
    public async Task Archive_without_episodes() =>
        await Refuses(_folder.WriteEpisodes("e.npz", 2), ExitCode.InvalidData, ["e.npz", "no arrays"]);

    [Fact]
    public async Task File_of_another_kind() =>
        await Refuses(_folder.Write("e.npz", "this is no archive"), ExitCode.InvalidData, ["e.npz", "no known recording format"]);

    [Fact]
    public async Task Archive_that_is_truncated()
    {
        string path = _folder.WriteEpisodes("e.npz", 2, Motion.Episode(60, 2));
        using (FileStream file = File.OpenWrite(path)) file.SetLength(200);
        await Refuses(path, ExitCode.InvalidData, ["e.npz"]);
    }

    [Fact]
    public async Task Episodes_without_steps() =>
        await Refuses(_folder.WriteEpisodes("e.npz", 2, [], []), ExitCode.InvalidData, ["none of the 2 episodes", "longest has 0"]);

    [Fact]
    public async Task Episodes_shorter_than_the_horizon() =>
        await Refuses(Episodes(9, 7), ExitCode.InvalidData, ["none of the 2 episodes", "10 steps, the longest has 9", "shorter horizon"]);

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "infinity")]
    [InlineData(double.NegativeInfinity, "-infinity")]
    public async Task Value_that_is_not_finite(double value, string called)
    {
        double[] bad = Motion.Episode(60, 3);
        bad[(17 * 3) + 2] = value;
        string path = _folder.WriteEpisodes("e.npz", 3, Motion.Episode(60, 3), bad);
        await Refuses(path, ExitCode.InvalidData, ["'episode_001'", $"is {called} at step 17, dimension 2"]);
    }

    [Fact]
    public async Task Recordings_of_two_robots()
    {
        string other = _folder.WriteEpisodes("other.npz", 3, Motion.Episode(60, 3));
        await Refuses(Episodes(60), ExitCode.InvalidData, ["3 dimensions", "2"], more: ["--data", other]);
    }

    [Fact]
    public async Task Vocabulary_smaller_than_the_alphabet() =>
        await Refuses(
            Episodes(60, 60),
            ExitCode.WrongUsage,
            ["a vocabulary of 5 tokens is smaller than the alphabet of", "lower the scale"],
            more: ["--vocab-size", "5"]);

    [Theory]
    [InlineData("0")]
    [InlineData("-10")]
    [InlineData("NaN")]
    [InlineData("1e9")]
    [InlineData("1e-9")]
    [InlineData("Infinity")]
    public async Task Scale_that_makes_no_sense(string scale) =>
        await Refuses(Episodes(60, 60), ExitCode.WrongUsage, ["the scale is", "10 is what"], more: ["--scale", scale]);

    [Theory]
    [InlineData("--scale", "abc", "'abc'")]
    [InlineData("--stride", "0", "--stride 0 is too small")]
    [InlineData("--seed", "x", "'x' for option '--seed' as a whole number")]
    [InlineData("--rate", "fast", "'fast' for option '--rate' as a number")]
    [InlineData("--min-frequency", "x", "'x' for option '--min-frequency' as a whole number")]
    [InlineData("--stride", "1.5", "'1.5' for option '--stride' as a whole number")]
    [InlineData("--vocab-size", "100000", "too large")]
    [InlineData("--prune-from", "1", "1 candidates for each token are not above 1 and at most 16")]
    [InlineData("--prune-from", "x", "'x' for option '--prune-from' as a number")]
    [InlineData("--margin", "2", "margin of 2")]
    [InlineData("--holdout", "1", "holdout of 1")]
    [InlineData("--holdout", "-0.1", "holdout of -0.1")]
    [InlineData("--normalization", "zscore", "--normalization 'zscore' is unknown: give q01q99")]
    [InlineData("--alphabet", "runes", "--alphabet 'runes' is unknown: give integer, byte-level")]
    [InlineData("--order", "random", "give frequency, dimension")]
    [InlineData("--dims", "0:5", "there is no dimension 2")]
    [InlineData("--dims", "2:2", "the slice 2:2 is empty")]
    [InlineData("--dims", "0:2000000000", "the slice 0:2000000000 is empty or too long")]
    [InlineData("--dims", "0,1,0", "dimension 0 twice")]
    [InlineData("--dims", "gripper", "'gripper' is no dimension")]
    [InlineData("--dims", "-1", "'-1' is no dimension")]
    [InlineData("--dims", "", "'' is no dimension")]
    [InlineData("--unnormalized-dims", "7", "7 is not encoded")]
    [InlineData("--rate", "0", "a rate of 0")]
    [InlineData("--min-frequency", "0", "--min-frequency 0 is too small")]
    [InlineData("--max-token-length", "0", "--max-token-length 0 is too small")]
    public async Task Option_that_does_not_fit(string option, string value, string says)
    {
        string[] args = ["train", "--data", Episodes(60, 60), "--horizon", "10", "--output", _folder["t"], option, value];
        (await ToolRun.Of(args)).Fails(ExitCode.WrongUsage, says);
        Assert.Equal(["e.npz"], _folder.Entries());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1m")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("1e400s")]
    [InlineData("1.5")]
    [InlineData("s")]
    public async Task Horizon_that_is_no_length(string horizon) =>
        (await ToolRun.Of("train", "--data", Episodes(60), "--output", _folder["t"], "--horizon", horizon))
            .Fails(ExitCode.WrongUsage, $"--horizon '{horizon}' is no length: give steps such as 50, or seconds");

    [Fact]
    public async Task Seconds_without_a_rate() =>
        (await ToolRun.Of("train", "--data", Episodes(60), "--output", _folder["t"], "--horizon", "1s"))
            .Fails(ExitCode.WrongUsage, "does not say its rate", "give the rate");

    [Fact]
    public async Task Clipping_where_there_is_no_range() =>
        await Refuses(Episodes(60, 60), ExitCode.WrongUsage, ["lip"], more: ["--normalization", "meanstd", "--clip"]);

    [Fact]
    public async Task Output_that_is_a_file()
    {
        string file = _folder.Write("notes.txt", "mine");
        foreach (string output in (string[])[file, Path.Combine(file, "below")])
        {
            (await ToolRun.Of("train", "--data", Episodes(60), "--horizon", "10", "--output", output))
                .Fails(ExitCode.InvalidData, "notes.txt is a file; choose another folder");
        }

        Assert.Equal("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Output_that_holds_other_things()
    {
        Directory.CreateDirectory(_folder["t"]);
        _folder.Write("t/thesis.txt", "mine");
        (await ToolRun.Of("train", "--data", Episodes(60), "--horizon", "10", "--output", _folder["t"]))
            .Fails(ExitCode.InvalidData, "choose an empty or new folder");
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder["t/thesis.txt"], TestContext.Current.CancellationToken));
    }

    private string Episodes(params int[] steps) => File.Exists(_folder["e.npz"])
        ? _folder["e.npz"]
        : _folder.WriteEpisodes("e.npz", 2, [.. steps.Select(count => Motion.Episode(count, 2, count))]);

    private async Task Refuses(string data, int code, string[] says, params string[] more)
    {
        string[] before = _folder.Entries();
        (await ToolRun.Of(["train", "--data", data, "--horizon", "10", "--output", _folder["t"], .. more])).Fails(code, says);
        Assert.Equal(before, _folder.Entries());
    }
}
