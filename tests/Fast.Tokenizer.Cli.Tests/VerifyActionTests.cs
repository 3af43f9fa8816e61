using System.Diagnostics;
using System.Text.RegularExpressions;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>The composite action that runs <c>verify</c> in a workflow, and the commands of the other files for GitHub.</summary>
public sealed partial class VerifyActionTests(TrainedTokenizer trained) : IDisposable
{
    private static readonly string _github = Path.Combine(TestData.RepositoryRoot(), ".github");
    private static readonly string _action = Path.Combine(_github, "actions", "verify-tokenizer");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Options_that_the_action_names_are_options_of_verify()
    {
        string help = (await ToolRun.Of("verify", "--help")).Succeeds().Output;
        string script = File.ReadAllText(Path.Combine(_action, "verify.sh"));
        string[] options =
        [
            .. ScriptOption().Matches(script).Select(match => match.Groups[1].Value),
            .. new[] { "action.yml", "README.md" }.SelectMany(
                file => LongOption().Matches(File.ReadAllText(Path.Combine(_action, file))).Select(match => match.Value)),
        ];
        Assert.Contains("--max-mean-tokens", options);
        Assert.Contains("--dim-limit", options);
        Assert.All(options.Except(["--help"]), option => Assert.Matches($@"(?<![\w-]){option}(?![\w-])", help));
    }

    [Fact]
    public async Task Options_in_commands_of_workflows_and_texts_are_options_of_the_tool()
    {
        (string Command, string Option)[] used =
        [
            .. from file in Directory.EnumerateFiles(_github, "*", SearchOption.AllDirectories)
               from Match match in ToolCommandLine().Matches(File.ReadAllText(file))
               from Match option in LongOption().Matches(match.Groups[2].Value)
               select (match.Groups[1].Value, option.Value),
        ];
        Assert.Contains(("train", "--vocab-size"), used);
        Assert.Contains(("encode", "--input"), used);
        foreach ((string command, string option) in used.Distinct())
            Assert.Matches($@"(?<![\w-]){option}(?![\w-])", (await ToolRun.Of(command, "--help")).Succeeds().Output);
    }

    [Fact]
    public void Every_input_reaches_its_script_by_the_environment_and_is_described()
    {
        string action = File.ReadAllText(Path.Combine(_action, "action.yml"));
        string readme = File.ReadAllText(Path.Combine(_action, "README.md"));
        string scripts = File.ReadAllText(Path.Combine(_action, "verify.sh")) + File.ReadAllText(Path.Combine(_action, "install.sh"));
        string inputs = action[action.IndexOf("inputs:", StringComparison.Ordinal)..action.IndexOf("outputs:", StringComparison.Ordinal)];
        string[] names = [.. YamlKey().Matches(inputs).Select(match => match.Groups[1].Value)];
        Assert.Contains("max-rmse", names);
        foreach (string name in names)
        {
            string variable = name.Replace('-', '_').ToUpperInvariant();
            Assert.Contains($"        {variable}: ${{{{ inputs.{name} }}}}\n", action, StringComparison.Ordinal);
            Assert.Contains($"${variable}\"", scripts, StringComparison.Ordinal);
            Assert.Contains($"| `{name}` |", readme, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("${{", string.Concat(RunLine().Matches(action).Select(match => match.Value)), StringComparison.Ordinal);
        Assert.DoesNotContain("${{", scripts, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.5", "140", 0, "passed=true\nexit-code=0\n", "kept")]
    [InlineData("0.5", "1", 1, "passed=false\nexit-code=1\n", "MISSED")]
    [InlineData("", "", 2, "passed=false\nexit-code=2\n", "no limit was given")]
    public async Task Script_passes_on_what_verify_says(string maxRmse, string maxMeanTokens, int code, string outputs, string says)
    {
        ToolRun run = await ScriptAsync(await trained.FolderAsync(), TrainedTokenizer.Recording, maxRmse, maxMeanTokens, "");
        Assert.Equal((code, outputs), (run.Code, File.ReadAllText(_folder["outputs"])));
        Assert.Contains(says, run.Output, StringComparison.Ordinal);
        Assert.Contains(says, File.ReadAllText(_folder["summary"]), StringComparison.Ordinal);
        Assert.Equal(code != 0, run.Output.Contains("\n::error::", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lines_are_words_and_an_option_with_its_value()
    {
        string recording = _folder["a recording.npz"];
        File.Copy(TrainedTokenizer.Recording, recording);
        ToolRun run = await ScriptAsync(
            await trained.FolderAsync(), $"\n  {recording}  \r\n\n", "", "",
            "--max-p99-tokens 140\r\n\n  --stride=7\n--max-tokens   140\n");
        Assert.True(run.Code == 0, run.Output + run.Error);
        Assert.Equal(2, run.Output.Split('\n').Count(line => line.TrimEnd().EndsWith(" kept", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("$(touch HERE)")]
    [InlineData("`touch HERE`")]
    [InlineData("x; touch HERE")]
    [InlineData("x\" && touch HERE && \"")]
    [InlineData("--output HERE")]
    [InlineData("x\n::set-output name=passed::true\n::add-path::HERE")]
    public async Task Hostile_inputs_are_data(string text)
    {
        string hostile = text.Replace("HERE", _folder["here"], StringComparison.Ordinal);
        foreach (int place in Enumerable.Range(0, 5))
        {
            string[] inputs = ["no-tokenizer", "no-data.npz", "1", "1", ""];
            inputs[place] = hostile;
            ToolRun run = await ScriptAsync(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]);
            Assert.InRange(run.Code, 2, 3);
            Assert.Equal($"passed=false\nexit-code={run.Code}\n", File.ReadAllText(_folder["outputs"]));
            Assert.False(File.Exists(_folder["here"]));

            // What the tool says stands between the word that stops workflow commands and the same word again.
            string[] commands = [.. run.Output.Split('\n').Where(line => line.StartsWith("::", StringComparison.Ordinal))];
            Assert.StartsWith("::stop-commands::", commands[0], StringComparison.Ordinal);
            string word = commands[0]["::stop-commands::".Length..];
            Assert.Equal(32, word.Length);
            Assert.Equal([$"::{word}::", $"::error::fast-tokenizer verify: could not be checked, exit code {run.Code}"], commands[^2..]);
        }
    }

    private async Task<ToolRun> ScriptAsync(string tokenizer, string data, string maxRmse, string maxMeanTokens, string args)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "bash may be another system's there; ci.yml runs the action on Windows");
        string outputs = _folder.Write("outputs", ""), summary = _folder.Write("summary", "");
        var start = new ProcessStartInfo("bash", [Path.Combine(_action, "verify.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullPath,
            Environment =
            {
                ["TOOL"] = ToolRun.AssemblyPath,
                ["TOKENIZER"] = tokenizer,
                ["DATA"] = data,
                ["MAX_RMSE"] = maxRmse,
                ["MAX_ERROR"] = "",
                ["MAX_MEAN_TOKENS"] = maxMeanTokens,
                ["ARGS"] = args,
                ["GITHUB_OUTPUT"] = outputs,
                ["GITHUB_STEP_SUMMARY"] = summary,
            },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }

    [GeneratedRegex(@"^option (--[a-z0-9-]+) ", RegexOptions.Multiline)]
    private static partial Regex ScriptOption();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z0-9-]*")]
    private static partial Regex LongOption();

    // From the tool's name to the end of the line, or of the folded block's next line.
    [GeneratedRegex(@"(?:fast-tokenizer |Fast\.Tokenizer\.Cli --\s+)(train|encode|decode|evaluate|verify|report|inspect) ([^\n`]*)")]
    private static partial Regex ToolCommandLine();

    [GeneratedRegex(@"^  ([a-z-]+):$", RegexOptions.Multiline)]
    private static partial Regex YamlKey();

    [GeneratedRegex(@"^ +run:.*$", RegexOptions.Multiline)]
    private static partial Regex RunLine();
}
