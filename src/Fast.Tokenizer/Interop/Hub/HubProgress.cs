namespace Fast.Tokenizer.Interop.Hub;

/// <summary>How far the download of a file has come. Files that are in the cache are not reported.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Done">Bytes received.</param>
/// <param name="Total">Bytes of the file, or 0 where the server does not say.</param>
public readonly record struct HubProgress(string File, long Done, long Total);
