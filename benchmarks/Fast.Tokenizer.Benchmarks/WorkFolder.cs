using System.Globalization;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>A new folder for the files of a run, deleted with them at the end.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly string _path;

    /// <summary>Makes the folder.</summary>
    /// <param name="parent">Where; made if it is not there.</param>
    public WorkFolder(string parent)
    {
        _path = Path.Combine(Path.GetFullPath(parent), $"fast-tokenizer-benchmark-{Path.GetRandomFileName()}");
        Directory.CreateDirectory(_path);
    }

    /// <summary>The path of a file in it.</summary>
    public string File(FormattableString name) => Path.Combine(_path, name.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="File(FormattableString)"/>
    public string File(string name) => Path.Combine(_path, name);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_path, recursive: true);
}
