namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>A file of a data set.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">For the names of its episodes.</param>
/// <param name="Records">How many records it must have; null where nothing says.</param>
internal sealed record RldsShard(string Path, string Name, long? Records)
{
    private const string Extension = ".tfrecord";

    /// <summary>A file that no <c>dataset_info.json</c> describes.</summary>
    public static RldsShard Of(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        return new RldsShard(path, name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? name[..^Extension.Length] : name, null);
    }
}
