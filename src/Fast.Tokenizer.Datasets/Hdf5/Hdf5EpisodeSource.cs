using System.Runtime.CompilerServices;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Hdf5;

/// <summary>Episodes from HDF5: a robomimic file of many, an ALOHA file of one, or a folder of ALOHA files.</summary>
/// <remarks>
/// robomimic, LIBERO and robosuite keep <c>data/demo_N/actions</c> in one file; ALOHA and ACT keep <c>/action</c> and
/// <c>/observations/qpos</c> in a file <c>episode_N.hdf5</c> per episode. Both come in the order of N. Which it is, is told by the content.
/// </remarks>
internal sealed class Hdf5EpisodeSource : RecordedEpisodes
{
    private const string DemosGroup = "data";
    private const string DemoPrefix = "demo_";
    private const string EpisodePrefix = "episode_";
    private const string DefaultState = "observations/qpos";

    private static readonly string[] _extensions = [".hdf5", ".h5"];

    private readonly List<Place> _places;
    private readonly string _actionKey;

    /// <exception cref="InvalidDataException">The file is damaged, or holds no episodes, or nothing of the actions' name.</exception>
    public Hdf5EpisodeSource(string path, EpisodeDatasetOptions options) : base(path, options)
    {
        if (Directory.Exists(path))
        {
            _actionKey = Key(options.ActionKey) ?? "action";
            _places = [.. Files(path).Select(file =>
                new Place(Path.Combine(path, file.Text), "", Path.GetFileNameWithoutExtension(file.Text), file.Number))];
            if (_places.Count == 0) throw new InvalidDataException($"folder '{path}': holds no file {EpisodePrefix}N.hdf5");
            Rate = RateOfFirst();
            return;
        }

        using var file = new Hdf5File(path);
        List<string> groups = file.GroupsIn(DemosGroup);
        List<NumberedName> demos = NumberedName.Among(groups, DemoPrefix);
        if (demos.Count > 0)
        {
            _actionKey = Key(options.ActionKey) ?? "actions";
            _places = [.. demos.Select(demo => new Place(path, $"{DemosGroup}/{demo.Text}/", demo.Text, demo.Number))];
            // A name that no episode has is a mistake in the name; one that some have not is for each of these to say.
            if (!_places.Any(place => file.Has(place.Prefix + _actionKey))) throw Missing(file, _places[0], _actionKey, "action key");
            Rate = file.Rate(DemosGroup) ?? file.Rate("/");
            return;
        }

        _actionKey = Key(options.ActionKey) ?? (file.Has("action") || !file.Has("actions") ? "action" : "actions");
        _places = [new Place(path, "", Path.GetFileNameWithoutExtension(path), 0)];
        if (!file.Has(_actionKey))
        {
            if (file.Has(DemosGroup) && options.ActionKey is null)
                throw new InvalidDataException($"file '{path}': holds no episodes: there is no group '{DemoPrefix}N' in '{DemosGroup}'");
            throw Missing(file, _places[0], _actionKey, "action key");
        }

        Rate = file.Rate("/");
    }

    public override IReadOnlyList<string>? DimensionNames => null;

    public override double? Rate { get; }

    /// <summary>Whether a path is an HDF5 file, or a folder whose HDF5 files are all named <c>episode_N</c>.</summary>
    public static bool Recognizes(string path)
    {
        if (!Directory.Exists(path)) return Hdf5File.IsHdf5(path);
        int files = Hdf5FilesIn(path).Count();
        return files > 0 && Files(path).Count == files;
    }

    protected override async IAsyncEnumerable<EpisodeEntry> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        for (int i = 0; i < _places.Count; i++)
        {
            if (i > 0 && Gap(_places[i - 1], _places[i]) is { } gap) yield return gap;
            Place place = _places[i];
            yield return new EpisodeEntry(place.Name, stop => Task.FromResult(Read(place, stop)));
        }
    }

    private static IEnumerable<string> Hdf5FilesIn(string folder) => Directory.EnumerateFiles(folder)
        .Select(path => Path.GetFileName(path))
        .Where(name => _extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase));

    private static List<NumberedName> Files(string folder)
    {
        Dictionary<string, string> names = [];
        foreach (string file in Hdf5FilesIn(folder)) names.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        return [.. NumberedName.Among(names.Keys, EpisodePrefix).Select(name => name with { Text = names[name.Text] })];
    }

    // A leading slash is how HDF5 names what stands in the file's root.
    private static string? Key(string? key) => key?.Trim('/');

    private static InvalidDataException Missing(Hdf5File file, Place place, string key, string option)
    {
        string group = place.Prefix.Length == 0 ? "/" : place.Prefix.TrimEnd('/');
        string where = place.Prefix.Length == 0 ? $"file '{place.File}'" : $"file '{place.File}', '{group}'";
        return MissingColumn.Of(where, key, option, file.DataSetsBelow(group));
    }

    // One entry stands for all numbers that are missing between two.
    private EpisodeEntry? Gap(Place before, Place after)
    {
        string? problem = (after.Number - before.Number) switch
        {
            0 => $"'{ForeignText.Shown(before.Name)}' and '{ForeignText.Shown(after.Name)}' are of one number; "
                + $"it is not clear which comes first",
            1 => null,
            2 => $"number {after.Number - 1} is missing between '{ForeignText.Shown(before.Name)}' and '{ForeignText.Shown(after.Name)}'",
            _ => $"numbers {before.Number + 1} to {after.Number - 1} are missing between "
                + $"'{ForeignText.Shown(before.Name)}' and '{ForeignText.Shown(after.Name)}'",
        };
        if (problem is null) return null;
        var gap = new InvalidDataException($"'{Name}': {problem}; add what is missing, or leave bad episodes out");
        return new EpisodeEntry($"between {before.Name} and {after.Name}", _ => Task.FromException<Episode>(gap));
    }

    private double? RateOfFirst()
    {
        try
        {
            using var file = new Hdf5File(_places[0].File);
            return file.Rate("/");
        }
        catch (InvalidDataException)
        {
            // It is told when the episode is read, and may be left out.
            return null;
        }
    }

    private Episode Read(Place place, CancellationToken cancellationToken)
    {
        using var file = new Hdf5File(place.File, cancellationToken);
        if (place.File != Name && file.Rate("/") is { } rate && Rate is not null && rate != Rate)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"file '{place.File}': has {rate} steps per second, '{_places[0].File}' {Rate}; give recordings of one rate"));
        }

        if (!file.Has(place.Prefix + _actionKey)) throw Missing(file, place, _actionKey, "action key");
        Hdf5Matrix actions = file.Read(place.Prefix + _actionKey);

        string? stateKey = Key(Options.StateKey);
        if (stateKey is not null && !file.Has(place.Prefix + stateKey)) throw Missing(file, place, stateKey, "state key");
        // What robomimic calls states is the simulator's, not the robot's: it is read where it is asked for.
        if (stateKey is null && place.Prefix.Length == 0 && file.Has(DefaultState)) stateKey = DefaultState;
        if (stateKey is null) return new Episode(place.Name, actions.Values, actions.Dimensions);

        Hdf5Matrix states = file.Read(place.Prefix + stateKey);
        if (states.Steps != actions.Steps)
        {
            throw new InvalidDataException(
                $"file '{place.File}': episode '{ForeignText.Shown(place.Name)}' has {actions.Steps} steps of '{_actionKey}', "
                + $"but {states.Steps} of '{stateKey}'");
        }

        return new Episode(place.Name, actions.Values, actions.Dimensions) { States = states.Values, StateDimensions = states.Dimensions };
    }

    /// <summary>Where an episode stands.</summary>
    private sealed record Place(string File, string Prefix, string Name, long Number);
}
