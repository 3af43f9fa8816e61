using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary><c>--json</c> of the commands that say little else.</summary>
public sealed class JsonReportTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Encode_counts_what_it_wrote()
    {
        JsonNode report = await EncodeAsync();
        string[] lines = await File.ReadAllLinesAsync(_folder["ids.jsonl"], TestContext.Current.CancellationToken);
        Assert.Equal(_folder["ids.jsonl"], (string)report["output"]!);
        Assert.Equal(lines.Length, (int)report["chunks"]!);
        Assert.Equal(lines.Sum(line => JsonSerializer.Deserialize<int[]>(line)!.Length), (int)report["tokens"]!);
        Assert.Equal((0, 0), ((int)report["clipped"]!, (int)report["clipped_chunks"]!));
    }

    [Fact]
    public async Task Report_says_what_the_page_is_of()
    {
        ToolRun run = await ToolRun.Of(
            "report", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--output", _folder["report.html"],
            "--stride", "50", "--windows", "20", "--skip-bad", "--json");
        JsonNode report = JsonNode.Parse(run.Succeeds().Output)!;

        // 412, 532, 1036, 1482 and 261 steps in windows of 20, one for every 50 steps.
        Assert.Equal(
            (_folder["report.html"], 8 + 11 + 21 + 30 + 5, 5, 0),
            ((string)report["output"]!, (int)report["chunks"]!, (int)report["episodes"]!, (int)report["skipped_episodes"]!));
        Assert.Empty(report["bad_episodes"]!.AsArray());
        Assert.True(File.Exists(_folder["report.html"]));
    }

    [Fact]
    public async Task Encode_does_not_mix_ids_and_a_report() =>
        (await ToolRun.Of("encode", "--tokenizer", "t", "--input", "x.npy", "--output", "-", "--json"))
            .Fails(ExitCode.WrongUsage, "--json writes to standard output, as --output - does");

    [Fact]
    public async Task Decode_counts_chunks_by_what_became_of_them()
    {
        await EncodeAsync();
        await File.AppendAllTextAsync(_folder["ids.jsonl"], "[0]\n[99999]\n", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "decode", "--tokenizer", await trained.FolderAsync(), "--input", _folder["ids.jsonl"], "--output", _folder["y.npy"],
                "--policy", "prefix", "--json");
        JsonNode report = JsonNode.Parse(run.SucceedsWithNotes().Output)!;
        Assert.Equal(8, (int)report["chunks"]!);
        JsonNode statuses = report["statuses"]!;
        Assert.Equal(
            (6, 1, 1, 0, 0),
            ((int)statuses["complete"]!, (int)statuses["short"]!, (int)statuses["invalid_token"]!, (int)statuses["long"]!,
                (int)statuses["ill_formed_bytes"]!));
    }

    [Fact]
    public async Task Convert_names_the_tokenizer_it_wrote()
    {
        ToolRun run = await ToolRun.Of(
            "convert", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--stride", "20", "--vocab-size",
                "320",
            "--output", _folder["t"], "--json", "--threads", "1");
        JsonNode report = JsonNode.Parse(run.Succeeds().Output)!;
        FastActionTokenizer converted = FastActionTokenizer.Load(_folder["t"]);
        Assert.Equal((_folder["t"], 320, converted.Checksum()), ((string)report["output"]!, (int)report["vocabulary_size"]!,
            (string)report["checksum"]!));
    }

    [Fact]
    public async Task Sampled_lines_are_drawn_again_from_the_same_seed_and_mean_the_same_actions()
    {
        string[] files = new string[4];
        string[][] modes = [["--mode", "canonical"], ["--mode", "sampled", "--seed", "1"], ["--mode", "sampled", "--seed", "1"],
            ["--mode", "sampled", "--seed", "2"]];
        for (int i = 0; i < files.Length; i++)
        {
            await EncodeAsync(modes[i]);
            files[i] = await File.ReadAllTextAsync(_folder["ids.jsonl"], TestContext.Current.CancellationToken);
            (await ToolRun.Of("decode", "--tokenizer", await trained.FolderAsync(), "--input", _folder["ids.jsonl"], "--output",
                _folder[$"{i}.npy"])).Succeeds();
        }

        Assert.Equal(files[1], files[2]);
        Assert.NotEqual(files[1], files[3]);
        Assert.NotEqual(files[0], files[1]);
        for (int i = 1; i < files.Length; i++) Assert.Equal(File.ReadAllBytes(_folder["0.npy"]), File.ReadAllBytes(_folder[$"{i}.npy"]));
    }

    private async Task<JsonNode> EncodeAsync(params string[] options)
    {
        double[] values =
            [.. Enumerable.Range(0, 6).SelectMany(i => Motion.Episode(TrainedTokenizer.Horizon, TrainedTokenizer.Dims,
                i)).Select(value => value * 0.2)];
        string input = _folder.WriteArray("x.npy", values, 6, TrainedTokenizer.Horizon, TrainedTokenizer.Dims);
        ToolRun run = await ToolRun.Of(
            ["encode", "--tokenizer", await trained.FolderAsync(), "--input", input, "--output", _folder["ids.jsonl"], "--json",
                .. options]);
        return JsonNode.Parse(run.Succeeds().Output)!;
    }
}
