using System.Globalization;
using System.Runtime.CompilerServices;
using Fast.Tokenizer.Datasets.ParquetFiles;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>Episodes from a LeRobot data set, version 2.0, 2.1 or 3.0: a folder with <c>meta/info.json</c>.</summary>
/// <remarks>
/// Actions are the column <c>action</c> (or <c>actions</c>), states <c>observation.state</c> (or <c>state</c>), unless the options name
/// others; several columns, separated by commas, are put beside one another. No other column is read but <c>episode_index</c>,
/// <c>frame_index</c> and <c>index</c>. An episode that is listed but whose file is missing cannot be read, like any that is damaged.
/// </remarks>
internal sealed class LeRobotEpisodeSource : RecordedEpisodes
{
    private readonly LeRobotInfo _info;
    private readonly StepColumns _actions;
    private readonly StepColumns? _states;

    /// <summary>Reads the description of the data set; the episodes are read later.</summary>
    /// <exception cref="InvalidDataException">The description is malformed, or lacks the columns.</exception>
    public LeRobotEpisodeSource(string folder, EpisodeDatasetOptions options)
        : base(folder, options)
    {
        if (!Recognizes(folder))
            throw new InvalidDataException($"'{folder}': is no LeRobot data set; expected a folder with meta/info.json");
        _info = LeRobotInfo.Read(folder);
        _actions = StepColumns.Actions(_info, options.ActionKey);
        _states = StepColumns.States(_info, options.StateKey);
    }

    public override IReadOnlyList<string>? DimensionNames => _actions.Names;

    public override IReadOnlyList<string>? StateNames => _states?.Names;

    public override double? Rate => _info.Rate;

    private (int Actions, int States) Dimensions =>
        (_actions.Features.Sum(feature => feature.Dimensions ?? 1), _states?.Features.Sum(feature => feature.Dimensions ?? 1) ?? 0);

    /// <summary>Whether a path is a LeRobot data set.</summary>
    public static bool Recognizes(string folder) => File.Exists(LeRobotInfo.PathIn(folder));

    /// <summary>Opens a folder.</summary>
    public static IEpisodeSource Open(string folder, EpisodeDatasetOptions options) => new LeRobotEpisodeSource(folder, options);

    protected override IAsyncEnumerable<EpisodeEntry> FindAsync(CancellationToken cancellationToken) =>
        _info.Version == 2 ? FindFilesAsync(cancellationToken) : FindRowsAsync(cancellationToken);

    // Version 2: a file per episode.
    private async IAsyncEnumerable<EpisodeEntry> FindFilesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long listed = 0;
        foreach (EpisodeRecord episode in EpisodeLines.Read(Name, _info))
        {
            cancellationToken.ThrowIfCancellationRequested();
            listed++;
            yield return episode.Problem is { } problem
                ? Refused(episode, problem)
                : new EpisodeEntry(episode.Name, token => ReadFileAsync(episode, token));
        }

        await Task.CompletedTask.ConfigureAwait(false);
        if (Missing(listed, "meta/episodes.jsonl") is { } missing) yield return missing;
    }

    private async Task<Episode> ReadFileAsync(EpisodeRecord episode, CancellationToken cancellationToken)
    {
        string path = ExistingFile(episode);
        using var steps = new StepFile(new ParquetFile(path), _actions, _states);
        int rows = steps.Footer.Rows;
        if (episode.Length is { } length && length != rows)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"file '{path}': has {rows} rows; meta/episodes.jsonl gives episode {episode.Index} a length of {length}"));
        }

        var groups = new List<Steps>();
        foreach (ParquetRowGroup group in steps.Footer.RowGroups)
            groups.Add(await steps.ReadAsync(group, cancellationToken).ConfigureAwait(false));
        return StepFile.Join(episode, path, groups, 0, rows, Dimensions);
    }

    private string ExistingFile(EpisodeRecord episode)
    {
        string path = Path.Combine(Name, episode.File);
        if (File.Exists(path)) return path;
        // Some data sets of version 2.0 have a template that is not where the files are.
        string usual = Path.Combine(Name, new DataPathTemplate(DataPathTemplate.Version2).Format(
            field => field == "episode_chunk" ? episode.Index / _info.ChunkSize : episode.Index));
        if (_info.Version == 2 && File.Exists(usual)) return usual;
        throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
            $"file '{path}': is missing; the data set lists episode {episode.Index}"));
    }

    // Version 3: an episode is a range of rows of a file, and its row groups are shared with its neighbours.
    private async IAsyncEnumerable<EpisodeEntry> FindRowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long listed = 0;
        SharedFile? file = null;
        await foreach (EpisodeRecord episode in EpisodeTable.ReadAsync(Name, _info, cancellationToken).ConfigureAwait(false))
        {
            listed++;
            if (episode.Problem is { } problem)
            {
                yield return Refused(episode, problem);
                continue;
            }

            if (file?.Name != episode.File) file = await SharedFile.OpenAsync(this, episode, cancellationToken).ConfigureAwait(false);
            yield return file.Find(episode, cancellationToken);
        }

        if (Missing(listed, "meta/episodes") is { } missing) yield return missing;
    }

    private static EpisodeEntry Refused(EpisodeRecord episode, InvalidDataException problem) =>
        new(episode.Name, _ => Task.FromException<Episode>(problem));

    private EpisodeEntry? Missing(long listed, string list) => _info.Episodes is { } announced && announced != listed
        ? new EpisodeEntry(list, _ => Task.FromException<Episode>(new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
            $"file '{_info.Path}': 'total_episodes' is {announced}, but {list} lists {listed}"))))
        : null;

    /// <summary>A file of many episodes. Decoded groups live as long as an episode that waits for them.</summary>
    private sealed class SharedFile
    {
        private readonly LeRobotEpisodeSource _source;
        private string _path = "";
        private ParquetFooter? _footer;
        private long _start;
        private InvalidDataException? _problem;
        private (int Group, Lazy<Task<Steps>> Steps)? _last;

        private SharedFile(LeRobotEpisodeSource source, string name)
        {
            _source = source;
            Name = name;
        }

        public string Name { get; }

        public static async Task<SharedFile> OpenAsync(
            LeRobotEpisodeSource source, EpisodeRecord first, CancellationToken cancellationToken)
        {
            var shared = new SharedFile(source, first.File);
            try
            {
                shared._path = source.ExistingFile(first);
                using StepFile steps = new(new ParquetFile(shared._path), source._actions, source._states);
                shared._start = await steps.FirstIndexAsync(cancellationToken).ConfigureAwait(false) ?? first.From ?? 0;
                shared._footer = steps.Footer;
            }
            catch (InvalidDataException problem)
            {
                // Of each of its episodes, which may be left out.
                shared._problem = problem;
            }

            return shared;
        }

        public EpisodeEntry Find(EpisodeRecord episode, CancellationToken cancellationToken)
        {
            long first = (episode.From ?? 0) - _start, count = episode.Length ?? 0;
            if (_footer is not { } footer) return Refused(episode, _problem!);
            if (first < 0 || first + count > footer.Rows)
            {
                return Refused(episode, new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                    $"file '{_path}': episode {episode.Index} is rows {first} to {first + count - 1}, ")
                    + string.Create(CultureInfo.InvariantCulture, $"but the file has {footer.Rows} rows")));
            }

            var groups = new List<Lazy<Task<Steps>>>();
            for (int i = 0; i < footer.RowGroups.Count; i++)
            {
                ParquetRowGroup group = footer.RowGroups[i];
                if (group.FirstRow >= first + count || group.FirstRow + group.Rows <= first) continue;
                if (_last?.Group != i) _last = (i, new Lazy<Task<Steps>>(() => LoadAsync(footer, group, cancellationToken)));
                groups.Add(_last.Value.Steps);
            }

            return new EpisodeEntry(episode.Name, async _ =>
            {
                Steps[] steps = await Task.WhenAll(groups.Select(group => group.Value)).ConfigureAwait(false);
                return StepFile.Join(episode, _path, steps, (int)first, (int)count, _source.Dimensions);
            });
        }

        private async Task<Steps> LoadAsync(ParquetFooter footer, ParquetRowGroup group, CancellationToken cancellationToken)
        {
            using StepFile steps = new(new ParquetFile(_path, footer), _source._actions, _source._states);
            return await steps.ReadAsync(group, cancellationToken).ConfigureAwait(false);
        }
    }
}
