namespace Fast.Tokenizer.Fuzz;

/// <summary>A folder for inputs of readers that take paths; goes with the process.</summary>
internal sealed class ScratchFolder
{
    public ScratchFolder()
    {
        FullPath = Directory.CreateTempSubdirectory("fast-tokenizer-fuzz-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(FullPath, recursive: true);
    }

    public string FullPath { get; }

    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        string path = PathOf(name);
        // Some file systems flush a file to the disk when it was emptied first, and thousands of writes would take their time.
        using FileStream file = File.OpenWrite(path);
        file.Write(bytes);
        file.SetLength(bytes.Length);
        return path;
    }
}
