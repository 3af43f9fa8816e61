using System.Text.Json;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Reconstruction points on the command line.</summary>
public sealed class ReconstructionOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Training_with_centroids_makes_them_part_of_the_tokenizer_and_new_statistics_drop_them()
    {
        double plain = HeldOutRmse(await TrainAsync("plain"));
        double points = HeldOutRmse(await TrainAsync("points", "--reconstruction", "centroid"));
        Assert.True(points < plain, $"{points} with points, {plain} without");
        Assert.Equal("integer", await DecodedAsAsync("plain"));
        Assert.Equal("centroid", await DecodedAsAsync("points"));
        string config = await File.ReadAllTextAsync(
            Path.Combine(_folder["points"], "processor_config.json"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("UniversalActionProcessor", config, StringComparison.Ordinal);

        ToolRun converted = await ToolRun.Of(
            "convert", "--tokenizer", _folder["points"], "--statistics", Path.Combine(_folder["points"], "norm_stats.json"),
            "--output", _folder["converted"]);
        Assert.Equal(ExitCode.Done, converted.Code);
        Assert.Contains("reconstruction points", converted.Error, StringComparison.Ordinal);
        Assert.Equal("integer", await DecodedAsAsync("converted"));
    }

    [Fact]
    public async Task The_mode_is_the_one_that_points_are_measured_for()
    {
        await TrainAsync("canonical", "--reconstruction", "centroid");
        await TrainAsync("optimised", "--reconstruction", "centroid", "--mode", "rate-distortion", "--lambda", "0.7");
        double[] OffsetsOf(string name) => FastActionTokenizer.Load(_folder[name]).Definition.Reconstruction!.Offsets.ToArray();

        // A dead zone takes the smallest values from the integer 1.
        Assert.True(OffsetsOf("optimised").Sum() < OffsetsOf("canonical").Sum());
    }

    [Fact]
    public async Task An_unknown_kind_is_wrong_usage() =>
        (await ToolRun.Of("train", "--data", "x.npz", "--horizon", "5", "--output", _folder["t"], "--reconstruction", "median"))
            .Fails(ExitCode.WrongUsage, "--reconstruction 'median' is unknown", "integer, centroid");

    [Fact]
    public async Task A_target_that_chooses_the_mode_leaves_no_mode_to_measure_for() =>
        (await ToolRun.Of(
            "train", "--data", "x.npz", "--horizon", "5", "--output", _folder["t"], "--reconstruction", "centroid", "--target-tokens", "9"))
            .Fails(ExitCode.WrongUsage, "leave --reconstruction out");

    private async Task<ToolRun> TrainAsync(string name, params string[] options)
    {
        ToolRun run = await ToolRun.Of(
            ["train", "--data", TrainedTokenizer.Recording, "--horizon", "20", "--stride", "3", "--vocab-size", "300", "--json",
            "--output", _folder[name], .. options]);
        return run.Succeeds();
    }

    private static double HeldOutRmse(ToolRun run)
    {
        using JsonDocument json = JsonDocument.Parse(run.Output);
        return json.RootElement.GetProperty("held_out").GetProperty("rmse_normalized").GetDouble();
    }

    private async Task<string?> DecodedAsAsync(string name)
    {
        ToolRun run = await ToolRun.Of("inspect", _folder[name], "--json");
        using JsonDocument json = JsonDocument.Parse(run.Succeeds().Output);
        return json.RootElement.GetProperty("reconstruction").GetString();
    }
}
