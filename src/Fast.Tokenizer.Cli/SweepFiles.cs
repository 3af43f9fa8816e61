using System.Text;
using Fast.Tokenizer.Datasets;
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

    /// <summary>Writes the files; each appears whole or not at all. Others in the folder are left alone.</summary>
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
        Directory.CreateDirectory(folder);
        foreach ((string name, byte[] content) in files)
        {
            using var file = new ReplacedFile(Path.Combine(folder, name));
            file.Stream.Write(content);
            file.Commit();
        }
    }
}
