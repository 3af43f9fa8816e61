namespace Fast.Tokenizer.Interop.Hub;

/// <summary>A blob being written: it appears in the cache when it is committed, and leaves nothing behind when it is not.</summary>
internal sealed class HubBlob(string path, string temporary) : IDisposable
{
    private bool _committed;

    public FileStream Stream { get; } = new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(temporary, path, overwrite: true);
        _committed = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed) File.Delete(temporary);
    }
}
