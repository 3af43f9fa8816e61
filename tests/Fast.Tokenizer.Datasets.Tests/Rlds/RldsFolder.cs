using System.Text.Json.Nodes;

namespace Fast.Tokenizer.Datasets.Tests.Rlds;

/// <summary>Writes the descriptions of a data set as TensorFlow Datasets does.</summary>
internal static class RldsFolder
{
    /// <summary>The <c>features.json</c> of a data set.</summary>
    /// <param name="features">Names within the steps, such as <c>observation/state</c>, and what each is.</param>
    public static string Features(params (string Name, JsonObject Feature)[] features)
    {
        var steps = Dictionary();
        foreach ((string name, JsonObject feature) in features)
        {
            JsonObject at = steps;
            string[] parts = name.Split('/');
            foreach (string part in parts[..^1]) at = (JsonObject)(at["featuresDict"]!["features"]![part] ??= Dictionary());
            at["featuresDict"]!["features"]![parts[^1]] = feature;
        }

        var root = Dictionary();
        var sequence = new JsonObject { ["feature"] = steps, ["length"] = "-1" };
        root["featuresDict"]!["features"]!["steps"] = new JsonObject { ["sequence"] = sequence };
        return root.ToJsonString();
    }

    /// <summary>A tensor of each step.</summary>
    public static JsonObject Tensor(string type, params string[] dimensions) => new()
    {
        ["tensor"] = new JsonObject
        {
            ["shape"] = new JsonObject { ["dimensions"] = new JsonArray([.. dimensions.Select(size => JsonValue.Create(size))]) },
            ["dtype"] = type,
            ["encoding"] = "none",
        },
    };

    /// <summary>A <c>dataset_info.json</c> of the data set <c>d</c>.</summary>
    public static string Info(params (string Split, int[] Lengths)[] splits) => new JsonObject
    {
        ["name"] = "d",
        ["fileFormat"] = "tfrecord",
        ["splits"] = new JsonArray([.. splits.Select(split => new JsonObject
        {
            ["name"] = split.Split,
            ["filepathTemplate"] = "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}",
            ["shardLengths"] = new JsonArray([.. split.Lengths.Select(length => JsonValue.Create($"{length}"))]),
        })]),
    }.ToJsonString();

    private static JsonObject Dictionary() => new() { ["featuresDict"] = new JsonObject { ["features"] = new JsonObject() } };
}
