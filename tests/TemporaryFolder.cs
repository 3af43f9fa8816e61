namespace Fast.Tokenizer.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("fast-tokenizer-").FullName;

    public string this[params string[] parts] => Path.Combine([FullPath, .. parts]);

    /// <summary>Every file below the folder, by relative path, with its bytes in hexadecimal.</summary>
    public SortedDictionary<string, string> Snapshot() => new(
        Directory.EnumerateFiles(FullPath, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(FullPath, path), path => Convert.ToHexString(File.ReadAllBytes(path))),
        StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
