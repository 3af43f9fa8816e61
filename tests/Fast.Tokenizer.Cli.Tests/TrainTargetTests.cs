using System.Globalization;
using System.Text.Json;

namespace Fast.Tokenizer.Cli.Tests;

public sealed class TrainTargetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--target-rmse-normalized", "0.03")]
    [InlineData("--target-max-error-normalized", "0.2")]
    [InlineData("--target-rmse", "0.03")]
    [InlineData("--target-rmse", "0.02,0.05")]
    [InlineData("--target-max-error", "0.1, 0.3")]
    [InlineData("--target-tokens", "6")]
    public async Task Target_chooses_the_scale_and_how_to_encode(string option, string target)
    {
        using JsonDocument document = JsonDocument.Parse((await Train(option, target, "--validation", "0.3", "--json")).Succeeds().Output);
        JsonElement json = document.RootElement, tuning = json.GetProperty("tuning"), chosen = tuning.GetProperty("chosen");

        double scale = chosen.GetProperty("scale").GetDouble(), lambda = chosen.GetProperty("lambda").GetDouble();
        Assert.True(chosen.GetProperty("is_met").GetBoolean());
        Assert.Equal(scale, json.GetProperty("scale").GetDouble());
        Assert.Equal(scale, FastActionTokenizer.Load(_folder["t"]).Definition.Scale);
        Assert.InRange(tuning.GetProperty("curve").GetArrayLength(), 8, 80);
        Assert.Contains(tuning.GetProperty("curve").EnumerateArray(), point => JsonElement.DeepEquals(point, chosen));

        // The arguments are what the held-out report was made with: evaluating with them on the same episodes gives it again.
        string arguments = tuning.GetProperty("encoding_arguments").GetString()!;
        Assert.Equal(
            lambda > 0 ? string.Create(CultureInfo.InvariantCulture, $"--mode rate-distortion --lambda {lambda}") : "--mode shortest",
            arguments);
        string heldOut = _folder.WriteEpisodes("held-out.npz", 2, Motion.Episode(64, 2, 4));
        ToolRun evaluation = await ToolRun.Of(
            ["evaluate", "--tokenizer", _folder["t"], "--data", heldOut, "--json", .. arguments.Split(' ')]);
        using JsonDocument report = JsonDocument.Parse(evaluation.Succeeds().Output);
        foreach (string figure in (string[])["mean_tokens", "rmse_normalized"])
        {
            Assert.Equal(
                json.GetProperty("held_out").GetProperty(figure).GetDouble(), report.RootElement.GetProperty(figure).GetDouble(), 1e-12);
        }
    }

    [Fact]
    public async Task Table_shows_the_curve_and_what_was_chosen()
    {
        string output = (await Train("--target-rmse-normalized", "0.03", "--validation", "0")).Succeeds().Output;
        Assert.Matches(@"\n\s*encode with\s+--mode (rate-distortion --lambda [0-9.]+|shortest)\s*\n", output);
        Assert.Matches(@"\n\s*chosen\s+scale [0-9.]+, lambda [0-9.]+\s*\n", output);
        Assert.Single(output.Split('\n'), line => line.TrimEnd().EndsWith(" chosen", StringComparison.Ordinal));
        Assert.Contains("On held-out episodes:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Few_episodes_are_trained_on_and_measured_on_and_that_is_said()
    {
        ToolRun run = await Train("--target-rmse-normalized", "0.03");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Equal(
            "fast-tokenizer: fewer than 10 episodes are trained on: the target is measured on them too; see --validation",
            run.Error.TrimEnd());
    }

    [Theory]
    [InlineData("--target-rmse-normalized 0.03 --target-tokens 5", "-normalized and --target-tokens exclude each other: give one")]
    [InlineData("--target-rmse 0.03 --scale 12", "--target-rmse chooses the scale and the mode by itself: leave --scale out")]
    [InlineData("--target-tokens 5 --mode canonical", "leave --mode out")]
    [InlineData("--target-tokens 5 --max-error 0.1", "leave --max-error out")]
    [InlineData("--target-rmse 0", "--target-rmse 0: '0' is no target; give a number above 0")]
    [InlineData("--target-rmse -1", "'-1' is no target")]
    [InlineData("--target-tokens few", "'few' is no target")]
    [InlineData("--target-rmse-normalized 0.1,0.2", "--target-rmse-normalized has 2 numbers: give one")]
    [InlineData("--target-max-error 0.1,0.2,0.3", "--target-max-error has 3 numbers for 2 dimensions: give one, or one for each")]
    [InlineData("--target-rmse 1 --validation 1", "validation share of 1 ")]
    [InlineData("--validation 0.2", "--validation is for a target: give one of --target-rmse,")]
    public async Task Targets_that_mean_nothing_are_wrong_usage(string options, string says)
    {
        (await Train(options.Split(' '))).Fails(ExitCode.WrongUsage, says);
        Assert.Equal(["e.npz"], _folder.Entries());
    }

    [Fact]
    public async Task Target_out_of_reach_writes_nothing_and_names_the_nearest_point()
    {
        (await Train("--target-rmse-normalized", "1e-7", "--validation", "0"))
            .Fails(ExitCode.InvalidData, "no scale reaches the target: the nearest, 16 with");
        Assert.Equal(["e.npz"], _folder.Entries());
    }

    private async Task<ToolRun> Train(params string[] options)
    {
        if (!File.Exists(_folder["e.npz"]))
            _folder.WriteEpisodes("e.npz", 2, [.. Enumerable.Range(1, 4).Select(seed => Motion.Episode(60 + seed, 2, seed))]);
        return await ToolRun.Of(
        [
            "train", "--data", _folder["e.npz"], "--horizon", "10", "--vocab-size", "400", "--holdout", "0.25", "--output", _folder["t"],
            .. options,
        ]);
    }
}
