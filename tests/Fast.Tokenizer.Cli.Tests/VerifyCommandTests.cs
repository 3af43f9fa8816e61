using System.Text.Json;

namespace Fast.Tokenizer.Cli.Tests;

public sealed class VerifyCommandTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Limits_that_are_kept_pass()
    {
        ToolRun run = await Verify(
            "--max-rmse", "0.05", "--max-error", "0.5", "--max-mean-tokens", "140",
            "--max-rmse-normalized", "0.1", "--max-error-normalized", "1");
        Assert.Equal(5, run.Succeeds().Output.Split("kept").Length - 1);
        Assert.DoesNotContain("MISSED", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--max-rmse", "rmse", "has the largest")]
    [InlineData("--max-error", "max_error", "in episode 'episode_00")]
    [InlineData("--max-rmse-normalized", "rmse_normalized", "has the largest")]
    [InlineData("--max-error-normalized", "max_error_normalized", "in episode 'episode_00")]
    [InlineData("--max-mean-tokens", "mean_tokens", "the longest chunk has")]
    public async Task Limit_that_is_missed_gives_exit_code_1_and_the_row(string option, string figure, string worstCase)
    {
        ToolRun run = await Verify(option, "0.0001");
        Assert.Equal((ExitCode.ThresholdMissed, ""), (run.Code, run.Error));
        string row = Assert.Single(run.Output.Split('\n'), line => line.Contains("MISSED", StringComparison.Ordinal));
        Assert.Contains($" {figure} ", row, StringComparison.Ordinal);
        Assert.Contains(" 0.0001 ", row, StringComparison.Ordinal);
        Assert.Contains(
            run.Output.Split('\n'),
            line => line.StartsWith($"{figure}: ", StringComparison.Ordinal) && line.Contains(worstCase, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_has_a_row_for_each_limit()
    {
        ToolRun run = await Verify("--max-rmse", "0.0001", "--max-mean-tokens", "140", "--json");
        Assert.Equal((ExitCode.ThresholdMissed, ""), (run.Code, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement json = document.RootElement;
        Assert.False(json.GetProperty("passed").GetBoolean());
        JsonElement[] checks = [.. json.GetProperty("checks").EnumerateArray()];
        Assert.Equal(["rmse", "mean_tokens"], checks.Select(check => check.GetProperty("figure").GetString()));
        Assert.Equal([false, true], checks.Select(check => check.GetProperty("passed").GetBoolean()));
        Assert.Equal([0.0001, 140], checks.Select(check => check.GetProperty("limit").GetDouble()));
        Assert.Equal(json.GetProperty("report").GetProperty("rmse").GetDouble(), checks[0].GetProperty("value").GetDouble());
        Assert.Equal(JsonValueKind.Null, checks[1].GetProperty("worst_case").ValueKind);
    }

    [Fact]
    public async Task Figure_equal_to_its_limit_keeps_it()
    {
        using JsonDocument json = JsonDocument.Parse((await Verify("--max-rmse", "0", "--json")).Output);
        string rmse = json.RootElement.GetProperty("report").GetProperty("rmse").GetRawText();
        (await Verify("--max-rmse", rmse)).Succeeds();
    }

    [Fact]
    public async Task Joint_that_moves_only_after_training_misses_a_normalised_limit()
    {
        double[] still = [.. Motion.Episode(60, 2, 1).Select((value, i) => i % 2 == 1 ? 0.5 : value)];
        string data = _folder.WriteEpisodes("still.npz", 2, still, still);
        string moving = _folder.WriteEpisodes("moving.npz", 2, Motion.Episode(60, 2, 1));
        (await ToolRun.Of("train", "--data", data, "--horizon", "10", "--output", _folder["t"])).Succeeds();
        ToolRun run = await ToolRun.Of("verify", "--tokenizer", _folder["t"], "--data", moving, "--max-error-normalized", "100", "--json");
        Assert.Equal(ExitCode.ThresholdMissed, run.Code);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement check = Assert.Single(json.RootElement.GetProperty("checks").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, check.GetProperty("value").ValueKind);
        Assert.Contains("dim_1", check.GetProperty("worst_case").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--min-compression-ratio", "1000", "compression_ratio", "the longest chunk has")]
    [InlineData("--min-used-share", "1", "used_share", "the other ids occurred in none")]
    [InlineData("--min-entropy", "1", "entropy", "the most frequent id is")]
    [InlineData("--max-mean-absolute-error", "0", "mean_absolute_error", "has the largest")]
    [InlineData("--max-step-rmse-normalized", "0", "step_rmse_normalized", "of the chunk has the largest")]
    [InlineData("--max-prefix-rmse-normalized", "0", "prefix_rmse_normalized", "with the first 75 % of the tokens")]
    public async Task Other_figures_can_have_limits_too(string option, string limit, string figure, string worstCase)
    {
        ToolRun run = await Verify(option, limit);
        Assert.Equal(ExitCode.ThresholdMissed, run.Code);
        Assert.Contains(run.Output.Split('\n'),
            line => line.StartsWith($"{figure}: ", StringComparison.Ordinal) && line.Contains(worstCase, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chunks_that_do_not_decode_can_be_limited_by_name() =>
        Assert.Contains("undecodable_chunks", (await Verify("--max-undecodable-chunks", "0")).Succeeds().Output, StringComparison.Ordinal);

    [Fact]
    public async Task Limits_on_single_dimensions_have_rows_of_their_own()
    {
        ToolRun run = await Verify(
            "--dim-limit", "dx.rmse=1", "dx.max_error=0.0001", "gripper.p99_error=0.0001", "--dim-limit", "gripper.bias=2", "--json");
        Assert.Equal((ExitCode.ThresholdMissed, ""), (run.Code, run.Error));
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement[] checks = [.. json.RootElement.GetProperty("checks").EnumerateArray()];
        Assert.Equal(
            [("dx.rmse", true), ("dx.max_error", false), ("gripper.p99_error", false), ("gripper.bias", true)],
            checks.Select(check => (check.GetProperty("figure").GetString()!, check.GetProperty("passed").GetBoolean())));
        Assert.StartsWith("dx is off by", checks[1].GetProperty("worst_case").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dx.rmse", "is no limit: give NAME.FIGURE=X")]
    [InlineData("rmse=1", "is no limit")]
    [InlineData("=1", "is no limit")]
    [InlineData("", "is no limit")]
    [InlineData(".rmse=1", "is no limit")]
    [InlineData("dx.rmse=-1", "is no limit")]
    [InlineData("dx.rmse=NaN", "is no limit")]
    [InlineData("dx.rmse=wide", "is no limit")]
    [InlineData("dx.mean=1", "'mean' is no figure; give rmse, max_error, p99_error or bias")]
    [InlineData("elbow.rmse=1", "limits on the dimension 'elbow', the report has dx, dy")]
    public async Task Limits_on_a_dimension_that_mean_nothing_are_wrong_usage(string limit, string says) =>
        (await Verify("--dim-limit", limit)).Fails(ExitCode.WrongUsage, says);

    [Fact]
    public async Task Limit_given_twice_is_wrong_usage() =>
        (await Verify("--dim-limit", "dx.bias=1", "dx.bias=2")).Fails(ExitCode.WrongUsage, "--dim-limit limits dx.bias twice");

    [Fact]
    public async Task No_limit_is_wrong_usage() => (await Verify()).Fails(ExitCode.WrongUsage, "no limit was given", "--max-rmse");

    [Theory]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("small")]
    public async Task Limit_that_is_no_number_is_wrong_usage(string limit) =>
        (await Verify("--max-rmse", limit)).Fails(ExitCode.WrongUsage, "--max-rmse", limit);

    private async Task<ToolRun> Verify(params string[] limits) =>
        await ToolRun.Of(["verify", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, .. limits]);
}
