using System.Text.Json;

namespace Fast.Tokenizer.Datasets.Arrow;

/// <summary>What stands beside the data of a saved Hugging Face data set: its files, and what LeRobot adds about them.</summary>
internal sealed class ArrowDescription
{
    public const string Pattern = "*.arrow";

    private const string StateFileName = "state.json";
    private const string InfoFileName = "dataset_info.json";

    // What datasets keeps of earlier computations beside the data.
    private const string CachePrefix = "cache-";

    /// <summary>Steps per second; null where nothing says.</summary>
    public double? Rate { get; private init; }

    /// <summary>Names of the action's dimensions; null where nothing says.</summary>
    public IReadOnlyList<string>? DimensionNames { get; private init; }

    /// <summary>Names of the state's dimensions; null where nothing says.</summary>
    public IReadOnlyList<string>? StateNames { get; private init; }

    /// <summary>Whether a folder is described, and its files therefore are one data set.</summary>
    public static bool IsBeside(string folder) =>
        File.Exists(Path.Combine(folder, StateFileName)) || File.Exists(Path.Combine(folder, InfoFileName));

    /// <summary>Reads what stands in a folder, as far as it is there.</summary>
    /// <exception cref="InvalidDataException">A file is malformed.</exception>
    public static ArrowDescription Beside(string folder, string actionKey, string stateKey)
    {
        string path = Path.Combine(folder, InfoFileName);
        if (!File.Exists(path)) return new ArrowDescription();

        using JsonDocument json = JsonFile.Read(path);
        if (json.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"file '{path}': is no JSON object");
        JsonElement? features = json.RootElement.Member("features");
        if (features is { ValueKind: not JsonValueKind.Object })
            throw new InvalidDataException($"file '{path}': 'features' must be an object");
        return new ArrowDescription
        {
            Rate = json.RootElement.Member("fps") is { } fps ? RateOf(fps, path) : null,
            DimensionNames = NamesOf(features?.Member(actionKey)),
            StateNames = NamesOf(features?.Member(stateKey)),
        };
    }

    /// <summary>The data files of a folder, in the order of their rows.</summary>
    /// <exception cref="InvalidDataException">
    /// A file is missing, a name leads out of the folder, or rows are picked by a list that is not read.
    /// </exception>
    public static IReadOnlyList<string> FilesOf(string folder)
    {
        string path = Path.Combine(folder, StateFileName);
        if (!File.Exists(path))
        {
            string[] shards = [.. ShardFiles.In(folder, Pattern)
                .Where(file => !Path.GetFileName(file).StartsWith(CachePrefix, StringComparison.Ordinal))];
            return shards.Length > 0
                ? shards
                : throw new InvalidDataException($"folder '{folder}': holds no {Pattern} but those of a cache");
        }

        using JsonDocument json = JsonFile.Read(path);
        string place = $"file '{path}'";
        if ((json.RootElement.Member("_indices_data_files") ?? json.RootElement.Member("_indices_files")).Elements().Any())
            throw new InvalidDataException(
                $"{place}: its rows are picked by a list of indices; save the data set again after flatten_indices()");
        var files = new List<string>();
        foreach (JsonElement file in json.RootElement.Member("_data_files").Elements())
        {
            string name = file.Member("filename")?.Text()
                ?? throw new InvalidDataException($"{place}: data file {files.Count} has no 'filename'");
            files.Add(ShardFiles.Beside(place, folder, name));
            if (!File.Exists(files[^1])) throw ShardFiles.Missing(folder, name);
        }

        return files.Count > 0 ? files : throw new InvalidDataException($"{place}: lists no '_data_files'");
    }

    private static double RateOf(JsonElement fps, string path) =>
        fps.ValueKind == JsonValueKind.Number && fps.TryGetDouble(out double rate) && double.IsFinite(rate) && rate > 0
            ? rate
            : throw new InvalidDataException($"file '{path}': 'fps' must be a positive number of steps per second");

    // A list, or a list by the name of the axis as LeRobot has it: {"motors": [...]}.
    private static string[]? NamesOf(JsonElement? feature)
    {
        JsonElement? names = feature?.Member("names");
        if (names is { ValueKind: JsonValueKind.Object } axes)
            names = axes.Members().Select(axis => (JsonElement?)axis.Value).FirstOrDefault();
        string?[] texts = [.. names.Elements().Select(name => name.Text())];
        return texts.Length > 0 && texts.All(text => text is not null) ? [.. texts.OfType<string>()] : null;
    }
}
