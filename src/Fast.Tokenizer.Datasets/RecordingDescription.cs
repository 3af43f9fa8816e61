using System.Text.Json;

namespace Fast.Tokenizer.Datasets;

/// <summary>
/// What a recording cannot say itself, from <c>NAME.json</c> beside <c>NAME.npz</c> or <c>NAME.csv</c>: rate and dimension names.
/// </summary>
internal sealed class RecordingDescription
{
    /// <summary>The JSON file.</summary>
    public required string Path { get; init; }

    /// <summary>Steps per second, from <c>hz</c>; null where it is absent or null.</summary>
    public double? Rate { get; init; }

    /// <summary>From <c>dim_names</c>; null where it is absent or null.</summary>
    public IReadOnlyList<string>? DimensionNames { get; init; }

    /// <summary>Reads the description of a recording; one without a file, or a file without these fields, says nothing.</summary>
    /// <exception cref="InvalidDataException">The file is not JSON, or a field is not what it should be.</exception>
    public static RecordingDescription Beside(string recording)
    {
        string path = System.IO.Path.ChangeExtension(recording, ".json");
        if (!File.Exists(path) || path == recording) return new RecordingDescription { Path = path };

        using JsonDocument json = JsonFile.Read(path);
        return new RecordingDescription
        {
            Path = path,
            Rate = json.RootElement.Member("hz") is { } hz ? ReadRate(hz, path) : null,
            DimensionNames = json.RootElement.Member("dim_names") is { } names ? ReadNames(names, path) : null,
        };
    }

    private static double ReadRate(JsonElement hz, string path)
    {
        if (hz.ValueKind == JsonValueKind.Number && hz.TryGetDouble(out double rate) && double.IsFinite(rate) && rate > 0) return rate;
        throw new InvalidDataException($"file '{path}': 'hz' must be a positive number of steps per second, or null");
    }

    private static string[] ReadNames(JsonElement names, string path)
    {
        if (names.ValueKind != JsonValueKind.Array || names.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
            throw new InvalidDataException($"file '{path}': 'dim_names' must be an array of strings, or null");
        try
        {
            return [.. names.EnumerateArray().Select(name => name.GetString()!)];
        }
        catch (InvalidOperationException e) // an escaped half of a surrogate pair
        {
            throw new InvalidDataException($"file '{path}': 'dim_names' holds a string that is not valid text", e);
        }
    }
}
