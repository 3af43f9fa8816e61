namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>Reads <c>.npy</c> files: float16, float32, float64, integers and Booleans, either byte order, either memory order.</summary>
public static class NpyReader
{
    /// <summary>Reads one array.</summary>
    /// <param name="path">A <c>.npy</c> file of format version 1.0, 2.0 or 3.0.</param>
    /// <returns>The array; NaN and infinity are handed on as they are.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no array of numbers, is truncated, or holds more than one array.</exception>
    public static NpyArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"no such file: {path}", path);
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.SequentialScan);
        return Read(stream, $"file '{path}'");
    }

    /// <summary>Reads one array from a stream, to its end.</summary>
    /// <param name="stream">Stands at the first byte of the array; not disposed.</param>
    /// <param name="name">What to call the stream in messages.</param>
    /// <returns>The array; NaN and infinity are handed on as they are.</returns>
    /// <exception cref="InvalidDataException">The stream is no array of numbers, is truncated, or holds more than one array.</exception>
    public static NpyArray Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        var reader = new NpyValueReader(stream, name);
        return new NpyArray(reader.Header, reader.ReadAll(CancellationToken.None));
    }
}
