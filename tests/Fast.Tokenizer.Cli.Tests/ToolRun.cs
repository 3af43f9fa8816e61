using System.Diagnostics;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>One run of the tool: its exit code and what it wrote.</summary>
internal sealed record ToolRun(int Code, string Output, string Error)
{
    // The artifacts of both projects stand side by side, each in a folder named after the configuration.
    private static readonly DirectoryInfo _tests = new(AppContext.BaseDirectory);
    /// <summary>The built tool.</summary>
    public static readonly string AssemblyPath =
        Path.Combine(_tests.Parent!.Parent!.FullName, "Fast.Tokenizer.Cli", _tests.Name, "fast-tokenizer.dll");

    /// <summary>Runs the tool in this process, as in a pipe.</summary>
    public static Task<ToolRun> Of(params string[] args) => Of(TestContext.Current.CancellationToken, args);

    /// <summary>Runs the tool in this process with a token of one's own.</summary>
    public static async Task<ToolRun> Of(CancellationToken cancellationToken, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var console = new ToolConsole(output, error);
        int code = await FastTokenizerTool.RunAsync(args, console, cancellationToken);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs the built tool as a process.</summary>
    public static async Task<ToolRun> OfProcess(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        using Process process = Start(environment, args);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>Starts the built tool as a process.</summary>
    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [AssemblyPath, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Asserts that the run did what it was asked to, and said nothing else.</summary>
    public ToolRun Succeeds()
    {
        Assert.Equal((ExitCode.Done, ""), (Code, Error));
        return this;
    }

    /// <summary>Asserts that the run did what it was asked to; it may have said something beside it.</summary>
    public ToolRun SucceedsWithNotes()
    {
        Assert.True(Code == ExitCode.Done, Error);
        return this;
    }

    /// <summary>Asserts an error as users see it: the exit code, one line on standard error that says these things, no result.</summary>
    public void Fails(int code, params string[] says)
    {
        Assert.Equal(code, Code);
        Assert.Equal("", Output);
        Assert.StartsWith("fast-tokenizer: error: ", Error, StringComparison.Ordinal);
        Assert.EndsWith("\n", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", Error.TrimEnd('\r', '\n'), StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter '", Error, StringComparison.Ordinal);
        foreach (string text in says) Assert.Contains(text, Error, StringComparison.Ordinal);
    }
}
