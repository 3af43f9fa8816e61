using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Tests.Report;

public sealed partial class ReportCommandTests(TrainedTokenizer trained, ReportPages pages) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Figures_are_those_of_evaluate()
    {
        JsonElement json = Json(await ReadAsync(await pages.RecordedPathAsync()));
        ToolRun run = await ToolRun.Of(
            "evaluate", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--json", "--mode",
                "rate-distortion", "--lambda", "0.7");
        using JsonDocument evaluated = JsonDocument.Parse(run.Succeeds().Output);
        Assert.True(JsonElement.DeepEquals(evaluated.RootElement, json.GetProperty("fidelity")));

        Assert.Equal(("tokenizer", "robosuite_panda.npz"), (json.GetProperty("name").GetString(), json.GetProperty("data").GetString()));
        Assert.Equal("rate-distortion, lambda 0.7", json.GetProperty("mode").GetString());
        Assert.Equal((5, 0, 1), (json.GetProperty("episodes").GetInt32(), json.GetProperty("skipped_episodes").GetInt32(),
            json.GetProperty("stride").GetInt32()));
        JsonElement distributions = json.GetProperty("distributions");
        Assert.Equal(3723 - (5 * 19), distributions.GetProperty("chunks_by_tokens").EnumerateArray().Sum(count => count.GetInt64()));
        Assert.Equal(300, distributions.GetProperty("id_counts").GetArrayLength());
        Assert.Equal(
            distributions.GetProperty("id_counts").EnumerateArray().Sum(count => count.GetInt64()),
            distributions.GetProperty("chunks_by_tokens").EnumerateArray().Select((count, tokens) => count.GetInt64() * tokens).Sum());
        Assert.Equal(
            ["rate_distortion", "canonical", "binning"],
            json.GetProperty("rate_distortion").EnumerateArray().Select(point => point.GetProperty("scheme").GetString()).Distinct());
    }

    [Fact]
    public async Task Worst_chunks_are_shown_after_the_chosen_ones()
    {
        Episode episode = (await RecordedEpisodes.ReadAsync(TrainedTokenizer.Recording))[2];
        string page = await WriteAsync("--stride", "40", "--windows", "5", "--worst", "2", "--chunk", $"{episode.Name}:17",
            $"{episode.Name}:5", $"{episode.Name}:17");
        JsonElement json = Json(page);
        JsonElement[] chunks = [.. json.GetProperty("chunks").EnumerateArray()],
            worst = [.. json.GetProperty("fidelity").GetProperty("worst_chunks").EnumerateArray()];
        Assert.Equal(
            [(episode.Name, 17), (episode.Name, 5), Place(worst[0]), Place(worst[1])],
            chunks.Select(Place));
        Assert.Equal(["chosen", "chosen", "the worst", "number 2 of the worst"],
            chunks.Select(chunk => chunk.GetProperty("reason").GetString()));

        FastActionTokenizer tokenizer = FastActionTokenizer.Load(await trained.FolderAsync());
        double[] recorded = episode.Actions.Slice(17 * 7, 20 * 7).ToArray();
        JsonElement trace = chunks[0].GetProperty("trace");
        Assert.Equal(recorded, trace.GetProperty("recorded").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(tokenizer.Encode(recorded, new ActionShape(20, 7)),
            trace.GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("id").GetInt32()));

        static (string?, int) Place(JsonElement chunk) => (chunk.GetProperty("episode").GetString(), chunk.GetProperty("step").GetInt32());
    }

    [Fact]
    public async Task Page_holds_all_that_it_needs_and_allows_nothing_else()
    {
        string page = await ReadAsync(await pages.RecordedPathAsync());
        Assert.DoesNotMatch(@"https?:|\burl\(|@import|\bsrc\s*=|<link|<iframe|<object|javascript:|\son[a-z]+\s*=", page);
        Match policy = Policy().Match(page);
        Assert.Equal(
            "default-src 'none'; style-src '" + Hash(Between(page, "<style>", "</style>")) + "'; script-src '"
            + Hash(Between(page, "<script>", "</script>")) + "'; base-uri 'none'; form-action 'none'",
            policy.Groups[1].Value);
        Assert.DoesNotContain(_folder.FullPath, page, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetDirectoryName(TrainedTokenizer.Recording)!, page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.Equal(1, page.Split("<h1>").Length - 1);
        Assert.Equal(Ids().Count(page), Ids().Matches(page).Select(id => id.Value).Distinct().Count());
    }

    [Fact]
    public async Task Names_are_escaped_in_markup_drawings_and_JSON()
    {
        string page = await ReadAsync(await pages.HostilePathAsync());
        string[] names = [.. HostileRecording.Dimensions, .. HostileRecording.Episodes];
        Assert.All(names.Where(name => name.Contains('<') || name.Contains('&')), name =>
            Assert.DoesNotContain(name, page, StringComparison.Ordinal));
        Assert.Equal(2, page.Split("</script>").Length - 1);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);

        // As XML reads them, drawings say the names, or what of them XML can say.
        XElement[] drawings = [.. Drawings().Matches(page).Select(drawing => XElement.Parse(drawing.Value))];
        string[] texts = [.. drawings.SelectMany(drawing => drawing.DescendantsAndSelf())
            .SelectMany(element => element.Attributes("aria-label").Select(label => label.Value))];
        Assert.Contains(texts, text => text.Contains(HostileRecording.Dimensions[0], StringComparison.Ordinal));
        Assert.Contains(texts, text => text.Contains("{{title}} ]]> <!-- & &lt; \uFFFD\uFFFD", StringComparison.Ordinal));
        string[] kinds = ["svg", "line", "text", "rect", "path", "polyline", "polygon", "circle", "title"];
        Assert.All(drawings.SelectMany(drawing => drawing.DescendantsAndSelf()), element => Assert.Contains(element.Name.LocalName, kinds));

        JsonElement json = Json(page);
        Assert.Equal(
            HostileRecording.Dimensions,
            json.GetProperty("fidelity").GetProperty("per_dimension").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(HostileRecording.Episodes[0], json.GetProperty("chunks")[0].GetProperty("episode").GetString());
        JsonElement check = Assert.Single(json.GetProperty("checks").EnumerateArray());
        Assert.False(check.GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task Same_input_gives_the_same_bytes_on_any_number_of_threads()
    {
        string[] arguments = ["report", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--stride", "9",
            "--windows", "40", "--output"];
        (await ToolRun.OfProcess(new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = "1" },
            [.. arguments, _folder["one.html"]])).Succeeds();
        (await ToolRun.OfProcess(
            new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = "4", ["LC_ALL"] = "de_DE.UTF-8" },
                [.. arguments, _folder["four.html"]])).Succeeds();
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["one.html"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder["four.html"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Limits_that_were_asked_for_are_listed_as_verify_lists_them()
    {
        string page = await WriteAsync("--stride", "40", "--windows", "5", "--worst", "0", "--dim-limit", "dx.rmse=0",
            "gripper.max_error=1e9");
        JsonElement[] checks = [.. Json(page).GetProperty("checks").EnumerateArray()];
        Assert.Equal([false, true], checks.Select(check => check.GetProperty("passed").GetBoolean()));
        Assert.Contains("Limits that were asked for.", page, StringComparison.Ordinal);
        Assert.Empty(Json(page).GetProperty("chunks").EnumerateArray());
    }

    [Fact]
    public async Task Unusual_shapes_are_drawn_too()
    {
        // One step, one dimension; nothing moves; the published tokenizer, which has no statistics; a bound on the error.
        string single = _folder.WriteEpisodes("single.npz", 1, Motion.Episode(40, 1)),
            still = _folder.WriteEpisodes("still.npz", 2, Enumerable.Repeat(3.0, 80));
        (await ToolRun.Of("train", "--data", single, "--horizon", "1", "--holdout", "0", "--output", _folder["single"])).Succeeds();
        (await ToolRun.Of("train", "--data", still, "--horizon", "10", "--holdout", "0", "--output", _folder["still"])).Succeeds();
        (string Tokenizer, string Data, string[] More, string[] Figures)[] cases =
        [
            (_folder["single"], single, [], ["error-map", "rate-distortion", "spectrum", "chunk-1-tokens"]),
            (_folder["single"], single, ["--max-error", "0.2"], ["error-map", "chunk-1-growth"]),
            (_folder["still"], still, [], ["error-map", "error-by-step", "tokens-per-chunk", "chunk-1-tokens"]),
            (TestData.Locate("tokenizers", "fast_plus"), TestData.Locate("actions", "bridge.npz"), ["--horizon", "5"],
                ["error-map", "rate-distortion", "spectrum"]),
        ];
        foreach ((string tokenizer, string data, string[] more, string[] figures) in cases)
        {
            (await ToolRun.Of(["report", "--tokenizer", tokenizer, "--data", data, "--output", _folder["r.html"], .. more])).Succeeds();
            string page = await ReadAsync(_folder["r.html"]);
            Assert.All(figures, figure => Assert.Contains($"<figure id=\"{figure}\"", page, StringComparison.Ordinal));
            Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
            Assert.All(Drawings().Matches(page).Select(drawing => XElement.Parse(drawing.Value)), drawing =>
                Assert.All(drawing.Descendants().Attributes().Where(attribute =>
                    attribute.Name.LocalName is "x" or "y" or "width" or "height" or "points"), attribute =>
                    Assert.Matches(@"^-?[\d.,\- ]*$", attribute.Value)));
        }
    }

    [Fact]
    public async Task Chunk_that_there_is_not_is_named()
    {
        string name = (await RecordedEpisodes.ReadAsync(TrainedTokenizer.Recording))[0].Name;
        (string Chunk, string[] Says)[] cases =
        [
            ("nonsense", ["--chunk nonsense is no chunk", "EPISODE:STEP"]),
            ($"{name}:-1", ["is no chunk"]),
            ($"{name}:99999999999", ["is no chunk"]),
            ($"{name}:100000", [$"episode '{name}'", "cannot start at step 100000"]),
            ($"{name}x:0", [$"no episode '{name}x' among its 5", $"did you mean '{name}'?"]),
            ("of another recording:0", ["no episode", "they run from"]),
        ];
        foreach ((string chunk, string[] says) in cases)
        {
            (await ToolRun.Of([.. await ArgumentsAsync(), "--chunk", chunk])).Fails(ExitCode.WrongUsage, says);
            Assert.Empty(_folder.Entries());
        }
    }

    [Fact]
    public async Task Nothing_is_written_where_something_fails()
    {
        _folder.Write("r.html", "as it was");
        string[] arguments = await ArgumentsAsync();
        (await ToolRun.Of(new CancellationToken(canceled: true), arguments)).Fails(ExitCode.Interrupted);
        (await ToolRun.Of([.. arguments, "--max-error", "1e-300"])).Fails(ExitCode.InvalidData);
        (await ToolRun.Of([.. arguments, "--dim-limit", "nobody.rmse=1"])).Fails(ExitCode.WrongUsage, "nobody");
        (await ToolRun.Of([.. arguments, "--worst", "-1"])).Fails(ExitCode.WrongUsage, "--worst");
        (await ToolRun.Of([.. arguments, "--windows", "0"])).Fails(ExitCode.WrongUsage, "--windows");
        (await ToolRun.Of([.. arguments[..^1], _folder["no/r.html"]])).Fails(ExitCode.InvalidData, "there is no folder");
        (await ToolRun.Of([.. arguments[..^1], _folder.FullPath])).Fails(ExitCode.InvalidData, "is a folder");
        Assert.Equal("as it was", await ReadAsync(_folder["r.html"]));
        Assert.Equal(["r.html"], _folder.Entries());
    }

    private async Task<string[]> ArgumentsAsync() =>
        ["report", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--output", _folder["r.html"]];

    private async Task<string> WriteAsync(params string[] more)
    {
        (await ToolRun.Of([.. await ArgumentsAsync(), .. more])).Succeeds();
        return await ReadAsync(_folder["r.html"]);
    }

    private static Task<string> ReadAsync(string path) => File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

    private static JsonElement Json(string page) =>
        JsonDocument.Parse(Between(page, "<script type=\"application/json\" id=\"figures\">", "</script>")).RootElement;

    private static string Between(string text, string before, string after)
    {
        int from = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[from..text.IndexOf(after, from, StringComparison.Ordinal)];
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    [GeneratedRegex("<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\">")]
    private static partial Regex Policy();

    [GeneratedRegex("<svg .*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Drawings();

    [GeneratedRegex(" id=\"[^\"]*\"")]
    private static partial Regex Ids();
}
