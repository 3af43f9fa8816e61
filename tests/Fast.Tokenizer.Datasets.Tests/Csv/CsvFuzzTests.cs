using System.Diagnostics;
using System.Text;

namespace Fast.Tokenizer.Datasets.Tests.Csv;

/// <summary>Damaged tables give InvalidDataException or a result, in little time and memory; seeded, so that a failure repeats.</summary>
[Collection(typeof(MeasuresMemory))]
public sealed class CsvFuzzTests
{
    private const int Cases = 3000;
    private const long MemoryLimit = 8 << 20;

    private static readonly string[] _tables =
    [
        "episode_index,frame_index,action.x,action.y,observation.state\n0,0,1,2,3\n0,1,3,4,5\n1,0,5,6,7\n",
        "\"episode\";\"action_0\";\"note\"\r\n\"a\";\"1.5\";\"x \"\"y\"\"\"\r\nb;2;\r\n",
        "episode\tx\ty\n1\t-1e-3\t+2\n2\t3\t4\n",
    ];

    private static readonly string[] _words =
        ["\"", "\"\"", ",", ";", "\t", "\n", "\r", "\0", "NaN", "1e400", "episode", "\uFEFF", "\u2028", "-"];

    [Fact]
    public async Task Damaged_tables_are_refused_or_read()
    {
        using TemporaryFolder folder = new();
        var random = new Random(20261127);
        int refused = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[] file = Damage(Encoding.UTF8.GetBytes(_tables[random.Next(_tables.Length)]), random);
            string path = folder.Write("x.csv", file);
            long before = GC.GetTotalAllocatedBytes();
            var clock = Stopwatch.StartNew();
            try
            {
                Assert.NotNull(await EpisodeDataset.Open(path, new EpisodeDatasetOptions { Format = "csv" }).ReadAll());
            }
            catch (InvalidDataException e)
            {
                refused++;
                Assert.True(e.Message.IndexOfAny(['\n', '\r']) < 0, $"case {i}: {e.Message}");
            }
            catch (Exception e)
            {
                Assert.Fail($"case {i}: {e}");
            }

            long allocated = GC.GetTotalAllocatedBytes() - before;
            Assert.True(allocated < MemoryLimit, $"case {i}: {allocated} bytes");
            Assert.True(clock.ElapsedMilliseconds < 20_000, $"case {i}: {clock.ElapsedMilliseconds} ms");
        }

        Assert.InRange(refused, Cases / 4, Cases);
    }

    private static byte[] Damage(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (int times = random.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, random.Next(4) == 0 ? bytes.Count - at : 1); break;
                case 3: bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(1, 40)).ToArray()); break;
                default: bytes.InsertRange(at, Encoding.UTF8.GetBytes(_words[random.Next(_words.Length)])); break;
            }
        }

        return [.. bytes];
    }
}
