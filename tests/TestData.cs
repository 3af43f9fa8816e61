namespace Fast.Tokenizer.Tests;

/// <summary>Finds the recordings and golden vectors that stand outside the repository.</summary>
/// <remarks>
/// The folder is named by <c>FAST_TOKENIZER_TESTDATA</c>, by default <c>../shared</c> beside the checkout. Where it is absent, a test
/// that needs it is skipped with the reason; with <c>FAST_TOKENIZER_TESTDATA_REQUIRED=1</c> its absence is a failure.
/// </remarks>
internal static class TestData
{
    private static readonly string _root = Path.GetFullPath(
        Environment.GetEnvironmentVariable("FAST_TOKENIZER_TESTDATA") is { Length: > 0 } named
            ? named
            : Path.Combine(RepositoryRoot(), "..", "shared"));

    /// <summary>The checkout that these tests were built from.</summary>
    public static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Fast.Tokenizer.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no checkout above {AppContext.BaseDirectory}");
    }

    /// <summary>The full path of a file or folder of the test data; skips the running test where it is absent.</summary>
    public static string Locate(params string[] parts)
    {
        string path = Path.Combine([_root, .. parts]);
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            string reason = $"test data not found: {path} (set FAST_TOKENIZER_TESTDATA)";
            if (Environment.GetEnvironmentVariable("FAST_TOKENIZER_TESTDATA_REQUIRED") == "1") Assert.Fail(reason);
            Assert.Skip(reason);
        }

        return path;
    }
}
