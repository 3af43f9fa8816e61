using System.Buffers.Binary;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests.Hdf5;

/// <summary>What h5py writes and PureHDF does not: symbol tables, old headers, links that leave the file, stacked filters.</summary>
[Collection(typeof(MeasuresMemory))]
public sealed class H5pyFilesTests : IDisposable
{
    // Of a file without a user block as h5py writes it: the root's header, its one message, and the tree of its names.
    private const int RootMessage = 0x70;
    private const int RootTree = 0x88;

    private static readonly double[] _actions = [100, 101, 102, 110, 111, 112, 120, 121, 122, 130, 131, 132];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<string> Refusal(byte[] file)
    {
        string path = _folder.Write("x.hdf5", file);
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(async () => await EpisodeDataset.Open(path).ReadAll());
        Assert.StartsWith($"file '{path}'", refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }

    [Fact]
    public async Task A_growing_data_set_with_every_filter_is_read()
    {
        string path = _folder.Write("x.hdf5", H5pyFiles.Growing);
        Assert.Equal(_actions, Assert.Single(await EpisodeDataset.Open(path).ReadAll()).Actions.ToArray());
    }

    [Fact]
    public async Task Demonstrations_in_symbol_tables_and_in_dense_groups_are_read()
    {
        foreach (byte[] file in (byte[][])[H5pyFiles.Demos, H5pyFiles.DenseDemos])
        {
            List<Episode> episodes = await EpisodeDataset.Open(_folder.Write("x.hdf5", file)).ReadAll();
            Assert.Equal(Enumerable.Range(0, 12).Select(i => $"demo_{i}"), episodes.Select(episode => episode.Name));
            Assert.Equal(Enumerable.Range(0, 12).Select(i => 100.0 + i), episodes.Select(episode => episode.Actions.Span[0]));
        }

        Assert.Equal(20, EpisodeDataset.Open(_folder.Write("x.hdf5", H5pyFiles.Demos)).Rate);
    }

    [Fact]
    public async Task Groups_may_hold_the_root()
    {
        string path = _folder.Write("x.hdf5", H5pyFiles.HardLinksInACircle);
        Assert.Equal(_actions, Assert.Single(await EpisodeDataset.Open(path).ReadAll()).States.ToArray());
        var options = new EpisodeDatasetOptions { ActionKey = "nothing" };
        string message = EpisodeReading.Refusal(() => EpisodeDataset.Open(path, options));
        Assert.Contains("'observations/root/observations/root/action'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_leads_to_another_file_is_not_followed()
    {
        // They are there, so that whoever followed would find them.
        _folder.Write("other.hdf5", H5pyFiles.Growing);
        _folder.Write("raw.bin", new byte[96]);
        Assert.EndsWith(
            "cannot be read: it holds a symbolic link, which is not followed; put the data set itself into the file",
            await Refusal(H5pyFiles.ExternalLink), StringComparison.Ordinal);
        Assert.EndsWith(
            "cannot be read: its values are stored in another file, which is not opened",
            await Refusal(H5pyFiles.ExternalStorage), StringComparison.Ordinal);
        Assert.EndsWith(
            "data set 'action': is a virtual data set, a view of other files, which is not followed",
            await Refusal(H5pyFiles.Virtual), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soft_links_in_a_circle_are_not_followed() =>
        Assert.Contains("holds a symbolic link", await Refusal(H5pyFiles.SoftLinksInACircle), StringComparison.Ordinal);

    [Fact]
    public async Task Types_that_are_not_read_are_named()
    {
        Assert.EndsWith(
            "type Enumerated of 1 bytes is not read; expected float32, float64 or integers",
            await Refusal(H5pyFiles.Boolean), StringComparison.Ordinal);
        Assert.Contains("Byte order", await Refusal(H5pyFiles.BigEndian), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_that_inflates_without_end_is_stopped()
    {
        byte[] file = H5pyFiles.InflatingWithoutEnd;
        long before = GC.GetTotalAllocatedBytes();
        Assert.EndsWith(
            "cannot be read: a chunk of 96 bytes inflates to more; it is damaged",
            await Refusal(file), StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 4 << 20);
    }

    [Fact]
    public async Task A_header_that_continues_in_itself_is_stopped()
    {
        byte[] file = H5pyFiles.Growing;
        file[RootMessage] = 0x10; // a continuation: where, and how long
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(RootMessage + 8), RootMessage);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(RootMessage + 16), 24);
        Assert.Contains("cannot be read: its structures refer to ", await Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tree_that_is_its_own_branch_is_stopped()
    {
        byte[] file = H5pyFiles.Growing;
        Assert.Equal("TREE"u8, file.AsSpan(RootTree, 4));
        file[RootTree + 5] = 1; // the level: its children are trees
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(RootTree + 32), RootTree);
        Assert.Contains("cannot be read: its structures refer to ", await Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heap_of_2_GB_is_refused_before_it_is_allocated()
    {
        byte[] file = H5pyFiles.Growing;
        int heap = file.AsSpan().IndexOf("HEAP"u8);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(heap + 8), int.MaxValue);
        long before = GC.GetTotalAllocatedBytes();
        Assert.EndsWith(
            $"a heap of {int.MaxValue} bytes stands where {file.Length} have room; it is damaged",
            await Refusal(file), StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 4 << 20);
    }
}
