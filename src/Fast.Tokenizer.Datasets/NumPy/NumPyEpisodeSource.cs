using System.IO.Compression;
using System.Runtime.CompilerServices;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>Episodes from a NumPy file: a <c>.npz</c> archive or a single <c>.npy</c> array.</summary>
/// <remarks>
/// An array of shape <c>[steps, dims]</c> is an episode named after its key, <c>[steps]</c> one of a single dimension,
/// <c>[N, T, dims]</c> N episodes named <c>key[0]</c>, <c>key[1]</c> and so on. Archive entries come in their stored order. Rate and
/// dimension names are taken from <c>NAME.json</c> beside <c>NAME.npz</c> (fields <c>hz</c> and <c>dim_names</c>) where there is one.
/// </remarks>
public sealed class NumPyEpisodeSource : IEpisodeSource
{
    private readonly RecordingDescription _description;
    private readonly bool _isArchive;

    /// <summary>Opens a file far enough to know what it is; the arrays are read later, one at a time.</summary>
    /// <param name="path">A <c>.npz</c> or <c>.npy</c> file; which of them is told by its content.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The archive has no arrays or two of one name, or the JSON beside it is malformed.</exception>
    public NumPyEpisodeSource(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"no such file: {path}", path);
        Name = path;
        _isArchive = IsArchive(EpisodeDataset.ReadHead(path));
        _description = RecordingDescription.Beside(path);
        if (!_isArchive) return;

        using ZipArchive archive = OpenArchive();
        Entries(archive);
    }

    /// <summary>The path.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? DimensionNames => _description.DimensionNames;

    /// <inheritdoc/>
    public double? Rate => _description.Rate;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">
    /// An array is malformed or not finite, or its dimensions are not those of the episodes before; file, entry and reason are named.
    /// </exception>
    public async IAsyncEnumerable<Episode> ReadEpisodesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using IEnumerator<Episode> episodes = ReadEpisodes(cancellationToken).GetEnumerator();
        // Inflating and converting is work for the processor, which the caller's thread is spared.
        while (await Task.Run(episodes.MoveNext, cancellationToken).ConfigureAwait(false)) yield return episodes.Current;
    }

    internal static bool IsArchive(ReadOnlySpan<byte> head) =>
        // The second is an archive without entries, which is worth a better message than "unknown".
        head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8);

    internal static bool IsArray(ReadOnlySpan<byte> head) => head.StartsWith(NpyHeader.Magic);

    internal IEnumerable<Episode> ReadEpisodes(CancellationToken cancellationToken)
    {
        var checks = new EpisodeChecks($"file '{Name}'", DimensionNames, _description.Path);
        if (!_isArchive)
        {
            using FileStream stream = OpenFile();
            string name = Path.GetFileNameWithoutExtension(Name);
            foreach (Episode episode in ReadArray(stream, name, $"file '{Name}'", checks, cancellationToken))
                yield return episode;
            yield break;
        }

        using ZipArchive archive = OpenArchive();
        foreach ((string key, ZipArchiveEntry entry) in Entries(archive))
        {
            using Stream stream = OpenEntry(entry);
            foreach (Episode episode in ReadArray(stream, key, $"file '{Name}', entry '{entry.FullName}'", checks, cancellationToken))
                yield return episode;
        }
    }

    private static IEnumerable<Episode> ReadArray(
        Stream stream, string key, string place, EpisodeChecks checks, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reader = new NpyValueReader(stream, place);
        int[] shape = reader.Header.Shape;
        (int episodes, int steps, int dimensions) = shape switch
        {
            [var t] => (1, t, 1),
            [var t, var d] => (1, t, d),
            // A file of a hundred bytes could otherwise promise a billion episodes of nothing.
            [> 0 and var n, > 0 and var t, var d] => (n, t, d),
            _ => throw new InvalidDataException(
                $"{place}: shape ({string.Join(", ", shape)}) is not of episodes; "
                + "expected [steps, dims], [steps] or a non-empty [episodes, steps, dims]"),
        };

        checks.AcceptDimensions(shape.Length == 3 ? $"{key}[0]" : key, dimensions);
        // In Fortran order the values of an episode stand scattered over the whole array.
        double[]? all = reader.Header.FortranOrder ? reader.ReadAll(cancellationToken) : null;
        int length = steps * dimensions;
        for (int i = 0; i < episodes; i++)
        {
            ReadOnlyMemory<double> actions = all?.AsMemory(i * length, length) ?? reader.Read(length, cancellationToken);
            // The checksum stands at the end: no last episode is handed out before it was compared.
            if (all is null && i == episodes - 1) reader.ReadEnd();
            yield return checks.Accept(new Episode(shape.Length == 3 ? $"{key}[{i}]" : key, actions, dimensions));
        }
    }

    private List<(string Key, ZipArchiveEntry Entry)> Entries(ZipArchive archive)
    {
        var entries = new List<(string, ZipArchiveEntry)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                if (entry.FullName.EndsWith('/')) continue;
                string key = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                if (!keys.Add(key)) throw new InvalidDataException($"two entries are named '{key}'");
                entries.Add((key, entry));
            }
        }
        catch (Exception e) when (ArchiveEntryStream.IsDamage(e))
        {
            throw Damaged(e);
        }

        return entries.Count > 0
            ? entries
            : throw new InvalidDataException($"file '{Name}': the archive has no arrays; save one array per episode with numpy.savez");
    }

    private FileStream OpenFile() => new(Name, FileMode.Open, FileAccess.Read, FileShare.Read, 65536);

    private ZipArchive OpenArchive()
    {
        FileStream stream = OpenFile();
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch (Exception e) when (ArchiveEntryStream.IsDamage(e))
        {
            stream.Dispose();
            throw Damaged(e);
        }
    }

    private ArchiveEntryStream OpenEntry(ZipArchiveEntry entry)
    {
        try
        {
            if (entry.IsEncrypted) throw new InvalidDataException("is encrypted");
            return new ArchiveEntryStream(entry.Open(), entry.Crc32);
        }
        catch (Exception e) when (ArchiveEntryStream.IsDamage(e))
        {
            throw new InvalidDataException($"file '{Name}', entry '{entry.FullName}': {e.Message}", e);
        }
    }

    private InvalidDataException Damaged(Exception e) => new($"file '{Name}': the archive is damaged: {e.Message}", e);
}
