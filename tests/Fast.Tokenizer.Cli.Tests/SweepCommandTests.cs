using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using SkiaSharp;

namespace Fast.Tokenizer.Cli.Tests;

public sealed class SweepCommandTests : IDisposable
{
    private static readonly Dictionary<string, string> _plain = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Table_and_files_hold_every_point_of_a_recording()
    {
        SkipWithoutFont();
        // As a process: drawing runs in native code, which must not write on standard error either.
        ToolRun run = await ToolRun.OfProcess(
            _plain,
            "sweep", "--data", TrainedTokenizer.Recording, "--horizon", "1s", "--scale", "8,12", "--lambda", "0,1",
            "--vocab-size", "400,800", "--windows", "100", "--output", _folder["out"]);
        string[] lines = run.Succeeds().Output.Split('\n');

        Assert.Contains(lines, line => line.Contains("4 trained on, 1 held out, 0 too short", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("100 of [20,7]", StringComparison.Ordinal));
        Assert.Equal(4, lines.Count(line => line.Contains("  rate-distortion ", StringComparison.Ordinal)));
        foreach (string name in (string[])["shortest", "plain FAST", "published"])
            Assert.Equal(4, lines.Count(line => line.Contains($"  {name} ", StringComparison.Ordinal)));
        Assert.Single(lines, line => line.Contains(" 256 bins ", StringComparison.Ordinal));
        Assert.All(lines.SkipLast(2), line => Assert.InRange(line.TrimEnd().Length, 0, 80));

        Assert.Equal(["out"], _folder.Entries());
        Assert.Equal(
            ["rate-distortion.png", "rate-distortion.svg", "sweep.json"],
            Directory.EnumerateFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(
            Path.Combine(_folder["out"], "sweep.json"), TestContext.Current.CancellationToken));
        JsonElement json = document.RootElement;
        Assert.Equal(100, json.GetProperty("windows").GetInt32());
        JsonElement[] points = [.. json.GetProperty("points").EnumerateArray()];
        Assert.Equal(2 * 2 * 2, points.Length);
        Assert.All(points, point => Assert.Equal("rate_distortion", point.GetProperty("scheme").GetString()));
        Assert.Equal(
            lines.Count(line => line.TrimEnd().EndsWith("  *", StringComparison.Ordinal)),
            points.Count(point => point.GetProperty("is_pareto_optimal").GetBoolean()));
        Assert.Equal(
            ["canonical", "canonical", "canonical", "canonical", "published", "published", "published", "published", "binning"],
            json.GetProperty("baselines").EnumerateArray().Select(point => point.GetProperty("scheme").GetString()));
        Assert.Equal(0, json.GetProperty("skipped").GetArrayLength());

        await AssertPictures();
    }

    [Fact]
    public async Task Json_on_standard_output_is_the_file()
    {
        SkipWithoutFont();
        ToolRun run = await Sweep("--scale", "10", "--lambda", "0.5", "--json", "--output", _folder["out"]);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(_folder["out"], "sweep.json"), TestContext.Current.CancellationToken),
            run.Succeeds().Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Point_is_what_train_reports()
    {
        string[] recording = ["--data", Episodes(), "--horizon", "10", "--holdout", "0.4", "--dims", "0,1", "--stride", "2"];
        ToolRun sweep = await ToolRun.Of(["sweep", .. recording, "--scale", "14", "--lambda", "0.8", "--vocab-size", "300", "--json"]);
        ToolRun train = await ToolRun.Of(
        [
            "train", .. recording, "--scale", "14", "--mode", "rate-distortion", "--lambda", "0.8", "--vocab-size", "300", "--json",
            "--output", _folder["t"],
        ]);
        using JsonDocument swept = JsonDocument.Parse(sweep.Succeeds().Output), trained = JsonDocument.Parse(train.Succeeds().Output);
        JsonElement point = Assert.Single(swept.RootElement.GetProperty("points").EnumerateArray());
        foreach (string figure in (string[])["mean_tokens", "p99_tokens", "rmse_normalized", "max_error_normalized"])
        {
            Assert.Equal(
                trained.RootElement.GetProperty("held_out").GetProperty(figure).GetDouble(), point.GetProperty(figure).GetDouble());
        }
    }

    [Fact]
    public async Task Vocabulary_that_is_too_small_at_a_scale_is_left_out_and_named()
    {
        ToolRun run = await Sweep("--scale", "2,200", "--lambda", "1", "--vocab-size", "200", "--json");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains(
            "plain FAST, scale 200, is left out: a vocabulary of 200 tokens is smaller than the alphabet of",
            run.Error,
            StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Contains(
            json.RootElement.GetProperty("skipped").EnumerateArray(),
            skip => skip.GetProperty("scheme").GetString() == "canonical" && skip.GetProperty("scale").GetDouble() == 200);
        Assert.Equal(2, Assert.Single(json.RootElement.GetProperty("points").EnumerateArray()).GetProperty("scale").GetDouble());
    }

    [Fact]
    public async Task Vocabulary_that_is_always_too_small_is_wrong_usage()
    {
        (await Sweep("--vocab-size", "3", "--output", _folder["out"]))
            .Fails(ExitCode.WrongUsage, "a vocabulary of 3 tokens is smaller than the alphabet of");
        Assert.Equal(["e.npz"], _folder.Entries());
    }

    [Theory]
    [InlineData("--scale", "", "--scale : '' is no scale; give numbers above 0")]
    [InlineData("--scale", "8,,10", "--scale 8,,10: '' is no scale")]
    [InlineData("--scale", "8,0", "'0' is no scale")]
    [InlineData("--scale", "-3", "'-3' is no scale")]
    [InlineData("--scale", "NaN", "'NaN' is no scale")]
    [InlineData("--scale", "1e999", "'1e999' is no scale")]
    [InlineData("--lambda", "0,-1", "'-1' is no price; give numbers from 0 up")]
    [InlineData("--lambda", "", "'' is no price")]
    [InlineData("--lambda", "cheap", "'cheap' is no price")]
    [InlineData("--vocab-size", "", "'' is no vocabulary size")]
    [InlineData("--vocab-size", "0", "'0' is no vocabulary size; give whole numbers from 1 to 65535")]
    [InlineData("--vocab-size", "1024,2.5", "'2.5' is no vocabulary size")]
    [InlineData("--vocab-size", "65536", "'65536' is no vocabulary size")]
    [InlineData("--windows", "0", "--windows 0 is too small")]
    public async Task Lists_of_something_else_are_wrong_usage(string option, string value, string says) =>
        (await Sweep(option, value)).Fails(ExitCode.WrongUsage, says);

    [Fact]
    public async Task Output_that_cannot_be_a_folder_is_refused_before_the_work()
    {
        string file = _folder.Write("file", "x");
        (await Sweep("--output", Path.Combine(file, "out"))).Fails(ExitCode.InvalidData, "--output", "is a file; choose another folder");
    }

    [Fact]
    public async Task Other_files_in_the_folder_stay_and_ours_are_replaced()
    {
        SkipWithoutFont();
        Directory.CreateDirectory(_folder["out"]);
        _folder.Write(Path.Combine("out", "notes.txt"), "mine");
        _folder.Write(Path.Combine("out", "rate-distortion.png"), "old");
        (await Sweep("--scale", "10", "--lambda", "1", "--output", _folder["out"])).Succeeds();
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_folder["out"], "notes.txt"), TestContext.Current.CancellationToken));
        Assert.Equal(4, Directory.GetFileSystemEntries(_folder["out"]).Length);
        await AssertPictures();
    }

    [Fact]
    public async Task Single_episode_is_measured_on_itself_and_that_is_said()
    {
        string data = _folder.WriteEpisodes("one.npz", 2, Motion.Episode(60, 2));
        ToolRun run = await ToolRun.Of("sweep", "--data", data, "--horizon", "10", "--scale", "10", "--lambda", "1");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("only one episode is long enough: it is trained on and measured on", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 trained on, measured on the same", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_that_is_stopped_writes_nothing()
    {
        string[] args = ["sweep", "--data", Episodes(), "--horizon", "10", "--output", _folder["out"]];
        (await ToolRun.Of(new CancellationToken(canceled: true), args)).Fails(ExitCode.Interrupted, "stopped");
        Assert.Equal(["e.npz"], _folder.Entries());
    }

    [Fact]
    public async Task Signal_stops_the_sweep_and_nothing_is_left()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using Process sweep = ToolRun.Start(
            _plain,
            "sweep", "--data", TrainedTokenizer.Recording, "--horizon", "1s", "--vocab-size", "1024,2048,4096", "--output", _folder["out"]);
        Task<string> error = sweep.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (sweep is { HasExited: false, TotalProcessorTime.TotalSeconds: < 1 })
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            sweep.Refresh();
        }

        using Process kill = Process.Start("kill", ["-INT", $"{sweep.Id}"]);
        await sweep.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ExitCode.Interrupted, "fast-tokenizer: error: stopped before it was done\n"), (sweep.ExitCode, await error));
        Assert.Empty(_folder.Entries());
    }

    private static void SkipWithoutFont() => Assert.SkipUnless(RateDistortionPlot.HasFont, "no font is installed: plots have no lettering");

    private string Episodes() => _folder.WriteEpisodes(
        "e.npz", 2, [.. Enumerable.Range(1, 5).Select(seed => Motion.Episode(60 + (7 * seed), 2, seed))]);

    private async Task<ToolRun> Sweep(params string[] options) =>
        await ToolRun.Of(["sweep", "--data", Episodes(), "--horizon", "10", .. options]);

    private async Task AssertPictures()
    {
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(
            Path.Combine(_folder["out"], "sweep.json"), TestContext.Current.CancellationToken));
        string[] names =
        [
            .. document.RootElement.GetProperty("points").EnumerateArray()
                .Select(point => point.GetProperty("vocabulary_size").GetInt32())
                .Distinct()
                .SelectMany(size => (string[])[$"rate-distortion, {size} ids", $"plain FAST, {size} ids", $"published scheme, {size} ids"]),
            "binning, 256 ids",
            "tokens per chunk, mean",
            "RMSE, normalised",
        ];

        XDocument svg = XDocument.Load(Path.Combine(_folder["out"], "rate-distortion.svg"));
        Assert.Equal("svg", svg.Root!.Name.LocalName);
        Assert.Equal(("1080", "560"), (svg.Root.Attribute("width")!.Value, svg.Root.Attribute("height")!.Value));
        string[] texts =
            [.. svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim())];
        foreach (string name in names) Assert.Contains(name, texts);
        Assert.Contains(texts, text => text.StartsWith("Tokens against error: ", StringComparison.Ordinal));

        byte[] png = await File.ReadAllBytesAsync(
            Path.Combine(_folder["out"], "rate-distortion.png"), TestContext.Current.CancellationToken);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], png[..8]);
        Assert.Equal("IHDR"u8, png.AsSpan(12, 4));
        Assert.Equal(2160, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        Assert.Equal(1120, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        Assert.Equal("IEND"u8, png.AsSpan(png.Length - 8, 4));

        // The colour of the first vocabulary size, and white for the most part.
        using SKBitmap picture = SKBitmap.Decode(png);
        SKColor[] pixels = picture.Pixels;
        Assert.True(pixels.Count(pixel => pixel == new SKColor(0x1F, 0x77, 0xB4)) > 500);
        Assert.InRange(pixels.Count(pixel => pixel == SKColors.White) / (double)pixels.Length, 0.8, 0.99);
    }
}
