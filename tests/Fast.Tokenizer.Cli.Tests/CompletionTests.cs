using System.Diagnostics;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>What the shells are told, and what a real one makes of it.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fast-tokenizer tok", "tokenize")]
    [InlineData("fast-tokenizer completion f", "fish")]
    [InlineData("fast-tokenizer train --vocab", "--vocab-size")]
    [InlineData("fast-tokenizer train --data a.npz b.npz --horizon 1s --vocab", "--vocab-size")]
    [InlineData("fast-tokenizer train --data a.npz --alphabet ", "byte-level", "integer")]
    [InlineData("fast-tokenizer tokenize --data a.npz --mode s", "sampled", "shortest")]
    [InlineData("fast-tokenizer evaluate --format np", "npy", "npz")]
    [InlineData("/usr/local/bin/fast-tokenizer  sweep   --ho", "--hold-dims", "--holdout", "--horizon")]
    [InlineData("fast-tokenizer train --data ")]
    [InlineData("fast-tokenizer train --data some/pa")]
    [InlineData("fast-tokenizer train --alphabet=by")]
    [InlineData("fast-tokenizer train --alphabet:by")]
    public async Task What_can_come_next_is_answered(string line, params string[] answers)
    {
        ToolRun run = await ToolRun.Of($"[suggest:{line.Length}]", line);
        Assert.Equal(answers, run.Succeeds().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(answer => answer.Trim()));
        ToolRun inTheMiddle = await ToolRun.Of($"[suggest:{line.Length}]", line + " --and something behind the cursor");
        Assert.Equal(run.Output, inTheMiddle.Output);
    }

    [Fact]
    public async Task All_commands_are_answered_to_nothing()
    {
        string output = (await ToolRun.Of("[suggest:15]", "fast-tokenizer ")).Succeeds().Output;
        string[] answers = [.. output.Split('\n').Select(answer => answer.Trim())];
        foreach (string command in (string[])["train", "sweep", "count", "merge", "tokenize", "encode", "decode", "evaluate", "verify", "inspect",
            "convert", "completion"])
            Assert.Contains(command, answers);
        Assert.DoesNotContain("-?", answers);
    }

    [Fact]
    public async Task A_response_file_is_not_read_for_an_answer()
    {
        string arguments = _folder.Write("arguments.txt", "train\n--alphabet\n");
        ToolRun run = await ToolRun.Of("[suggest]", $"fast-tokenizer @{arguments} ");
        Assert.DoesNotContain("byte-level", run.Succeeds().Output, StringComparison.Ordinal);
        Assert.Equal("", (await ToolRun.Of("[suggest]", "fast-tokenizer @\0a")).Succeeds().Output);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _fast_tokenizer fast-tokenizer")]
    [InlineData("zsh", "compdef _fast_tokenizer fast-tokenizer")]
    [InlineData("fish", "complete -c fast-tokenizer")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName fast-tokenizer")]
    public async Task Each_shell_has_a_script(string shell, string says)
    {
        string script = (await ToolRun.Of("completion", shell)).Succeeds().Output;
        Assert.Contains(says, script, StringComparison.Ordinal);
        Assert.Contains("[suggest:", script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_shell_is_named_and_the_nearest_offered() =>
        (await ToolRun.Of("completion", "bsh")).Fails(ExitCode.WrongUsage, "no script for 'bsh'", "did you mean 'bash'?");

    [Theory]
    [InlineData("fast-tokenizer tok", "tokenize")]
    [InlineData("fast-tokenizer train --data x.npz --alphabet ", "byte-level integer")]
    [InlineData("fast-tokenizer train --data x.npz --horizon 1s --vocab", "--vocab-size")]
    [InlineData("fast-tokenizer train --data ", "")]
    public async Task Bash_completes(string line, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash");
        string tool = _folder.Write("fast-tokenizer", $"#!/bin/sh\nexec dotnet '{ToolRun.AssemblyPath}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        // What readline does with the function that the script registers.
        string script = _folder.Write("complete.sh", """
            source <(fast-tokenizer completion bash)
            complete -p fast-tokenizer >/dev/null || exit 1
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<< "$1"
            case $1 in *' ') COMP_WORDS+=('') ;; esac
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _fast_tokenizer
            echo "${COMPREPLY[*]}"
            """);
        var start = new ProcessStartInfo("/bin/bash", [script, line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.FullPath}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process bash = Process.Start(start)!;
        Task<string> output = bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, "", expected), (bash.ExitCode, error, (await output).TrimEnd('\n')));
    }
}
