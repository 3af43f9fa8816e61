using System.Globalization;
using System.Text;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>A folder of its own for a test's files, gone afterwards, and the JSON of small statistics.</summary>
internal sealed class StatisticsFiles : IDisposable
{
    public StatisticsFiles() => Folder = Directory.CreateTempSubdirectory("fast-tokenizer-statistics-").FullName;

    public string Folder { get; }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] content)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public static string List(IEnumerable<double> values) =>
        "[" + string.Join(", ", values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + "]";

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
