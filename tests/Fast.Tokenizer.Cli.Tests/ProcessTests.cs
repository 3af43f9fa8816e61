using System.Diagnostics;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>The built tool, as a shell sees it.</summary>
public sealed class ProcessTests(TrainedTokenizer trained) : IDisposable
{
    private static readonly Dictionary<string, string> _plain = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Result_in_a_pipe_is_the_result_in_this_process()
    {
        string folder = await trained.FolderAsync();
        string[] args = ["inspect", folder];
        Assert.Equal((await ToolRun.Of(args)).Output, (await ToolRun.OfProcess(_plain, args)).Succeeds().Output);
    }

    [Fact]
    public async Task Lines_on_standard_output_are_nothing_but_lines()
    {
        string input = _folder.WriteArray("x.npy", new double[3 * 140], 3, 20, 7);
        string[] args = ["encode", "--tokenizer", await trained.FolderAsync(), "--input", input, "--output", "-"];
        Assert.Equal((await ToolRun.Of(args)).Output, (await ToolRun.OfProcess(_plain, args)).Succeeds().Output);
    }

    [Theory]
    [InlineData("2", "trian")]
    [InlineData("3", "inspect", "no-such-folder")]
    public async Task Exit_codes_reach_the_shell(string code, params string[] args) =>
        (await ToolRun.OfProcess(_plain, args)).Fails(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public async Task Missed_limit_reaches_the_shell()
    {
        ToolRun run = await ToolRun.OfProcess(
            _plain, "verify", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--max-rmse", "0");
        Assert.Equal((ExitCode.ThresholdMissed, ""), (run.Code, run.Error));
    }

    [Fact]
    public async Task Stack_trace_is_shown_on_request_only()
    {
        string[] args = ["inspect", "no-such-folder"];
        Assert.DoesNotContain("   at ", (await ToolRun.OfProcess(_plain, args)).Error, StringComparison.Ordinal);
        var debug = new Dictionary<string, string> { ["FAST_TOKENIZER_DEBUG"] = "1" };
        Assert.Contains("   at ", (await ToolRun.OfProcess(debug, args)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_stops_the_training_and_nothing_is_left()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        string data = TestData.Locate("actions", "g1_inspire.npz");
        using Process training = ToolRun.Start(_plain, "train", "--data", data, "--horizon", "1s", "--output", _folder["t"]);
        Task<string> error = training.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        // The start takes a fraction of this, the training many times it; processor time is the same on a busy machine.
        while (training is { HasExited: false, TotalProcessorTime.TotalSeconds: < 1 })
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            training.Refresh();
        }

        using Process kill = Process.Start("kill", ["-TERM", $"{training.Id}"]);
        await training.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ExitCode.Interrupted, "fast-tokenizer: error: stopped before it was done\n"), (training.ExitCode, await error));
        Assert.Empty(_folder.Entries());
    }
}
