using Fast.Tokenizer.Cli.Tests.Report;

[assembly: AssemblyFixture(typeof(ReportPages))]

namespace Fast.Tokenizer.Cli.Tests.Report;

/// <summary>Pages that many tests look at and none changes, made once by the tool.</summary>
public sealed class ReportPages : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<string>> _hostile;
    private readonly TrainedTokenizer _trained = new();
    private readonly Lazy<Task<string>> _recorded;

    public ReportPages() => (_hostile, _recorded) = (new(HostileAsync), new(RecordedAsync));

    /// <summary>A page on <see cref="HostileRecording"/>, with a chosen chunk and limits.</summary>
    public Task<string> HostilePathAsync() => _hostile.Value;

    /// <summary>A page on recorded motion. Skips the running test where that is absent.</summary>
    public async Task<string> RecordedPathAsync()
    {
        _ = TrainedTokenizer.Recording;
        return await _recorded.Value;
    }

    public void Dispose()
    {
        _folder.Dispose();
        _trained.Dispose();
    }

    private async Task<string> HostileAsync()
    {
        string data = HostileRecording.Write(_folder);
        (await ToolRun.Of(CancellationToken.None, "train", "--data", data, "--horizon", "1s", "--holdout", "0", "--output", _folder["t"]))
            .Succeeds();
        (await ToolRun.Of(
            CancellationToken.None,
            "report", "--tokenizer", _folder["t"], "--data", data, "--output", _folder["hostile.html"],
            "--title", HostileRecording.Dimensions[0],
            "--chunk", $"{HostileRecording.Episodes[0]}:7", "--dim-limit", $"{HostileRecording.Dimensions[1]}.rmse=0.0001")).Succeeds();
        return _folder["hostile.html"];
    }

    private async Task<string> RecordedAsync()
    {
        (await ToolRun.Of(
            CancellationToken.None,
            "report", "--tokenizer", await _trained.FolderAsync(), "--data", TrainedTokenizer.Recording,
            "--output", _folder["recorded.html"],
            "--mode", "rate-distortion", "--lambda", "0.7", "--windows", "50")).Succeeds();
        return _folder["recorded.html"];
    }
}
