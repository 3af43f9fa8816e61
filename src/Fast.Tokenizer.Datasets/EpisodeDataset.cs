using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets;

/// <summary>Opens recorded episodes of any known format, told by their content.</summary>
public static class EpisodeDataset
{
    private const int HeadBytes = 16;

    // The first that recognises a path reads it.
    private static readonly EpisodeFormat[] _formats =
    [
        new("NumPy archive (.npz)", ".npz", (_, head) => NumPyEpisodeSource.IsArchive(head), path => new NumPyEpisodeSource(path)),
        new("NumPy array (.npy)", ".npy", (_, head) => NumPyEpisodeSource.IsArray(head), path => new NumPyEpisodeSource(path)),
    ];

    /// <summary>Opens one recording, or all recordings of a folder.</summary>
    /// <param name="path">A file; or a folder, whose files with a known extension are read in ordinal order of their names.</param>
    /// <returns>The episodes; nothing but headers and descriptions was read so far.</returns>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">The content is of no known format, or malformed.</exception>
    public static IEpisodeSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open([path]);
    }

    /// <summary>Opens several recordings as one.</summary>
    /// <param name="paths">Files and folders, at least one. With more than one file, episode names are prefixed by the file's.</param>
    /// <returns>The episodes of the first path, then of the second, and so on.</returns>
    /// <exception cref="ArgumentException">No path, or one file twice.</exception>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">
    /// The content is of no known format, or malformed; or the recordings differ in rate or dimension names. Differing dimensions are told
    /// when they are read.
    /// </exception>
    public static IEpisodeSource Open(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0) throw new ArgumentException("no recording was given", nameof(paths));

        var sources = new List<IEpisodeSource>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            foreach (IEpisodeSource source in OpenEach(path))
            {
                if (!seen.Add(Path.GetFullPath(source.Name)))
                    throw new ArgumentException($"'{source.Name}' was given twice; its episodes would count double", nameof(paths));
                sources.Add(source);
            }
        }

        return sources.Count == 1 ? sources[0] : new ConcatenatedEpisodeSource(string.Join(", ", paths), sources);
    }

    internal static byte[] ReadHead(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        byte[] head = new byte[HeadBytes];
        return head[..stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
    }

    private static IEnumerable<IEpisodeSource> OpenEach(string path)
    {
        bool isFolder = Directory.Exists(path);
        if (!isFolder && !File.Exists(path)) throw new FileNotFoundException($"no such file or folder: {path}", path);

        byte[] head = isFolder ? [] : ReadHead(path);
        if (_formats.FirstOrDefault(format => format.Recognizes(path, head)) is { } known) return [known.Open(path)];

        string formats = string.Join(", ", _formats.Select(format => format.Name));
        if (!isFolder)
        {
            throw new InvalidDataException(head.Length == 0
                ? $"file '{path}': is empty"
                : $"file '{path}': is of no known recording format (starts with {Convert.ToHexString(head)}); known: {formats}");
        }

        string[] files = [.. Directory.EnumerateFiles(path)
            .Where(file => _formats.Any(format => Path.GetExtension(file).Equals(format.Extension, StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files.SelectMany(OpenEach)
            : throw new InvalidDataException($"folder '{path}': holds no recording; known: {formats}");
    }
}
