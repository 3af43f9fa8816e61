namespace Fast.Tokenizer.Interop.Hub;

/// <summary>One repository in the Hugging Face cache, in the layout that Python reads and writes.</summary>
/// <remarks>
/// <para><c>blobs/ETAG</c> holds contents, <c>snapshots/COMMIT/FILE</c> links to them, <c>refs/REVISION</c> holds a commit,
/// <c>.no_exist/COMMIT/FILE</c> says that a commit has no such file. Source: <c>huggingface_hub/file_download.py</c>.</para>
/// <para>No locks: each file is written under a name of its own and renamed when it is whole, so whoever comes last writes the same
/// again.</para>
/// </remarks>
internal sealed class HubCache(string directory, string repository, bool symbolicLinks)
{
    private readonly string _root = Path.Combine(directory, "models--" + repository.Replace("/", "--", StringComparison.Ordinal));

    public string SnapshotDirectory(string commit) => Path.Combine(_root, "snapshots", commit);

    public bool Has(string commit, string file)
    {
        // A link to a blob that is gone exists, too.
        var entry = new FileInfo(Path.Combine(SnapshotDirectory(commit), file));
        return entry.Exists && entry.ResolveLinkTarget(returnFinalTarget: true) is null or { Exists: true };
    }

    public bool LacksForSure(string commit, string file) => File.Exists(AbsencePath(commit, file));

    /// <summary>The commit that a revision was when it was last asked for, or null.</summary>
    public string? ReadReference(string revision)
    {
        if (HubNames.IsCommit(revision)) return revision;
        string path = ReferencePath(revision);
        string? commit = File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        return HubNames.IsCommit(commit) ? commit : null;
    }

    public void WriteReference(string revision, string commit)
    {
        // Nothing is written where nothing changes: a cache that is complete may be read-only.
        if (ReadReference(revision) == commit) return;
        string path = ReferencePath(revision);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = Path.Combine(_root, $"refs.{Unique()}.incomplete");
        File.WriteAllText(temporary, commit);
        File.Move(temporary, path, overwrite: true);
    }

    public void WriteAbsence(string commit, string file)
    {
        string path = AbsencePath(commit, file);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, []);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It only saves a request next time, and a shared cache may be read-only.
        }
    }

    public bool HasBlob(HubFileInfo info) =>
        new FileInfo(BlobPath(info.ETag!)) is { Exists: true } blob && (info.Length is null || blob.Length == info.Length);

    public HubBlob NewBlob(string tag)
    {
        Directory.CreateDirectory(Path.Combine(_root, "blobs"));
        // Python resumes ETAG.incomplete, so that name must never hold what it did not write itself.
        return new HubBlob(BlobPath(tag), $"{BlobPath(tag)}.{Unique()}.incomplete");
    }

    /// <summary>
    /// Puts a blob into a snapshot, as a relative link so that the cache may be moved, or as a copy where links are not possible.
    /// </summary>
    public void Link(string commit, string file, string tag)
    {
        string path = Path.Combine(SnapshotDirectory(commit), file);
        if (Has(commit, file)) return;
        Directory.CreateDirectory(SnapshotDirectory(commit));
        string temporary = $"{path}.{Unique()}.incomplete";
        try
        {
            if (!symbolicLinks || !TryLink(temporary, Path.Combine("..", "..", "blobs", tag))) File.Copy(BlobPath(tag), temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static bool TryLink(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(path, target);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Unique() => Guid.NewGuid().ToString("N")[..8];

    private string BlobPath(string tag) => Path.Combine(_root, "blobs", tag);

    private string ReferencePath(string revision) => Path.Combine([_root, "refs", .. revision.Split('/')]);

    private string AbsencePath(string commit, string file) => Path.Combine(_root, ".no_exist", commit, file);
}
