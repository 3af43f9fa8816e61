using System.Diagnostics;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Real processes that are stopped in the middle of their work.</summary>
public sealed class InterruptionTests : IAsyncLifetime
{
    private const string Stopped = "fast-tokenizer: error: stopped before it was done\n";

    private static readonly string[] _slow = ["--mode", "rate-distortion", "--lambda", "1"];

    private readonly TemporaryFolder _folder = new();

    private static string Recording => TestData.Locate("actions", "aloha_sim_insertion_human.npz");

    private string Tokenizer => _folder["tokenizer"];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        (await ToolRun.Of("train", "--data", Recording, "--horizon", "1s", "--stride", "40", "--holdout", "0", "--vocab-size", "512",
            "--output", Tokenizer))
            .Succeeds();
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("TERM", "parquet")]
    [InlineData("INT", "jsonl")]
    [InlineData("KILL", "jsonl")]
    public async Task Tokenize_leaves_whole_files_and_goes_on_from_them(string signal, string format)
    {
        string[] args =
            ["tokenize", "--tokenizer", Tokenizer, "--data", Recording, "--output-format", format, "--shard-chunks", "900", "--stride",
                "2", .. _slow];
        (int code, string error) = await StopAsync(
            signal, _ => File.Exists(Path.Combine(_folder["ids"], $"shard-00002.{format}")), [.. args, "--output", _folder["ids"]]);
        if (signal != "KILL")
        {
            Assert.Equal((ExitCode.Interrupted, Stopped), (code, error));
            Assert.All(Names("ids"), name => Assert.Matches($@"^(manifest\.json|shard-\d+\.{format})$", name));
        }

        Dictionary<string, byte[]> left = Contents("ids");
        (await ToolRun.Of([.. args, "--output", _folder["ids"]])).Succeeds();
        (await ToolRun.Of([.. args, "--output", _folder["whole"], "--threads", "1"])).Succeeds();
        Dictionary<string, byte[]> whole = Contents("whole");
        Assert.Equal(whole, Contents("ids"));
        Assert.True(left.Count < whole.Count, "it was done before it was stopped");
        foreach ((string name, byte[] content) in left.Where(file => file.Key.EndsWith(format, StringComparison.Ordinal)))
            Assert.Equal(whole[name], content);
    }

    [Fact]
    public async Task Tokenize_stopped_before_its_first_whole_file_leaves_nothing()
    {
        (int code, string error) = await StopAsync(
            "TERM", HasWorked, ["tokenize", "--tokenizer", Tokenizer, "--data", Recording, "--output", _folder["ids"], .. _slow]);
        Assert.Equal((ExitCode.Interrupted, Stopped), (code, error));
        Assert.Equal(["tokenizer"], _folder.Entries());
    }

    [Theory]
    [InlineData("INT", "train --data DATA --horizon 1s --output OUT --reconstruction centroid --mode rate-distortion --lambda 1")]
    [InlineData("TERM", "train --data DATA --horizon 1s --output OUT --target-rmse-normalized 0.01")]
    [InlineData("INT", "sweep --data DATA --horizon 1s --output OUT")]
    [InlineData("TERM", "evaluate --tokenizer TOKENIZER --data DATA --mode rate-distortion --lambda 1")]
    [InlineData("INT", "verify --tokenizer TOKENIZER --data DATA --max-rmse 1 --mode rate-distortion --lambda 1")]
    [InlineData("TERM", "convert --tokenizer TOKENIZER --data DATA --alphabet byte-level --output OUT")]
    public async Task Other_commands_leave_nothing(string signal, string line)
    {
        string[] args = [.. line.Split(' ').Select(word => word switch
        {
            "DATA" => Recording,
            "TOKENIZER" => Tokenizer,
            "OUT" => _folder["out"],
            _ => word,
        })];
        (int code, string error) = await StopAsync(signal, HasWorked, args);
        Assert.Equal((ExitCode.Interrupted, Stopped), (code, error));
        Assert.Equal(["tokenizer"], _folder.Entries());
    }

    // The start takes less, the work more; processor time is the same on a busy machine.
    private static bool HasWorked(Process process) => process.TotalProcessorTime.TotalSeconds > 0.9;

    private static async Task<(int Code, string Error)> StopAsync(string signal, Func<Process, bool> isDue, string[] args)
    {
        using Process process = ToolRun.Start(new Dictionary<string, string>(), args);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!process.HasExited && !isDue(process))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
            process.Refresh();
        }

        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await output);
        return (process.ExitCode, await error);
    }

    private string[] Names(string name) => [.. Directory.GetFiles(_folder[name]).Select(file => Path.GetFileName(file)!)];

    private Dictionary<string, byte[]> Contents(string name) =>
        Directory.GetFiles(_folder[name]).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
}
