using System.Text.Json;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>What <c>meta/info.json</c> of a LeRobot data set says.</summary>
/// <remarks>Versions 2.0 and 2.1 keep one file per episode, 3.0 many episodes per file.</remarks>
internal sealed class LeRobotInfo
{
    private const int DefaultChunkSize = 1000;

    private LeRobotInfo()
    {
    }

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>2 or 3.</summary>
    public required int Version { get; init; }

    /// <summary>Where the files with the steps are.</summary>
    public required DataPathTemplate DataPath { get; init; }

    /// <summary>Episodes per folder, in version 2.</summary>
    public required long ChunkSize { get; init; }

    /// <summary>How many episodes there should be; null where that is not said.</summary>
    public required long? Episodes { get; init; }

    /// <summary>Steps per second, from <c>fps</c>; null where it is absent.</summary>
    public required double? Rate { get; init; }

    /// <summary>The columns, in the order in which they are described.</summary>
    public required IReadOnlyList<LeRobotFeature> Features { get; init; }

    /// <summary>Where a data set keeps its description.</summary>
    public static string PathIn(string folder) => System.IO.Path.Combine(folder, "meta", "info.json");

    /// <summary>Reads the description of a data set.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, of another version, or a field is not what it should be.</exception>
    public static LeRobotInfo Read(string folder)
    {
        string path = PathIn(folder);
        using JsonDocument json = JsonFile.Read(path);
        try
        {
            return Read(json.RootElement, path);
        }
        catch (InvalidOperationException e) // an escaped half of a surrogate pair
        {
            throw new InvalidDataException($"file '{path}': holds a string that is not valid text", e);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"file '{path}': {e.Message}", e);
        }
    }

    private static LeRobotInfo Read(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException("is no JSON object");
        string version = Text(root, "codebase_version")
            ?? throw new InvalidDataException("'codebase_version' is missing; expected v2.0, v2.1 or v3.0");
        int major = version.StartsWith("v2.", StringComparison.Ordinal) ? 2
            : version.StartsWith("v3.", StringComparison.Ordinal) ? 3
            : throw new InvalidDataException(
                $"'codebase_version' is '{ForeignText.Shown(version)}'; v2.0, v2.1 and v3.0 are read; convert the data set with LeRobot");
        if (!root.TryGetProperty("features", out JsonElement features) || features.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException("'features' must be an object of columns");
        return new LeRobotInfo
        {
            Path = path,
            Version = major,
            DataPath = new DataPathTemplate(
                Text(root, "data_path") ?? (major == 2 ? DataPathTemplate.Version2 : DataPathTemplate.Version3)),
            ChunkSize = Count(root, "chunks_size", least: 1) ?? DefaultChunkSize,
            Episodes = Count(root, "total_episodes", least: 0),
            Rate = RateOf(root),
            Features = [.. features.EnumerateObject().Select(feature => FeatureOf(feature.Name, feature.Value))],
        };
    }

    private static LeRobotFeature FeatureOf(string name, JsonElement feature)
    {
        if (feature.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"feature '{ForeignText.Shown(name)}' must be an object");
        string type = Text(feature, "dtype") ?? "";
        if (type is not ("float32" or "float64")) return new LeRobotFeature(name, type, null, null);
        int? dimensions = DimensionsOf(name, feature);
        string[]? names = feature.TryGetProperty("names", out JsonElement value) ? NamesOf(value) : null;
        // Converters write one name for the whole column, too; that names no dimension.
        return new LeRobotFeature(name, type, dimensions, names?.Length == dimensions ? names : null);
    }

    private static int? DimensionsOf(string name, JsonElement feature)
    {
        if (!feature.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind == JsonValueKind.Null) return null;
        if (shape.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"feature '{ForeignText.Shown(name)}': 'shape' must be an array");
        if (shape.GetArrayLength() == 0) return 1;
        if (shape.GetArrayLength() > 1) return null;
        return shape[0].ValueKind == JsonValueKind.Number
            && shape[0].TryGetInt32(out int dimensions)
            && dimensions is >= 1 and <= EpisodeChecks.MaxDimensions
            ? dimensions
            : throw new InvalidDataException($"feature '{ForeignText.Shown(name)}': 'shape' must be of 1 to "
                + $"{EpisodeChecks.MaxDimensions} dimensions");
    }

    // A list; a list in a list; or lists under names of their own, such as {"motors": [...]}.
    private static string[]? NamesOf(JsonElement names)
    {
        var found = new List<string>();
        return Collect(names) ? [.. found] : null;

        bool Collect(JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    found.Add(value.GetString()!);
                    return true;
                case JsonValueKind.Array:
                    return value.EnumerateArray().All(Collect);
                case JsonValueKind.Object:
                    return value.EnumerateObject().All(group => group.Value.ValueKind == JsonValueKind.Array && Collect(group.Value));
                default:
                    return false;
            }
        }
    }

    private static string? Text(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new InvalidDataException($"'{name}' must be a string");
    }

    private static long? Count(JsonElement parent, string name, long least)
    {
        if (!parent.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long count) && count >= least
            ? count
            : throw new InvalidDataException($"'{name}' must be a whole number, at least {least}");
    }

    private static double? RateOf(JsonElement root)
    {
        if (!root.TryGetProperty("fps", out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double rate) && double.IsFinite(rate) && rate > 0
            ? rate
            : throw new InvalidDataException("'fps' must be a positive number of steps per second");
    }
}
