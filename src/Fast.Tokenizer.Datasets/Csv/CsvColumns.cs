using System.Globalization;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets.Csv;

/// <summary>Which columns of a table hold what.</summary>
/// <param name="Episode">The episode a row belongs to; null where the file is one episode.</param>
/// <param name="Step">A step's number or its time, which goes up from row to row within an episode; null where there is none.</param>
/// <param name="IsClock">Whether it is a time, which may stand still.</param>
/// <param name="Actions">The action's columns, at least one, in order.</param>
/// <param name="ActionNames">Their names without what all begin with; null where numbers are all that is left.</param>
/// <param name="States">The state's columns, in order; none where there is no state.</param>
/// <param name="StateNames">Their names; null where there is no state, or numbers are all that is left.</param>
internal sealed record CsvColumns(
    int? Episode, int? Step, bool IsClock, int[] Actions, string[]? ActionNames, int[] States, string[]? StateNames)
{
    private static readonly string[] _episodes = ["episode_index", "episode", "episode_id"];
    private static readonly string[] _steps = ["frame_index", "step_index", "step", "timestep", "frame"];
    private static readonly string[] _clocks = ["timestamp", "time", "t"];
    private static readonly string[] _counters = ["index", "task_index"];

    /// <summary>Finds the columns by their names, and by the first row where nothing is named like actions.</summary>
    /// <param name="place">The file, for messages.</param>
    /// <param name="header">The names of all columns.</param>
    /// <param name="isNumber">Whether a column's first row is a number.</param>
    /// <param name="options">The keys that were given.</param>
    /// <exception cref="InvalidDataException">A column is missing, or two have the name that is asked for.</exception>
    public static CsvColumns Find(string place, string[] header, Func<int, bool> isNumber, EpisodeDatasetOptions options)
    {
        int? episode = FindEpisode(place, header, options.EpisodeKey);
        int? step = FindFirst(header, _steps);
        int? clock = FindFirst(header, _clocks);

        string stateKey = options.StateKey ?? (header.Any(name => name.StartsWith("observation.state", StringComparison.Ordinal))
            ? "observation.state"
            : "state");
        (int[] states, string[]? stateNames) = Select(place, header, stateKey, "state key");
        if (states.Length == 0 && options.StateKey is not null) throw MissingColumn.Of(place, stateKey, "state key", header);

        (int[] actions, string[]? actionNames) = Select(place, header, options.ActionKey ?? "action", "action key");
        if (actions.Length == 0 && options.ActionKey is null)
        {
            string[] others = [.. _episodes, .. _steps, .. _clocks, .. _counters];
            actions = [.. Enumerable.Range(0, header.Length).Where(column =>
                column != episode && !states.Contains(column) && !others.Contains(header[column]) && isNumber(column))];
            actionNames = Named([.. actions.Select(column => header[column])]);
        }

        if (actions.Length == 0) throw MissingColumn.Of(place, options.ActionKey ?? "action", "action key", header);
        return new CsvColumns(episode, step ?? clock, step is null, actions, actionNames, states, stateNames);
    }

    /// <summary>Reads a cell; numbers are written as in every culture's programs, with a point.</summary>
    public static bool TryParse(ReadOnlySpan<char> cell, out double value) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static int? FindEpisode(string place, string[] header, string? key)
    {
        if (key is { Length: 0 }) return null;
        foreach (string name in key is null ? _episodes : [key])
        {
            if (Find(header, name) is not { } column) continue;
            CheckOnce(place, header, name);
            return column;
        }

        throw MissingColumn.Of(place, key ?? _episodes[0], "episode key, empty where a file is one episode", header);
    }

    // A list of names is taken as it is; a single one is what the names begin with.
    private static (int[] Columns, string[]? Names) Select(string place, string[] header, string key, string option)
    {
        if (key.Contains(','))
        {
            string[] names = key.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            foreach (string name in names) CheckOnce(place, header, name);
            int[] listed = [.. names.Select(name => Find(header, name) ?? throw MissingColumn.Of(place, name, option, header))];
            return (listed, Named(names));
        }

        int[] columns = key.Length == 0
            ? []
            : [.. Enumerable.Range(0, header.Length).Where(column => header[column].StartsWith(key, StringComparison.Ordinal))];
        foreach (int column in columns) CheckOnce(place, header, header[column]);
        string[] rests =
            [.. columns.Select(column => header[column][key.Length..].TrimStart('.', '_', '/', '-', ' ', '[', ':').TrimEnd(']'))];
        // A column that is the prefix itself has no other name.
        return (columns, Named(rests.Contains("") ? [.. columns.Select(column => header[column])] : rests));
    }

    // A number would be taken for an index where dimensions are chosen by name.
    private static string[]? Named(string[] names) =>
        names.Length == 0 || names.All(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)) ? null : names;

    private static int? FindFirst(string[] header, string[] names) =>
        names.Select(name => Find(header, name)).FirstOrDefault(found => found is not null);

    private static int? Find(string[] header, string name) => Array.IndexOf(header, name) is >= 0 and var column ? column : null;

    private static void CheckOnce(string place, string[] header, string name)
    {
        if (Array.IndexOf(header, name) != Array.LastIndexOf(header, name))
            throw new InvalidDataException($"{place}: two columns are named '{ForeignText.Shown(name)}'; it is not clear which to read");
    }
}
