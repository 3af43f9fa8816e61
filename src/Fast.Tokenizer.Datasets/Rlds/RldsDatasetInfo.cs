using System.Globalization;
using System.Text.Json;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>Which files a data set has, from the <c>dataset_info.json</c> that TensorFlow Datasets writes.</summary>
internal static class RldsDatasetInfo
{
    public const string FileName = "dataset_info.json";

    private const string UsualTemplate = "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}";

    // Shards are numbered with five digits.
    private const int MaxShards = 100_000;

    /// <summary>The shards of the splits that are there, in the file's order; null where it does not say how many a split has.</summary>
    /// <exception cref="InvalidDataException">The file is malformed, no split is there, or one lacks a shard.</exception>
    public static List<RldsShard>? Read(string path)
    {
        using JsonDocument json = JsonFile.Read(path);
        string place = $"file '{path}'";
        string format = json.RootElement.Member("fileFormat")?.Text() ?? "tfrecord";
        if (format != "tfrecord")
            throw new InvalidDataException($"{place}: the records are stored as '{ForeignText.Shown(format)}'; "
                + $"only 'tfrecord' is read: convert the data set");
        string? name = json.RootElement.Member("name")?.Text();
        JsonElement[] splits = [.. json.RootElement.Member("splits").Elements()];
        if (name is null || splits.Length == 0)
            throw new InvalidDataException($"{place}: lacks 'name' or 'splits'; it is of no TensorFlow data set");

        string folder = System.IO.Path.GetDirectoryName(path)!;
        var shards = new List<RldsShard>();
        RldsShard? absent = null;
        foreach (JsonElement split in splits)
        {
            List<RldsShard> all = ShardsOf(split, name, place, folder);
            if (all.Count == 0) return null;
            bool[] present = [.. all.Select(shard => File.Exists(shard.Path))];
            int missing = Array.IndexOf(present, false);
            if (missing >= 0 && present.Contains(true)) throw ShardFiles.Missing(folder, System.IO.Path.GetFileName(all[missing].Path));
            // A split that was not fetched at all is none of this folder's.
            if (missing >= 0) absent ??= all[0];
            else shards.AddRange(all);
        }

        return shards.Count > 0 || absent is null ? shards : throw ShardFiles.Missing(folder, System.IO.Path.GetFileName(absent.Path));
    }

    private static List<RldsShard> ShardsOf(JsonElement split, string name, string place, string folder)
    {
        if (split.Member("name")?.Text() is not { } splitName) throw new InvalidDataException($"{place}: a split has no 'name'");
        string template = split.Member("filepathTemplate")?.Text() ?? UsualTemplate;
        JsonElement[] lengths = [.. split.Member("shardLengths").Elements()];
        if (lengths.Length > MaxShards)
            throw new InvalidDataException($"{place}: split '{ForeignText.Shown(splitName)}' has "
                + $"{lengths.Length} shards, more than {MaxShards}");

        var shards = new List<RldsShard>(lengths.Length);
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i].Whole() is not { } records || records < 0)
                throw new InvalidDataException($"{place}: split '{ForeignText.Shown(splitName)}': shard {i} has "
                    + $"no whole number of records in 'shardLengths'");
            string index = i.ToString("D5", CultureInfo.InvariantCulture);
            string count = lengths.Length.ToString("D5", CultureInfo.InvariantCulture);
            string file = template
                .Replace("{DATASET}", name, StringComparison.Ordinal)
                .Replace("{SPLIT}", splitName, StringComparison.Ordinal)
                .Replace("{FILEFORMAT}", "tfrecord", StringComparison.Ordinal)
                .Replace("{SHARD_X_OF_Y}", $"{index}-of-{count}", StringComparison.Ordinal)
                .Replace("{SHARD_INDEX}", index, StringComparison.Ordinal)
                .Replace("{NUM_SHARDS}", count, StringComparison.Ordinal);
            shards.Add(new RldsShard(ShardFiles.Beside(place, folder, file), $"{splitName}-{index}", records));
        }

        return shards;
    }
}
