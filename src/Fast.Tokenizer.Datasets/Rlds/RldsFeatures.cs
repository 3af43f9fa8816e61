using System.Text.Json;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>What the records of a data set hold, from the <c>features.json</c> that TensorFlow Datasets writes.</summary>
internal static class RldsFeatures
{
    public const string FileName = "features.json";

    /// <summary>The features within the steps, by name, such as <c>steps/observation/state</c>.</summary>
    /// <exception cref="InvalidDataException">The file is not as TensorFlow Datasets writes it.</exception>
    public static Dictionary<string, RldsFeature> Read(string path)
    {
        using JsonDocument json = JsonFile.Read(path);
        JsonElement steps = json.RootElement.Member("featuresDict")?.Member("features")?.Member("steps")
            ?? throw new InvalidDataException(
                $"file '{path}': declares no 'steps'; it is of no RLDS data set, or of an old one");
        JsonElement step = steps.Member("sequence")?.Member("feature")
            ?? throw new InvalidDataException($"file '{path}': 'steps' is no data set of steps; expected a 'sequence' of features");

        var features = new Dictionary<string, RldsFeature>(StringComparer.Ordinal);
        Add(features, "steps", step);
        return features;
    }

    private static void Add(Dictionary<string, RldsFeature> features, string name, JsonElement feature)
    {
        if (feature.Member("featuresDict")?.Member("features") is { ValueKind: JsonValueKind.Object } inner)
        {
            foreach ((string member, JsonElement value) in inner.Members()) Add(features, $"{name}/{member}", value);
            return;
        }

        features.TryAdd(name, feature.Member("tensor") is { } tensor
            ? OfTensor(tensor)
            : new RldsFeature(FeatureKind.Bytes, 0, KindOf(feature)));
    }

    private static string KindOf(JsonElement feature) =>
        feature.Member("sequence") is not null ? "is a sequence within each step"
        : feature.Member("image") is not null ? "is an image"
        : feature.Member("text") is not null ? "is text"
        : "is no tensor";

    private static RldsFeature OfTensor(JsonElement tensor)
    {
        string type = tensor.Member("dtype")?.Text() ?? "";
        FeatureKind kind = type switch
        {
            "float16" or "bfloat16" or "float32" or "float64" => FeatureKind.Float,
            "bool" or "int4" or "int8" or "int16" or "int32" or "int64" => FeatureKind.Integer,
            "uint4" or "uint8" or "uint16" or "uint32" or "uint64" => FeatureKind.Integer,
            _ => FeatureKind.Bytes,
        };

        long dimensions = 1;
        foreach (JsonElement size in (tensor.Member("shape")?.Member("dimensions")).Elements())
        {
            dimensions = size.Whole() is > 0 and <= EpisodeChecks.MaxDimensions and long known ? dimensions * known : 0;
            if (dimensions is < 1 or > EpisodeChecks.MaxDimensions)
                return new RldsFeature(
                    kind, 0, $"has a dimension that is unknown, empty or too large");
        }

        string? fault = kind == FeatureKind.Bytes ? $"is of type '{ForeignText.Shown(type)}'"
            : tensor.Member("encoding")?.Text() is { } encoding and not "none" ? $"is stored encoded ('{ForeignText.Shown(encoding)}')"
            : null;
        return new RldsFeature(kind, (int)dimensions, fault);
    }
}
