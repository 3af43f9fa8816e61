using System.IO.Enumeration;
using Fast.Tokenizer.Datasets.Arrow;
using Fast.Tokenizer.Datasets.Csv;
using Fast.Tokenizer.Datasets.Hdf5;
using Fast.Tokenizer.Datasets.LeRobot;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Datasets.Rlds;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets;

/// <summary>Opens recorded episodes of any known format, told by their content.</summary>
public static class EpisodeDataset
{
    private const int HeadBytes = 16;

    // The first that recognises a path reads it.
    private static readonly EpisodeFormat[] _formats =
    [
        new("npz", "NumPy archive (.npz)", [".npz"], (_, head) => NumPyEpisodeSource.IsArchive(head),
            (path, options) => new NumPyEpisodeSource(path, options)),
        new("npy", "NumPy array (.npy)", [".npy"], (_, head) => NumPyEpisodeSource.IsArray(head),
            (path, options) => new NumPyEpisodeSource(path, options)),
        new("lerobot", "LeRobot folder (meta/info.json)", [], (path, _) => LeRobotEpisodeSource.Recognizes(path), LeRobotEpisodeSource.Open),
        new("hdf5", "HDF5 (robomimic, LIBERO, ALOHA; .hdf5)", [".hdf5", ".h5"], (path, _) => Hdf5EpisodeSource.Recognizes(path),
            (path, options) => new Hdf5EpisodeSource(path, options)),
        new("rlds", "RLDS (TFRecord)", [".tfrecord", ".tfrecord-*"], (path, head) => RldsEpisodeSource.Recognizes(path, head),
            (path, options) => new RldsEpisodeSource(path, options)),
        new("arrow", "Arrow (.arrow)", [".arrow"], (path, head) => ArrowEpisodeSource.Recognizes(path, head),
            (path, options) => new ArrowEpisodeSource(path, options)),
        // The last, for any text with a comma in its first line may be a table.
        new("csv", "text table (.csv, .tsv)", [".csv", ".tsv"], CsvEpisodeSource.Recognizes,
            (path, options) => new CsvEpisodeSource(path, options)),
    ];

    /// <summary>What <see cref="EpisodeDatasetOptions.Format"/> may be.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. _formats.Select(format => format.Key)];

    /// <summary>Opens one recording, or all recordings below a folder, or all that match a pattern.</summary>
    /// <param name="path">
    /// A file; a folder that is a recording; another folder, in which everything that is a recording is read, in ordinal order of the
    /// paths; or a pattern of these with <c>*</c>, <c>?</c> and <c>**</c>.
    /// </param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <returns>The episodes; nothing but headers and descriptions was read so far.</returns>
    /// <exception cref="ArgumentException">The options name a format that is not known.</exception>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">The content is of no known format, or malformed.</exception>
    public static IEpisodeSource Open(string path, EpisodeDatasetOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open([path], options);
    }

    /// <summary>Opens several recordings of one robot as one.</summary>
    /// <param name="paths">
    /// Files, folders and patterns, at least one. With more than one recording, episode names are prefixed by its name.
    /// </param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <returns>The episodes of the first path, then of the second, and so on.</returns>
    /// <exception cref="ArgumentException">No path, one recording twice, or options that name a format that is not known.</exception>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">
    /// The content is of no known format, or malformed; or the recordings differ in rate or dimension names. Differing dimensions are told
    /// when they are read.
    /// </exception>
    public static IEpisodeSource Open(IReadOnlyList<string> paths, EpisodeDatasetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0) throw new ArgumentException("no recording was given", nameof(paths));

        options ??= EpisodeDatasetOptions.Default;
        EpisodeFormat? forced = options.Format is { } key ? FormatOf(key) : null;
        var sources = new List<IEpisodeSource>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths.SelectMany(PathPattern.Expand))
        {
            foreach (IEpisodeSource source in OpenEach(path, forced, options))
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

    private static EpisodeFormat FormatOf(string key)
    {
        if (_formats.FirstOrDefault(format => format.Key.Equals(key, StringComparison.OrdinalIgnoreCase)) is { } known) return known;
        throw new ArgumentException(
            $"there is no format '{key}'{NearestName.Guess(key, Formats)}; the formats are {string.Join(", ", Formats)}");
    }

    private static List<IEpisodeSource> OpenEach(string path, EpisodeFormat? forced, EpisodeDatasetOptions options)
    {
        bool isFolder = Directory.Exists(path);
        if (!isFolder && !File.Exists(path)) throw new FileNotFoundException($"no such file or folder: {path}", path);

        if (forced is not null && (!isFolder || forced.Extensions.Count == 0)) return [forced.Open(path, options)];
        IReadOnlyList<EpisodeFormat> formats = forced is null ? _formats : [forced];
        byte[] head = isFolder ? [] : ReadHead(path);
        if (formats.FirstOrDefault(format => format.Recognizes(path, head)) is { } known) return [known.Open(path, options)];

        string names = string.Join(", ", formats.Select(format => format.Name));
        if (!isFolder)
        {
            throw new InvalidDataException(head.Length == 0
                ? $"file '{path}': is empty"
                : $"file '{path}': is of no known recording format (starts with {Convert.ToHexString(head)}); known: {names}");
        }

        List<IEpisodeSource> found = [.. Below(path, formats).SelectMany(entry => OpenEach(entry, forced, options))];
        return found.Count > 0 ? found : throw new InvalidDataException($"folder '{path}': holds no recording; known: {names}");
    }

    // Folders that are recordings are not looked into; those that are none are.
    private static IEnumerable<string> Below(string folder, IReadOnlyList<EpisodeFormat> formats)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            if (!Directory.Exists(entry))
            {
                IEnumerable<string> extensions = formats.SelectMany(format => format.Extensions);
                if (extensions.Any(extension => FileSystemName.MatchesSimpleExpression($"*{extension}", entry))) yield return entry;
            }
            else if (formats.Any(format => format.Recognizes(entry, []))) yield return entry;
            else if (new DirectoryInfo(entry).LinkTarget is null)
            {
                foreach (string inner in Below(entry, formats)) yield return inner;
            }
        }
    }
}
