namespace Fast.Tokenizer.Interop;

/// <summary>Writes a folder of small files so that a reader sees the old folder or the new one, never a mixture.</summary>
/// <remarks>
/// Also after the process was killed or the power failed, at any moment. Linux and macOS exchange the two folders in one step. Elsewhere,
/// and on file systems that cannot, the old one is moved away first; a process that is killed between the two moves leaves no folder in
/// the target's place, and <see cref="Find"/> then gives the old one, which the next save puts back. That save also deletes what was left.
/// </remarks>
internal static class ReplacedDirectory
{
    private const int MostAttempts = 100;

    /// <summary>Writes the files into a folder beside the target, then puts it in the target's place.</summary>
    /// <param name="directory">The target; may exist if it holds nothing but files of the names in <paramref name="replaceable"/>.</param>
    /// <param name="files">Names and contents.</param>
    /// <param name="replaceable">Names that an existing folder may hold and lose.</param>
    /// <param name="canExchange">False to do as where folders cannot be exchanged.</param>
    /// <exception cref="IOException">The folder cannot be written, is a file, or holds something else.</exception>
    public static void Write(
        string directory, IReadOnlyList<(string Name, byte[] Content)> files, IReadOnlySet<string> replaceable, bool canExchange = true)
    {
        string target = Resolve(directory);
        if (File.Exists(target)) throw new IOException($"{directory} is a file: choose another folder");
        string parent = Path.GetDirectoryName(target) ?? throw new IOException($"{directory} cannot be replaced: choose a folder below it");
        Recover(target);
        RefuseForeign(directory, target, replaceable);

        Directory.CreateDirectory(parent);
        using SavingFolder saving = SavingFolder.Begin(target);
        Directory.CreateDirectory(saving.New);
        foreach ((string name, byte[] content) in files) WriteDurably(Path.Combine(saving.New, name), content);
        UnixFolder.Flush(saving.New);
        if (!canExchange || !UnixFolder.TryExchange(saving.New, target)) Swap(directory, target, saving);
        UnixFolder.Flush(parent);
    }

    /// <summary>Where a folder is: in its place, or where a save that was killed between two moves left it.</summary>
    /// <returns>Null where there is none.</returns>
    public static string? Find(string directory)
    {
        // A save that ends while the folders of saves are looked at has put the new one in its place.
        return Present() ?? Old() ?? Present();

        string? Present() => Directory.Exists(directory) ? directory : null;

        string? Old()
        {
            string target = Resolve(directory);
            return Path.GetDirectoryName(target) is null
                ? null
                : SavingFolder.Of(target).Select(SavingFolder.OldIn).FirstOrDefault(Directory.Exists);
        }
    }

    /// <summary>Where a folder is, and a text that changes when a save to it comes: its place, its time, and the saves that run.</summary>
    public static (string? Folder, string Place) Look(string directory)
    {
        try
        {
            string target = Resolve(directory);
            string saves = Path.GetDirectoryName(target) is null ? string.Empty : string.Join('/', SavingFolder.Of(target).Order());
            string? folder = Find(directory);
            long written = folder is null ? 0 : Directory.GetLastWriteTimeUtc(folder == directory ? target : folder).Ticks;
            return (folder, $"{folder}/{written}/{saves}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Seen by nobody, as where it is being taken away.
            return (null, Guid.NewGuid().ToString());
        }
    }

    // Ends what a killed process had begun.
    private static void Recover(string target)
    {
        foreach (string path in SavingFolder.Of(target))
        {
            if (!SavingFolder.TryTake(path, out SavingFolder? left)) continue;
            using (left)
            {
                if (Directory.Exists(left.Old) && !Directory.Exists(target)) PutBack(left.Old, target);
            }
        }
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
    private static void Swap(string directory, string target, SavingFolder saving)
    {
        for (int attempt = 1; ; attempt++)
        {
            bool existed = Directory.Exists(target);
            try
            {
                if (existed) Directory.Move(target, saving.Old);
            }
            catch (IOException) when (attempt < MostAttempts)
            {
                continue;
            }
            catch (IOException problem)
            {
                throw new IOException(
                    $"{directory} cannot be replaced as a whole ({problem.Message}): where it is a mount point, choose a folder below it",
                    problem);
            }

            try
            {
                Directory.Move(saving.New, target);
                return;
            }
            catch (IOException) when (attempt < MostAttempts)
            {
                // The folder in the way may be gone again by now, so whether there is one cannot be asked.
                if (existed) PutBack(saving.Old, target);
            }
            catch when (existed)
            {
                Directory.Move(saving.Old, target);
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
