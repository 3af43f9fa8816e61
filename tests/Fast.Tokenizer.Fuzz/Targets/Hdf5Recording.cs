using Fast.Tokenizer.Datasets.Tests.Hdf5;
using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>An HDF5 file of demonstrations or of one episode: superblock, headers, heaps, filters, and the paths within.</summary>
internal sealed class Hdf5Recording() : RecordingTarget("hdf5")
{
    public override int Cases => 1500;

    public override IReadOnlyList<string> Words { get; } =
        ["data", "demo_0", "actions", "action", "OHDR", "OCHK", "TREE", "SNOD", "HEAP", "GCOL", "FRHP", "BTHD", "demo_99999999999"];

    // PureHDF makes the array of a name, an attribute or a fill value before it finds that the file has no such bytes.
    public override long MemoryLimit(int length) => (2L << 30) + (64 << 20);

    public override long UsualMemoryLimit(int length) => 16 << 20;

    public override IEnumerable<byte[]> Seeds()
    {
        yield return Hdf5Bytes.Of(Hdf5Bytes.Demos(
            ("demo_0", Hdf5Bytes.Demo(Hdf5Bytes.Matrix(0, 4, 2))),
            ("demo_1", new H5Group
            {
                ["actions"] = new H5Dataset(
                    Hdf5Bytes.Matrix(0, 40, 2), chunks: [8, 2],
                    datasetCreation: new H5DatasetCreation(Filters: [ShuffleFilter.Id, DeflateFilter.Id])),
            })));
        yield return Hdf5Bytes.Of(new H5File
        {
            ["action"] = new H5Dataset(Hdf5Bytes.Matrix(0, 40, 2), chunks: [8, 1]),
            ["observations"] = new H5Group { ["qpos"] = new float[40, 2] },
            Attributes = { ["fps"] = 50.0 },
        });
        yield return Hdf5Bytes.Of(new H5File
        {
            ["data"] = new H5Group
            {
                ["demo_0"] = Hdf5Bytes.Demo(Hdf5Bytes.Matrix(0, 2, 2)),
                Attributes = { ["env_args"] = """{"env_kwargs": {"control_freq": 20}}""" },
            },
        });
    }

    public override void Run(ReadOnlySpan<byte> input) => Read(Folder.Write("x.hdf5", input), "hdf5");
}
