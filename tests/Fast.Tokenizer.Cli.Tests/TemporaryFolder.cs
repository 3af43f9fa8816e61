using System.IO.Compression;
using Fast.Tokenizer.Datasets.NumPy;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("fast-tokenizer-").FullName;

    public string this[string name] => Path.Combine(FullPath, name);

    public string[] Entries() =>
        [.. Directory.EnumerateFileSystemEntries(FullPath).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public string WriteArray(string name, double[] values, params int[] shape)
    {
        NpyWriter.Write(this[name], values, shape);
        return this[name];
    }

    /// <summary>Writes an archive of episodes, each [steps, dims].</summary>
    public string WriteEpisodes(string name, int dims, params IEnumerable<double>[] episodes)
    {
        using ZipArchive archive = ZipFile.Open(this[name], ZipArchiveMode.Create);
        for (int i = 0; i < episodes.Length; i++)
        {
            double[] values = [.. episodes[i]];
            string array = WriteArray("entry.npy", values, values.Length / dims, dims);
            archive.CreateEntryFromFile(array, $"episode_{i:D3}.npy");
            File.Delete(array);
        }

        return this[name];
    }

    public void CopyTokenizer(string from, string to)
    {
        Directory.CreateDirectory(this[to]);
        foreach (string file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(this[to], Path.GetFileName(file)));
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
