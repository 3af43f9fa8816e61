using System.Text.RegularExpressions;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Tokenizer folders that are not what they were: every command refuses them alike and writes nothing.</summary>
public sealed class BadTokenizerFolderTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Missing_folder() => await Refuses("no tokenizer folder");

    [Fact]
    public async Task Folder_of_something_else()
    {
        Directory.CreateDirectory(_folder["t"]);
        await Refuses("t");
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("processor_config.json")]
    public async Task File_is_missing(string name)
    {
        _folder.CopyTokenizer(await trained.FolderAsync(), "t");
        File.Delete(_folder[$"t/{name}"]);
        await Refuses(name, "missing");
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("processor_config.json")]
    [InlineData("fast_tokenizer.json")]
    public async Task File_is_truncated(string name)
    {
        _folder.CopyTokenizer(await trained.FolderAsync(), "t");
        string text = await File.ReadAllTextAsync(_folder[$"t/{name}"], TestContext.Current.CancellationToken);
        _folder.Write($"t/{name}", text[..(text.Length / 2)]);
        await Refuses(name);
    }

    [Theory]
    [InlineData("processor_config.json", "\"scale\": *10(\\.0)?", "\"scale\": 20")]
    [InlineData("fast_tokenizer.json", "\"scale\": *10(\\.0)?", "\"scale\": 20")]
    [InlineData("tokenizer.json", "\"merges\"", "\"Merges\"")]
    public async Task File_is_edited(string name, string pattern, string replacement)
    {
        _folder.CopyTokenizer(await trained.FolderAsync(), "t");
        string text = await File.ReadAllTextAsync(_folder[$"t/{name}"], TestContext.Current.CancellationToken);
        string edited = Regex.Replace(text, pattern, replacement);
        Assert.NotEqual(text, edited);
        _folder.Write($"t/{name}", edited);
        await Refuses(name, "changed after");
    }

    [Fact]
    public async Task Newer_schema()
    {
        _folder.CopyTokenizer(await trained.FolderAsync(), "t");
        string text = await File.ReadAllTextAsync(_folder["t/fast_tokenizer.json"], TestContext.Current.CancellationToken);
        _folder.Write("t/fast_tokenizer.json", Regex.Replace(text, "\"schema_version\": *\\d+", "\"schema_version\": 99"));
        await Refuses("schema version 99", "update");
    }

    private async Task Refuses(params string[] says)
    {
        string data = TrainedTokenizer.Recording;
        string input = _folder.WriteArray("x.npy", new double[140], 20, 7), ids = _folder.Write("ids.jsonl", "[1]\n");
        string[] before = _folder.Entries();
        string tokenizer = _folder["t"];
        (await ToolRun.Of("inspect", tokenizer)).Fails(ExitCode.InvalidData, says);
        (await ToolRun.Of("encode", "--tokenizer", tokenizer, "--input", input, "--output", _folder["o.jsonl"]))
            .Fails(ExitCode.InvalidData, says);
        (await ToolRun.Of("decode", "--tokenizer", tokenizer, "--input", ids, "--output", _folder["y.npy"]))
            .Fails(ExitCode.InvalidData, says);
        (await ToolRun.Of("evaluate", "--tokenizer", tokenizer, "--data", data)).Fails(ExitCode.InvalidData, says);
        (await ToolRun.Of("verify", "--tokenizer", tokenizer, "--data", data, "--max-rmse", "1")).Fails(ExitCode.InvalidData, says);
        Assert.Equal(before, _folder.Entries());
    }
}
