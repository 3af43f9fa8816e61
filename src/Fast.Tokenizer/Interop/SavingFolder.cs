using System.Diagnostics.CodeAnalysis;

namespace Fast.Tokenizer.Interop;

/// <summary>
/// The folder <c>.NAME.TAG.saving</c> beside a folder that is being replaced: <c>new</c> in it is what comes, <c>old</c> what was there. A
/// locked file tells a save that runs from what a killed process left.
/// </summary>
internal sealed class SavingFolder : IDisposable
{
    private const string Suffix = ".saving";
    private const string LockName = "lock";
    private const int MostAttempts = 3;

    private readonly string _path;
    private readonly FileStream _lock;

    private SavingFolder(string path, FileStream @lock) => (_path, _lock) = (path, @lock);

    /// <summary>What is to be put in the target's place.</summary>
    public string New => NewIn(_path);

    /// <summary>What was in the target's place.</summary>
    public string Old => OldIn(_path);

    /// <summary>Makes an empty one, whose parent is the target's.</summary>
    public static SavingFolder Begin(string target)
    {
        for (int attempt = 1; ; attempt++)
        {
            string path = Path.Combine(
                Path.GetDirectoryName(target)!, $"{Prefix(target)}{Guid.NewGuid().ToString("N")[..8]}{Suffix}");
            Directory.CreateDirectory(path);
            try
            {
                return new SavingFolder(path, Lock(path, FileMode.CreateNew));
            }
            catch (IOException)
            {
                // Another save may take a folder without a lock for one that was left.
                DeleteFolder(path);
                if (attempt == MostAttempts) throw;
            }
        }
    }

    /// <summary>Folders of saves to this target, running or left.</summary>
    public static string[] Of(string target)
    {
        string parent = Path.GetDirectoryName(target)!, prefix = Prefix(target);
        try
        {
            // Never through a link, which somebody else may have put there.
            return [.. new DirectoryInfo(parent).EnumerateDirectories()
                .Where(folder => folder.Name.StartsWith(prefix, StringComparison.Ordinal)
                    && folder.Name.EndsWith(Suffix, StringComparison.Ordinal)
                    && folder.Name.Length == prefix.Length + 8 + Suffix.Length
                    && !folder.Attributes.HasFlag(FileAttributes.ReparsePoint))
                .Select(folder => folder.FullName)];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Where such a folder has what was in the target's place.</summary>
    public static string OldIn(string path) => Path.Combine(path, "old");

    /// <summary>Takes over a folder that was left; whoever disposes it deletes it.</summary>
    /// <returns>False where its save still runs, or it is another user's.</returns>
    public static bool TryTake(string path, [NotNullWhen(true)] out SavingFolder? left)
    {
        left = null;
        try
        {
            left = new SavingFolder(path, Lock(path, FileMode.Open));
            return true;
        }
        catch (FileNotFoundException)
        {
            // Its process ended before there was a lock or after there was one; or it begins right now, and begins anew.
            DeleteFolder(path);
            return false;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Deletes it; what cannot be deleted is left for the next save to the same target.</summary>
    public void Dispose()
    {
        try
        {
            foreach (string folder in (ReadOnlySpan<string>)[New, Old])
            {
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            _lock.Dispose();
            return;
        }

        // The lock goes last: as long as there is something else, another save can tell whether somebody is at it.
        _lock.Dispose();
        try
        {
            File.Delete(Path.Combine(_path, LockName));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Another save took it for left, and was faster.
        }

        DeleteFolder(_path);
    }

    private static string NewIn(string path) => Path.Combine(path, "new");

    private static string Prefix(string target) => $".{Path.GetFileName(target)}.";

    private static FileStream Lock(string path, FileMode mode) =>
        new(Path.Combine(path, LockName), mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    private static void DeleteFolder(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Somebody else was faster, or it is not empty after all.
        }
    }
}
