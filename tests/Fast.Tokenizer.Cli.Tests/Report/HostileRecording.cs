using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Fast.Tokenizer.Datasets.NumPy;

namespace Fast.Tokenizer.Cli.Tests.Report;

/// <summary>A recording whose names try to be something else than text.</summary>
internal static class HostileRecording
{
    /// <summary>Set by whatever script a name manages to run.</summary>
    public const string Flag = "hacked";

    public static readonly string[] Dimensions =
    [
        $"</script><script>window.{Flag}=1</script>",
        $"\"><img src=x onerror=window.{Flag}=1>",
        $"'}};window.{Flag}=1;//",
        "{{title}} ]]> <!-- & &lt; \u0001\uFFFE",
        "<style>*{display:none}</style> \u202Ereversed \U0001F916",
    ];

    public static readonly string[] Episodes = [$"<svg onload=window.{Flag}=1>", "</title></head>&quot;"];

    /// <summary>Writes the recording and its description; gives the path of the recording.</summary>
    public static string Write(TemporaryFolder folder)
    {
        string path = folder["hostile.npz"];
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create, Encoding.UTF8))
        {
            for (int i = 0; i < Episodes.Length; i++)
            {
                NpyWriter.Write(folder["entry.npy"], Motion.Episode(60, Dimensions.Length, i + 1), [60, Dimensions.Length]);
                archive.CreateEntryFromFile(folder["entry.npy"], $"{Episodes[i]}.npy");
                File.Delete(folder["entry.npy"]);
            }
        }

        folder.Write("hostile.json", JsonSerializer.Serialize(new { hz = 10, dim_names = Dimensions }));
        return path;
    }
}
