using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Fast.Tokenizer.Datasets.NumPy;

namespace Fast.Tokenizer.Datasets.Tests.NumPy;

/// <summary>Damaged files give InvalidDataException or a result, in little time and memory; seeded, so that a failure repeats.</summary>
public sealed class NumPyFuzzTests
{
    private const int Cases = 5000;
    private const long MemoryLimit = 8 << 20;

    private static readonly byte[][] _arrays =
    [
        NpyBytes.Doubles("(2, 2)", 1, 2, 3, 4),
        NpyBytes.Array("<f4", "(3, 1, 2)", new byte[24], fortranOrder: true),
        NpyBytes.Array(">i2", "(5,)", new byte[10], major: 2),
        NpyBytes.Array("|b1", "(2, 3)", new byte[6], major: 3),
    ];

    private static readonly string[] _words =
    [
        "99999999999999999999", "-1", "(1073741823,)", "4294967295", "0", "'", "{", "(", "'|O'", "'<f2'", "True",
        ", 'shape': (9,)", "\0", "\\",
    ];

    [Fact]
    public void Damaged_arrays_are_refused_or_read()
    {
        var random = new Random(20240601);
        int refused = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[] file = Damage(_arrays[random.Next(_arrays.Length)], random);
            refused += Run(i, () => NpyReader.Read(new MemoryStream(file), "fuzz")) ? 0 : 1;
        }

        Assert.InRange(refused, Cases / 2, Cases);
    }

    [Fact]
    public void Damaged_archives_are_refused_or_read()
    {
        using TemporaryFolder folder = new();
        byte[][] archives =
        [
            ZipBytes.Make(CompressionLevel.NoCompression, ("a.npy", _arrays[0]), ("b.npy", _arrays[0])),
            ZipBytes.Make(CompressionLevel.Optimal, ("a.npy", _arrays[1]), ("b.npy", _arrays[1])),
            ZipBytes.MakeZip64("a.npy", _arrays[3], deflate: true),
            ZipBytes.MakeZip64("a.npy", _arrays[2], deflate: false),
        ];
        var random = new Random(20240602);
        int refused = 0;
        for (int i = 0; i < Cases; i++)
        {
            // Every third is a sound archive around a damaged array, which the checksum would hide otherwise.
            byte[] file = i % 3 == 0
                ? ZipBytes.Make(("a.npy", Damage(_arrays[random.Next(_arrays.Length)], random)))
                : Damage(archives[random.Next(archives.Length)], random);
            string path = folder.Write("x.npz", file);
            refused += Run(i, () => ((NumPyEpisodeSource)EpisodeDataset.Open(path)).ReadEpisodes(CancellationToken.None).ToList()) ? 0 : 1;
        }

        Assert.InRange(refused, Cases / 2, Cases);
    }

    private static bool Run(int i, Func<object> read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        bool done = true;
        try
        {
            Assert.NotNull(read());
        }
        catch (InvalidDataException)
        {
            done = false;
        }
        catch (Exception e)
        {
            Assert.Fail($"case {i}: {e}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MemoryLimit, $"case {i}: {allocated} bytes");
        Assert.True(clock.ElapsedMilliseconds < 20_000, $"case {i}: {clock.ElapsedMilliseconds} ms");
        return done;
    }

    private static byte[] Damage(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (int times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)); break;
                case 4: bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 9))); break;
                case 5:
                    for (int j = at; j < Math.Min(at + 8, bytes.Count); j++) bytes[j] = 0xFF;
                    break;
                default:
                    byte[] word = Encoding.Latin1.GetBytes(_words[random.Next(_words.Length)]);
                    // In place, so that the lengths before it still hold.
                    for (int j = 0; j < word.Length && at + j < bytes.Count; j++) bytes[at + j] = word[j];
                    break;
            }
        }

        return [.. bytes];
    }
}
