using System.Text;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests.LeRobot;

/// <summary>Damaged descriptions give InvalidDataException or a result; seeded, so that a failure repeats.</summary>
public sealed class LeRobotFuzzTests : IDisposable
{
    private const int Cases = 2000;

    private static readonly string[] _words =
    [
        "-1", "99999999999999999999", "1e999", "null", "true", "\"\"", "[]", "{}", "{", "}", "\"", "..", "/", "\\ud800", "{episode_index}",
        "\n", "\0", "NaN",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("meta/info.json", 1)]
    [InlineData("meta/episodes.jsonl", 2)]
    public async Task Text_changed_anywhere(string file, int seed)
    {
        var folder = new LeRobotFolder(_folder.FullPath);
        folder.WriteInfo("v2.1", 2, 2, """[["x", "y"]]""");
        folder.WriteLines(4, 5);
        await LeRobotFolder.Table(new float[8], new float[8], 2, 0, 0, 4).WriteAsync(folder.DataFile(0, 0, isVersion3: false));
        await LeRobotFolder.Table(new float[10], new float[10], 2, 1, 4, 5).WriteAsync(folder.DataFile(0, 1, isVersion3: false));
        byte[] whole = File.ReadAllBytes(_folder.File(file));
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < Cases; i++)
        {
            _folder.Write(file, Damage(whole, random));
            try
            {
                foreach (Episode episode in await EpisodeDataset.Open(_folder.FullPath).ReadAll()) Assert.Equal(2, episode.Dimensions);
            }
            catch (InvalidDataException problem)
            {
                refused++;
                Assert.Contains(_folder.FullPath, problem.Message, StringComparison.Ordinal);
            }

            // Whatever was left out, the rest is read.
            var skipped = new List<SkippedEpisode>();
            try
            {
                var options = new EpisodeDatasetOptions { SkipBad = skipped.Add };
                int read = (await EpisodeDataset.Open(_folder.FullPath, options).ReadAll()).Count;
                Assert.InRange(read + skipped.Count, 0, 5);
            }
            catch (InvalidDataException)
            {
                // The data set as a whole.
            }
        }

        Assert.InRange(refused, Cases / 4, Cases);
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        byte[] bytes = whole;
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(bytes.Length + 1), end = Math.Min(bytes.Length, at + random.Next(random.Next(4) == 0 ? 40 : 3));
            byte[] inserted = random.Next(3) switch
            {
                0 => [(byte)random.Next(256)],
                1 => Encoding.UTF8.GetBytes(_words[random.Next(_words.Length)]),
                _ => [],
            };
            bytes = [.. bytes[..at], .. inserted, .. bytes[end..]];
        }

        return bytes;
    }
}
