using Fast.Tokenizer.Cli.Tests.Report;
using PuppeteerSharp;

[assembly: AssemblyFixture(typeof(InstalledBrowser))]

namespace Fast.Tokenizer.Cli.Tests.Report;

/// <summary>A browser of this machine, started once. PuppeteerSharp drives it: no browser and no other runtime comes with it.</summary>
/// <remarks>
/// It is the one that <c>FAST_TOKENIZER_BROWSER</c> names, or a Chromium on the path. Where there is none, a test that needs it is skipped
/// with the reason; with <c>FAST_TOKENIZER_BROWSER_REQUIRED=1</c> its absence is a failure.
/// </remarks>
public sealed class InstalledBrowser : IAsyncLifetime
{
    private const string Variable = "FAST_TOKENIZER_BROWSER";
    private static readonly string[] _names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    // No network of its own: nothing but the page asks for anything.
    private static readonly string[] _arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync", "--disable-dev-shm-usage",
    ];

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly TemporaryFolder _profile = new();
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A new empty page; skips the running test where there is no browser.</summary>
    public async Task<IPage> NewPageAsync()
    {
        string path = Locate();
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _browser ??= await Puppeteer.LaunchAsync(new LaunchOptions
            {
                ExecutablePath = path, Headless = true, Args = _arguments, UserDataDir = _profile.FullPath, Timeout = 60_000,
            });
        }
        finally
        {
            _starting.Release();
        }

        return await _browser.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _starting.Dispose();
        _profile.Dispose();
    }

    private static string Locate()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named && File.Exists(named)) return named;
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in _names)
        {
            foreach (string folder in folders)
            {
                string path = Path.Combine(folder, name);
                if (File.Exists(path)) return path;
            }
        }

        string reason = $"no Chromium was found (set {Variable} to one, or install Debian's package chromium)";
        if (Environment.GetEnvironmentVariable($"{Variable}_REQUIRED") == "1") Assert.Fail(reason);
        Assert.Skip(reason);
        throw new InvalidOperationException(reason);
    }
}
