namespace Fast.Tokenizer.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("train")]
    [InlineData("sweep")]
    [InlineData("encode")]
    [InlineData("decode")]
    [InlineData("evaluate")]
    [InlineData("verify")]
    [InlineData("report")]
    [InlineData("inspect")]
    [InlineData("tokenize")]
    public async Task Help_has_an_example_that_the_parser_accepts(string command)
    {
        string help = (await ToolRun.Of(command, "--help")).Succeeds().Output;
        string example = help[help.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n')[1].Trim();
        Assert.StartsWith($"fast-tokenizer {command} ", example, StringComparison.Ordinal);

        // Nothing of the example's names exists: what is wrong must be the data, not the usage.
        (await ToolRun.Of(example.Split(' ')[1..])).Fails(ExitCode.InvalidData);
    }

    [Theory]
    [InlineData("train", "[default: 1024]")]
    [InlineData("train", "[default: q01q99]")]
    [InlineData("train", "[default: 10]")]
    [InlineData("train", "[default: 0.1, or 0 where")]
    [InlineData("sweep", "[default: 6,8,10,12,14,17,20]")]
    [InlineData("sweep", "[default: 0,0.3,0.7,1.2,2]")]
    [InlineData("sweep", "[default: 0.2, or 0 where")]
    [InlineData("decode", "[default: float32]")]
    [InlineData("decode", "[default: strict]")]
    [InlineData("evaluate", "[default: 1]")]
    public async Task Help_shows_defaults(string command, string text) =>
        Assert.Contains(text, (await ToolRun.Of(command, "--help")).Succeeds().Output, StringComparison.Ordinal);

    [Fact]
    public async Task Root_help_lists_the_commands()
    {
        string help = (await ToolRun.Of("--help")).Succeeds().Output;
        foreach (string command in (string[])["train", "sweep", "tokenize", "encode", "decode", "evaluate", "verify", "report", "inspect",
            "convert", "completion"])
            Assert.Contains($"\n  {command} ", help.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_a_result() => Assert.Matches(@"^\d+\.\d+\.\d+", (await ToolRun.Of("--version")).Succeeds().Output);

    [Theory]
    [InlineData("trian --data x", "'trian' is no command; did you mean train?")]
    [InlineData("evalute", "did you mean evaluate?")]
    [InlineData("train --vocab-siz 3", "'--vocab-siz' is no argument of train; did you mean --vocab-size?")]
    [InlineData("decode --dtyp float64", "did you mean --dtype?")]
    [InlineData("inspect here there", "'there' is no argument of inspect; see fast-tokenizer inspect --help")]
    public async Task Mistyped_words_get_the_nearest_suggestion(string line, string says) =>
        (await ToolRun.Of(line.Split(' '))).Fails(ExitCode.WrongUsage, says);

    [Theory]
    [InlineData("", "see fast-tokenizer --help")]
    [InlineData("train", "'--data' is required", "'--horizon' is required", "'--output' is required")]
    [InlineData("encode --tokenizer", "--tokenizer")]
    [InlineData("encode --tokenizer a --input b", "'--output' is required")]
    [InlineData("decode --tokenizer a", "'--input' is required", "see fast-tokenizer decode --help")]
    [InlineData("evaluate --tokenizer a", "'--data' is required")]
    [InlineData("inspect", "'DIR' missing")]
    [InlineData("train --data x --horizon 5 --output a --output b", "--output")]
    public async Task Incomplete_command_lines_are_wrong_usage(string line, params string[] says) =>
        (await ToolRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Fails(ExitCode.WrongUsage, says);
}
