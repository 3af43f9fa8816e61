using System.Diagnostics;

namespace Fast.Tokenizer.Tests;

/// <summary>A file system of its own and of a few kilobytes, which runs full and becomes read-only as real ones do.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Page = 4096;

    private SmallDisk(string path) => FullPath = path;

    public string FullPath { get; }

    public string this[string name] => Path.Combine(FullPath, name);

    private string Filler => this["filler"];

    /// <summary>Mounts one; skips the running test where this user may not.</summary>
    public static SmallDisk Mount(string path, int kilobytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "file systems in memory are mounted on Linux only");
        Directory.CreateDirectory(path);
        (int code, string error) = Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", path);
        Assert.SkipUnless(code == 0, $"only root may mount a file system: {error.Trim()}");
        return new SmallDisk(path);
    }

    /// <summary>Leaves room for so many pages of 4096 bytes.</summary>
    public void FillBut(int pages)
    {
        using (FileStream filler = new(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            var page = new byte[Page];
            try
            {
                while (true) filler.Write(page);
            }
            catch (IOException)
            {
                filler.SetLength(Math.Max(0, filler.Length - ((long)pages * Page)));
            }
        }
    }

    public void Empty() => File.Delete(Filler);

    public void MakeReadOnly()
    {
        (int code, string error) = Run("mount", "-o", "remount,ro", FullPath);
        Assert.True(code == 0, error);
    }

    /// <summary>Every file by relative path, with its bytes in hexadecimal, and every folder; the filler is left out.</summary>
    public SortedDictionary<string, string> Snapshot() => new(
        Directory.EnumerateFileSystemEntries(FullPath, "*", SearchOption.AllDirectories)
            .Where(path => path != Filler)
            .ToDictionary(
                path => Path.GetRelativePath(FullPath, path),
                path => File.Exists(path) ? Convert.ToHexString(File.ReadAllBytes(path)) : "folder"),
        StringComparer.Ordinal);

    public void Dispose()
    {
        // Lazily: a process that another test starts just now may hold our files for a moment.
        (int code, string error) = Run("umount", "--lazy", FullPath);
        Assert.True(code == 0, error);
    }

    private static (int Code, string Error) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
