using Fast.Tokenizer.Tests;

[assembly: AssemblyFixture(typeof(Fast.Tokenizer.Cli.Tests.TrainedTokenizer))]

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>A small tokenizer of recorded motion, trained once by the tool, that many tests read and none changes.</summary>
public sealed class TrainedTokenizer : IDisposable
{
    public const int Horizon = 20;
    public const int Dims = 7;

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<ToolRun>> _run;

    public TrainedTokenizer() => _run = new(() => ToolRun.Of(
        CancellationToken.None,
        "train", "--data", Recording, "--horizon", "1s", "--vocab-size", "300", "--output", _folder["tokenizer"], "--json"));

    /// <summary>The recording: 5 episodes, 3723 steps, float64. Skips the running test where it is absent.</summary>
    public static string Recording => TestData.Locate("actions", "robosuite_panda.npz");

    /// <summary>What the training wrote.</summary>
    internal async Task<ToolRun> RunAsync()
    {
        _ = Recording;
        return await _run.Value;
    }

    /// <summary>The tokenizer's folder.</summary>
    public async Task<string> FolderAsync()
    {
        (await RunAsync()).Succeeds();
        return _folder["tokenizer"];
    }

    public void Dispose() => _folder.Dispose();
}
