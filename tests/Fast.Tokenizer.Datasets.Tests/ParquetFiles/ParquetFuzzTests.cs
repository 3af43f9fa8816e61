using System.Diagnostics;
using Fast.Tokenizer.Datasets.ParquetFiles;
using Fast.Tokenizer.Tests;
using Parquet;

namespace Fast.Tokenizer.Datasets.Tests.ParquetFiles;

/// <summary>Parquet.Net reads on threads of its own, so that memory can be counted only while nothing else runs.</summary>
[CollectionDefinition(nameof(ParquetFuzzTests), DisableParallelization = true)]
public static class FuzzAlone;

/// <summary>Damaged files are refused as damaged, at once and in little memory for their size; seeded, so that a failure repeats.</summary>
[Collection(nameof(ParquetFuzzTests))]
public sealed class ParquetFuzzTests : IDisposable
{
    private const int Rounds = 1500;
    private const long SpareBytes = 16 << 20, BytesPerByte = 2048;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionMethod.None, 1)]
    [InlineData(CompressionMethod.Snappy, 2)]
    [InlineData(CompressionMethod.Zstd, 3)]
    [InlineData(CompressionMethod.Gzip, 4)]
    public async Task Bytes_changed_anywhere(CompressionMethod compression, int seed)
    {
        string path = _folder.File("x/whole.parquet");
        float[] values = [.. Enumerable.Range(0, 120).Select(i => i * 0.25f)];
        await LeRobotFolder.Table(values, values, 3, 0, 0, 40).Add("repeated", new float[120], 3).WriteAsync(path, compression, 25, 15);
        await Fuzz(File.ReadAllBytes(path), seed, Rounds);
    }

    [Fact]
    public async Task Bytes_changed_anywhere_in_a_file_by_pyarrow()
    {
        byte[] whole = File.ReadAllBytes(TestData.Locate("formats", "lerobot_v2.1_g1", "data", "chunk-000", "episode_000028.parquet"));
        await Fuzz(whole, seed: 5, rounds: 400);
    }

    private async Task Fuzz(byte[] whole, int seed, int rounds)
    {
        var random = new Random(seed);
        string path = _folder.File("damaged.parquet");
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = Damage(whole, random);
            File.WriteAllBytes(path, bytes);
            long before = GC.GetTotalAllocatedBytes();
            var watch = Stopwatch.StartNew();
            try
            {
                await ReadAll(path);
            }
            catch (InvalidDataException e)
            {
                refused++;
                Assert.StartsWith($"file '{path}'", e.Message, StringComparison.Ordinal);
            }

            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, SpareBytes + (BytesPerByte * bytes.Length));
            Assert.True(watch.Elapsed.TotalSeconds < 20, $"round {round} took {watch.Elapsed}");
        }

        Assert.InRange(refused, rounds / 10, rounds);
    }

    private static async Task ReadAll(string path)
    {
        using var file = new ParquetFile(path);
        foreach (string name in file.Footer.Columns.Select(column => column.Name).Distinct())
        {
            ParquetColumn column = file.Find(name)!;
            foreach (ParquetRowGroup group in file.Footer.RowGroups)
            {
                double[] values = await new ParquetColumnReader(file, column).ReadAsync(group, null, TestContext.Current.CancellationToken);
                Assert.All(values, value => Assert.True(double.IsFinite(value)));
            }
        }
    }

    // The footer and the page headers are small beside the pages, and get more than their share.
    private static byte[] Damage(byte[] whole, Random random)
    {
        byte[] bytes = [.. whole];
        int footer = BitConverter.ToInt32(whole, whole.Length - 8);
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(3) switch
            {
                0 => random.Next(bytes.Length),
                1 => Math.Max(0, bytes.Length - 1 - random.Next(footer + 8)),
                _ => Math.Min(bytes.Length - 1, 4 + random.Next(64)),
            };
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = byte.MaxValue;
                    break;
                case 3:
                    // A number that goes on and on.
                    bytes.AsSpan(at, Math.Min(random.Next(1, 12), bytes.Length - at)).Fill(byte.MaxValue);
                    break;
                case 4:
                    bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 5))..]];
                    break;
                default:
                    bytes = [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
                    break;
            }

            if (bytes.Length < 16) return bytes;
        }

        return bytes;
    }
}
