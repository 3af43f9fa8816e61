using System.Text;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli;

/// <summary>The files that <c>sweep</c> writes.</summary>
internal static class SweepFiles
{
    private const string Json = "sweep.json";
    private const string Png = "rate-distortion.png";
    private const string Svg = "rate-distortion.svg";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Json, Png, Svg];

    /// <summary>Writes the files, all of them or none, and leaves others in the folder alone.</summary>
    /// <remarks>
    /// A folder that is only theirs is replaced as a whole. Beside others, in the working folder and in a mount point each file is replaced
    /// as a whole, one right after the other: a process that is killed just then may leave files of two sweeps.
    /// </remarks>
    /// <param name="folder">The folder; it is made where it does not exist.</param>
    /// <param name="json">The result as JSON.</param>
    /// <param name="result">The result.</param>
    /// <param name="recording">Name of the recording, for the title.</param>
    /// <param name="cancellationToken">Stops before anything is written.</param>
    public static void Write(
        string folder, string json, RateDistortionSweepResult result, string recording, CancellationToken cancellationToken)
    {
        using var plot = new RateDistortionPlot(result, recording);
        (string Name, byte[] Content)[] files = [(Json, Encoding.UTF8.GetBytes(json + "\n")), (Png, plot.ToPng()), (Svg, plot.ToSvg())];
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsOurs(folder) || !TryReplace(folder, files)) ReplaceEach(folder, files);
    }

    // Whoever stands in a folder would stand in the deleted one after it is replaced.
    private static bool IsOurs(string folder) => !Directory.Exists(folder)
        || (Path.GetFullPath(folder) != Environment.CurrentDirectory
            && Directory.EnumerateFileSystemEntries(folder).All(entry => Names.Contains(Path.GetFileName(entry)) && File.Exists(entry)));

    private static bool TryReplace(string folder, (string Name, byte[] Content)[] files)
    {
        try
        {
            ReplacedDirectory.Write(folder, files, Names.ToHashSet());
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // What is wrong with the folder itself comes up again; its parent need not be writable.
            return false;
        }
    }

    private static void ReplaceEach(string folder, (string Name, byte[] Content)[] files)
    {
        Directory.CreateDirectory(folder);
        var written = new List<ReplacedFile>();
        try
        {
            foreach ((string name, byte[] content) in files)
            {
                written.Add(new ReplacedFile(Path.Combine(folder, name)));
                written[^1].Stream.Write(content);
                written[^1].Stream.Flush(flushToDisk: true);
            }

            foreach (ReplacedFile file in written) file.Commit();
        }
        finally
        {
            foreach (ReplacedFile file in written) file.Dispose();
        }
    }
}
