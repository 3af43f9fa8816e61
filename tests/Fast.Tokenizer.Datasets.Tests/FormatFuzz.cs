using System.Diagnostics;

namespace Fast.Tokenizer.Datasets.Tests;

/// <summary>Opens and reads damaged recordings: an InvalidDataException or episodes, in little time and memory.</summary>
internal sealed class FormatFuzz(EpisodeDatasetOptions options, long memoryLimit)
{
    private static readonly uint[] _words =
        [0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFF0, 0x80000000, 0x10000000, 0x00100000];

    public int Cases { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Reads a recording that may be damaged.</summary>
    public async Task Read(string path)
    {
        int left = 0;
        var clock = Stopwatch.StartNew();
        long before = GC.GetTotalAllocatedBytes();
        try
        {
            await EpisodeDataset.Open(path, options with { SkipBad = _ => left++ }).ReadAll();
        }
        catch (InvalidDataException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            left++;
        }
        catch (Exception e)
        {
            Assert.Fail($"case {Cases}: {e}");
        }

        long allocated = GC.GetTotalAllocatedBytes() - before;
        Assert.True(allocated < memoryLimit, $"case {Cases}: {allocated} bytes");
        Assert.True(clock.ElapsedMilliseconds < 20_000, $"case {Cases}: {clock.ElapsedMilliseconds} ms");
        Cases++;
        Refused += left > 0 ? 1 : 0;
    }

    /// <summary>A copy with one to three faults.</summary>
    public static byte[] Damage(byte[] file, Random random)
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
                case 5: Overwrite(bytes, at, _words[random.Next(_words.Length)]); break;
                default: Overwrite(bytes, at & ~3, _words[random.Next(_words.Length)]); break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Copies with each aligned word overwritten by each of the words that lengths go wrong by.</summary>
    public static IEnumerable<byte[]> Overwritten(byte[] file, int from, int to)
    {
        for (int at = from; at < to; at += sizeof(uint))
        {
            foreach (uint word in _words)
            {
                List<byte> bytes = [.. file];
                Overwrite(bytes, at, word);
                yield return [.. bytes];
            }
        }
    }

    private static void Overwrite(List<byte> bytes, int at, uint word)
    {
        for (int i = 0; i < sizeof(uint) && at + i < bytes.Count; i++) bytes[at + i] = (byte)(word >> (8 * i));
    }
}
