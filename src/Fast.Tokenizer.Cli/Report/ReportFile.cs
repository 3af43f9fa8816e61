using System.Text;
using Fast.Tokenizer.Datasets;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>The file that <c>report</c> writes.</summary>
internal static class ReportFile
{
    /// <summary>Writes the page; it appears whole or not at all.</summary>
    public static void Write(string path, ReportFigures figures)
    {
        byte[] page = Encoding.UTF8.GetBytes(ReportPage.Of(figures).Markup);
        using var file = new ReplacedFile(path);
        file.Stream.Write(page);
        file.Commit();
    }
}
