namespace Fast.Tokenizer.Interop;

/// <summary>Writes a folder of small files so that a reader sees the old folder or the new one, never a mixture.</summary>
internal static class ReplacedDirectory
{
    private const int MostAttempts = 100;

    /// <summary>Writes the files into a folder beside the target, then puts it in the target's place.</summary>
    /// <param name="directory">The target; may exist if it holds nothing but files of the names in <paramref name="replaceable"/>.</param>
    /// <param name="files">Names and contents.</param>
    /// <param name="replaceable">Names that an existing folder may hold and lose.</param>
    /// <exception cref="IOException">The folder cannot be written, is a file, or holds something else.</exception>
    public static void Write(string directory, IReadOnlyList<(string Name, byte[] Content)> files, IReadOnlySet<string> replaceable)
    {
        string target = Resolve(directory);
        if (File.Exists(target)) throw new IOException($"{directory} is a file: choose another folder");
        RefuseForeign(directory, target, replaceable);

        string parent = Path.GetDirectoryName(target) ?? throw new IOException($"{directory} cannot be replaced: choose a folder below it");
        Directory.CreateDirectory(parent);
        string tag = Guid.NewGuid().ToString("N")[..8];
        string written = Path.Combine(parent, $".{Path.GetFileName(target)}.{tag}.new");
        string replaced = Path.Combine(parent, $".{Path.GetFileName(target)}.{tag}.old");
        try
        {
            Directory.CreateDirectory(written);
            foreach ((string name, byte[] content) in files) WriteDurably(Path.Combine(written, name), content);
            Swap(target, written, replaced);
        }
        finally
        {
            if (Directory.Exists(written)) Directory.Delete(written, recursive: true);
        }

        if (Directory.Exists(replaced)) Directory.Delete(replaced, recursive: true);
    }

    private static string Resolve(string directory)
    {
        var folder = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        return folder.LinkTarget is null ? folder.FullName : folder.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static void RefuseForeign(string directory, string target, IReadOnlySet<string> replaceable)
    {
        foreach (string entry in Entries(target))
        {
            string name = Path.GetFileName(entry);
            if (!replaceable.Contains(name) || Directory.Exists(entry))
                throw new IOException($"{directory} holds '{name}', which is not part of a tokenizer: choose an empty or new folder");
        }
    }

    // Another save may take the folder away at any moment.
    private static string[] Entries(string target)
    {
        try
        {
            return Directory.GetFileSystemEntries(target);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static void WriteDurably(string path, byte[] content)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    // Another save may come between the two moves. Its folder is then the old one, and is replaced in turn.
    private static void Swap(string target, string written, string replaced)
    {
        for (int attempt = 1; ; attempt++)
        {
            bool existed = Directory.Exists(target);
            try
            {
                if (existed) Directory.Move(target, replaced);
            }
            catch (IOException) when (attempt < MostAttempts)
            {
                continue;
            }

            try
            {
                Directory.Move(written, target);
                return;
            }
            catch (IOException) when (attempt < MostAttempts)
            {
                // The folder in the way may be gone again by now, so whether there is one cannot be asked.
                if (existed) PutBack(replaced, target);
            }
            catch when (existed)
            {
                Directory.Move(replaced, target);
                throw;
            }
        }
    }

    private static void PutBack(string replaced, string target)
    {
        try
        {
            Directory.Move(replaced, target);
        }
        catch (IOException)
        {
            // Another save has put a newer folder there: ours has been replaced for good.
            Directory.Delete(replaced, recursive: true);
        }
    }
}
