using System.IO.Compression;
using System.Runtime.CompilerServices;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>Episodes from a NumPy file: a <c>.npz</c> archive or a single <c>.npy</c> array.</summary>
/// <remarks>
/// An array of shape <c>[steps, dims]</c> is an episode named after its key, <c>[steps]</c> one of a single dimension,
/// <c>[N, T, dims]</c> N episodes named <c>key[0]</c>, <c>key[1]</c> and so on. Archive entries come in their stored order. Rate and
/// dimension names are taken from <c>NAME.json</c> beside <c>NAME.npz</c> (fields <c>hz</c> and <c>dim_names</c>) where there is one.
/// States come from a second file, where the options name one, under the same keys.
/// </remarks>
internal sealed class NumPyEpisodeSource : IEpisodeSource
{
    private readonly EpisodeDatasetOptions _options;
    private readonly RecordingDescription _description;
    private readonly bool _isArchive;
    private readonly string? _statePath;
    private readonly HashSet<string> _skipped = new(StringComparer.Ordinal);

    /// <summary>Opens a file far enough to know what it is; the arrays are read later, one at a time.</summary>
    /// <param name="path">A <c>.npz</c> or <c>.npy</c> file; which of them is told by its content.</param>
    /// <param name="options">Choices, of which the state's key and the sink for bad episodes are used; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or none of the state.</exception>
    /// <exception cref="InvalidDataException">
    /// The archive has no arrays or two of one name, the JSON beside it is malformed, or the state's file has no array of the same name.
    /// </exception>
    public NumPyEpisodeSource(string path, EpisodeDatasetOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Name = path;
        _options = options ?? EpisodeDatasetOptions.Default;
        _isArchive = IsArchiveFile(path);
        _description = RecordingDescription.Beside(path);
        if (_options.StateKey is { } key) _statePath = StatePath(key);
        if (!_isArchive) return;

        using ZipArchive archive = OpenArchive(Name);
        List<(string Key, ZipArchiveEntry)> entries = Entries(Name, archive);
        if (_statePath is null) return;
        using ZipArchive states = OpenArchive(_statePath);
        HashSet<string> keys = [.. Entries(_statePath, states).Select(entry => entry.Key)];
        if (!entries.Any(entry => keys.Contains(entry.Key)))
            throw MissingColumn.Of($"file '{_statePath}'", entries[0].Key, "state key", keys);
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
            string name = Path.GetFileNameWithoutExtension(Name);
            foreach (Episode episode in AcceptGood(name, ReadFile(name, checks, cancellationToken), checks)) yield return episode;
            yield break;
        }

        using ZipArchive archive = OpenArchive(Name);
        using ZipArchive? states = _statePath is null ? null : OpenArchive(_statePath);
        Dictionary<string, ZipArchiveEntry>? stateEntries = states is null
            ? null
            : Entries(_statePath!, states).ToDictionary(entry => entry.Key, entry => entry.Entry, StringComparer.Ordinal);
        foreach ((string key, ZipArchiveEntry entry) in Entries(Name, archive))
        {
            IEnumerable<Episode> episodes = ReadEntry(key, entry, stateEntries, checks, cancellationToken);
            foreach (Episode episode in AcceptGood(key, episodes, checks)) yield return episode;
        }
    }

    private IEnumerable<Episode> ReadFile(string name, EpisodeChecks checks, CancellationToken cancellationToken)
    {
        using FileStream stream = OpenFile(Name);
        using FileStream? states = _statePath is null ? null : OpenFile(_statePath);
        NpyEpisodes? stateArray = states is null ? null : new NpyEpisodes(states, $"file '{_statePath}'");
        foreach (Episode episode in ReadArray(name, new NpyEpisodes(stream, $"file '{Name}'"), stateArray, checks, cancellationToken))
            yield return episode;
    }

    private IEnumerable<Episode> ReadEntry(
        string key,
        ZipArchiveEntry entry,
        Dictionary<string, ZipArchiveEntry>? states,
        EpisodeChecks checks,
        CancellationToken cancellationToken)
    {
        ZipArchiveEntry? stateEntry = null;
        if (states is not null && !states.TryGetValue(key, out stateEntry))
            throw MissingColumn.Of($"file '{_statePath}'", key, "state key", states.Keys);

        using Stream stream = OpenEntry(Name, entry);
        using Stream? stateStream = stateEntry is null ? null : OpenEntry(_statePath!, stateEntry);
        var array = new NpyEpisodes(stream, $"file '{Name}', entry '{ForeignText.Shown(entry.FullName)}'");
        NpyEpisodes? stateArray = stateStream is null
            ? null
            : new NpyEpisodes(stateStream, $"file '{_statePath}', entry '{ForeignText.Shown(stateEntry!.FullName)}'");
        foreach (Episode episode in ReadArray(key, array, stateArray, checks, cancellationToken)) yield return episode;
    }

    private static IEnumerable<Episode> ReadArray(
        string key, NpyEpisodes array, NpyEpisodes? states, EpisodeChecks checks, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        checks.AcceptDimensions(array.IsStack ? $"{key}[0]" : key, array.Dimensions);
        if (states is not null) CheckStates(array, states);
        for (int i = 0; i < array.Count; i++)
        {
            yield return new Episode(array.IsStack ? $"{key}[{i}]" : key, array.Read(cancellationToken), array.Dimensions)
            {
                States = states?.Read(cancellationToken) ?? default,
                StateDimensions = states?.Dimensions ?? 0,
            };
        }
    }

    private static void CheckStates(NpyEpisodes array, NpyEpisodes states)
    {
        if (states.Dimensions is < 1 or > EpisodeChecks.MaxDimensions)
        {
            throw new InvalidDataException(
                $"{states.Place}: has {states.Dimensions} dimensions; expected 1 to {EpisodeChecks.MaxDimensions}");
        }

        if ((states.Count, states.Steps) != (array.Count, array.Steps))
        {
            throw new InvalidDataException(
                $"{states.Place}: has {states.Count} episodes of {states.Steps} steps, but the actions {array.Count} of {array.Steps}");
        }
    }

    // What is wrong with one episode of a stack is not the others' fault; what is wrong with the array is.
    private IEnumerable<Episode> AcceptGood(string key, IEnumerable<Episode> episodes, EpisodeChecks checks)
    {
        using IEnumerator<Episode> each = episodes.GetEnumerator();
        while (true)
        {
            string name = key;
            Episode? episode = null;
            try
            {
                if (!each.MoveNext()) yield break;
                name = each.Current.Name;
                episode = checks.Accept(each.Current);
            }
            catch (InvalidDataException problem) when (_options.SkipBad is not null)
            {
                if (_skipped.Add(name)) _options.SkipBad(new SkippedEpisode(Name, name, problem.Message));
            }

            if (episode is not null) yield return episode;
        }
    }

    private string StatePath(string key)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(Name))!;
        string path = Path.Combine(folder, key.Replace("*", Path.GetFileNameWithoutExtension(Name), StringComparison.Ordinal));
        if (IsArchiveFile(path) == _isArchive) return path;
        string kind = _isArchive ? "not an archive" : "an archive";
        throw new InvalidDataException($"file '{path}': is {kind}, unlike '{Name}', whose states it is to hold");
    }

    private static List<(string Key, ZipArchiveEntry Entry)> Entries(string path, ZipArchive archive)
    {
        var entries = new List<(string, ZipArchiveEntry)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                if (entry.FullName.EndsWith('/')) continue;
                string key = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                if (!keys.Add(key)) throw new InvalidDataException($"two entries are named '{ForeignText.Shown(key)}'");
                entries.Add((key, entry));
            }
        }
        catch (Exception e) when (ArchiveEntryStream.IsDamage(e))
        {
            throw Damaged(path, e);
        }

        return entries.Count > 0
            ? entries
            : throw new InvalidDataException($"file '{path}': the archive has no arrays; save one array per episode with numpy.savez");
    }

    private static bool IsArchiveFile(string path) => File.Exists(path)
        ? IsArchive(EpisodeDataset.ReadHead(path))
        : throw new FileNotFoundException($"no such file: {path}", path);

    private static FileStream OpenFile(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65536);

    private static ZipArchive OpenArchive(string path)
    {
        FileStream stream = OpenFile(path);
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch (Exception e) when (ArchiveEntryStream.IsDamage(e))
        {
            stream.Dispose();
            throw Damaged(path, e);
        }
    }

    private static ArchiveEntryStream OpenEntry(string path, ZipArchiveEntry entry)
    {
        try
        {
            if (entry.IsEncrypted) throw new InvalidDataException("is encrypted");
            return new ArchiveEntryStream(entry.Open(), entry.Crc32);
        }
        catch (Exception e) when (ArchiveEntryStream.IsDamage(e))
        {
            throw new InvalidDataException($"file '{path}', entry '{ForeignText.Shown(entry.FullName)}': {e.Message}", e);
        }
    }

    private static InvalidDataException Damaged(string path, Exception e) => new($"file '{path}': the archive is damaged: {e.Message}", e);
}
