using System.Diagnostics;
using Fast.Tokenizer.Tests;
using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace Fast.Tokenizer.Datasets.Tests.Hdf5;

/// <summary>Damaged files give InvalidDataException or a result, in little time; seeded, so that a failure repeats.</summary>
[Collection(typeof(MeasuresMemory))]
public sealed class Hdf5FuzzTests
{
    private const int Cases = 3000;

    // PureHDF makes the array of a name, an attribute or a fill value before it finds that the file has no such bytes.
    private const long MemoryLimit = (2L << 30) + (64 << 20);
    private const long UsualMemoryLimit = 16 << 20;

    private static byte[] Demos() => Hdf5Bytes.Of(Hdf5Bytes.Demos(
        ("demo_0", Hdf5Bytes.Demo(Hdf5Bytes.Matrix(0, 4, 2))),
        ("demo_1", new H5Group
        {
            ["actions"] = new H5Dataset(
                Hdf5Bytes.Matrix(0, 40, 2), chunks: [8, 2],
                datasetCreation: new H5DatasetCreation(Filters: [ShuffleFilter.Id, DeflateFilter.Id])),
        })));

    private static byte[] Aloha() => Hdf5Bytes.Of(new H5File
    {
        ["action"] = new H5Dataset(Hdf5Bytes.Matrix(0, 40, 2), chunks: [8, 1]),
        ["observations"] = new H5Group { ["qpos"] = new float[4, 2] },
        Attributes = { ["fps"] = 50.0 },
    });

    [Fact]
    public Task Damaged_files_as_PureHDF_writes_them_are_refused_or_read() => Fuzz(Cases, 20261125, Demos(), Aloha());

    // The old form: symbol tables, heaps, headers of version 1.
    [Fact]
    public Task Damaged_files_as_h5py_writes_them_are_refused_or_read()
    {
        byte[] file = File.ReadAllBytes(TestData.Locate("formats", "hdf5_robomimic", "wipe", "panda", "demo.hdf5"));
        return Fuzz(Cases, 20261126, file);
    }

    private static async Task Fuzz(int cases, int seed, params byte[][] files)
    {
        using TemporaryFolder folder = new();
        var random = new Random(seed);
        int refused = 0, wild = 0;
        for (int i = 0; i < cases; i++)
        {
            string path = folder.Write("x.hdf5", Damage(files[random.Next(files.Length)], random));
            long before = GC.GetTotalAllocatedBytes();
            var clock = Stopwatch.StartNew();
            try
            {
                Assert.NotNull(await EpisodeDataset.Open(path, new EpisodeDatasetOptions { Format = "hdf5" }).ReadAll());
            }
            catch (InvalidDataException e)
            {
                refused++;
                Assert.DoesNotContain('\n', e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"case {i}: {e}");
            }

            long allocated = GC.GetTotalAllocatedBytes() - before;
            if (allocated > UsualMemoryLimit) wild++;
            Assert.True(allocated < MemoryLimit, $"case {i}: {allocated} bytes");
            Assert.True(clock.ElapsedMilliseconds < 20_000, $"case {i}: {clock.ElapsedMilliseconds} ms");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{refused} of {cases} refused, {wild} with more than {UsualMemoryLimit} bytes");
        Assert.InRange(refused, cases / 4, cases);
        Assert.InRange(wild, 0, cases / 100);
    }

    private static byte[] Damage(byte[] file, Random random)
    {
        byte[] bytes = [.. file];
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            // Most of a file is values, which any byte may be: structures stand in the first part and around signatures.
            int at = random.Next(3) == 0 ? random.Next(bytes.Length) : random.Next(Math.Min(bytes.Length, 3000));
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.AsSpan(at, Math.Min(8, bytes.Length - at)).Fill(0xFF); break;
                case 3: bytes.AsSpan(at, Math.Min(random.Next(1, 9), bytes.Length - at)).Clear(); break;
                case 4: // an address or a size that leads elsewhere
                    at = Math.Min(at & ~7, bytes.Length - 8);
                    BitConverter.TryWriteBytes(bytes.AsSpan(at), (long)random.Next(bytes.Length) & ~7);
                    break;
                case 5: // a structure in the place of another
                    int from = random.Next(bytes.Length), length = Math.Min(random.Next(1, 64), bytes.Length - Math.Max(from, at));
                    bytes.AsSpan(from, length).ToArray().CopyTo(bytes, at);
                    break;
                default:
                    if (times == 1) Array.Resize(ref bytes, at);
                    break;
            }

            if (bytes.Length < 16) break;
        }

        return bytes;
    }
}
