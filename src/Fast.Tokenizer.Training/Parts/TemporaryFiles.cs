namespace Fast.Tokenizer.Training.Parts;

/// <summary>Files beside an output while it is made. They are locked, so that what a killed process left can be told from them.</summary>
internal static class TemporaryFiles
{
    private const string Suffix = ".tmp";

    /// <summary>Makes a file beside an output.</summary>
    public static FileStream Create(string output, FileAccess access) =>
        new($"{Path.GetFullPath(output)}.{Path.GetRandomFileName()}{Suffix}", FileMode.CreateNew, access, FileShare.None, 1 << 16);

    /// <summary>Deletes a file that was made, whether or not it could be written.</summary>
    public static void Delete(FileStream file)
    {
        try
        {
            file.Dispose();
        }
        catch (IOException)
        {
            // A full disk fails once more for what is still buffered. The first failure is the one to hear of.
        }
        finally
        {
            File.Delete(file.Name);
        }
    }

    /// <summary>Deletes what a killed process left beside an output; what a living one writes is locked, and is left alone.</summary>
    public static void DeleteLeftovers(string output)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(output))!, prefix = Path.GetFileName(output) + ".";
        if (!Directory.Exists(folder)) return;
        int length = prefix.Length + Path.GetRandomFileName().Length + Suffix.Length;
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || !name.EndsWith(Suffix, StringComparison.Ordinal)) continue;
            if (name.Length != length) continue;
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
