namespace Fast.Tokenizer.Datasets;

/// <summary>A file that appears whole or not at all: written beside its name, moved there when it is complete.</summary>
/// <remarks>
/// What a killed process was writing beside the same name is deleted; what a living one writes is locked, and is left alone.
/// </remarks>
internal sealed class ReplacedFile : IDisposable
{
    private const string Suffix = ".tmp";

    private readonly string _path;
    private readonly string _temporary;
    private bool _committed;

    public ReplacedFile(string path)
    {
        _path = Path.GetFullPath(path);
        DeleteLeftovers();
        _temporary = $"{_path}.{Path.GetRandomFileName()}{Suffix}";
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 65536);
    }

    public FileStream Stream { get; }

    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;
    }

    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (IOException) when (!_committed)
        {
            // A full disk fails once more for what is still buffered. The first failure is the one to hear of.
        }
        finally
        {
            if (!_committed) File.Delete(_temporary);
        }
    }

    private void DeleteLeftovers()
    {
        string folder = Path.GetDirectoryName(_path)!, prefix = Path.GetFileName(_path) + ".";
        if (!Directory.Exists(folder)) return;
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || !name.EndsWith(Suffix, StringComparison.Ordinal)) continue;
            if (name.Length != prefix.Length + Path.GetRandomFileName().Length + Suffix.Length) continue;
            try
            {
                using var leftover = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None);
                File.Delete(path);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // Somebody writes it, or it is another user's.
            }
        }
    }
}
