using System.IO.Compression;
using PureHDF.Filters;

namespace Fast.Tokenizer.Datasets.Hdf5;

/// <summary>PureHDF's deflate filter, but for a chunk that inflates to more than it is said to hold.</summary>
/// <remarks>PureHDF's own inflates to the end, and filters may be stacked: a file of a kilobyte could take all memory.</remarks>
internal sealed class BoundedInflate : IH5Filter
{
    // What other filters add before compression: checksums, parameters.
    private const int OtherFilters = 4096;

    private static readonly Lock _registration = new();
    private static bool _registered;

    private readonly DeflateFilter _filter = new();

    public ushort FilterId => _filter.FilterId;

    public string Name => _filter.Name;

    /// <summary>Takes the place of PureHDF's filter, in this process; for sound files it gives the same.</summary>
    public static void Register()
    {
        lock (_registration)
        {
            if (_registered) return;
            H5Filter.Register(new BoundedInflate());
            _registered = true;
        }
    }

    public Memory<byte> Filter(FilterInfo info)
    {
        if (!info.Flags.HasFlag(H5FilterFlags.Decompress)) return _filter.Filter(info);

        using var stored = new MemoryStream(info.Buffer.ToArray(), writable: false);
        using var inflating = new ZLibStream(stored, CompressionMode.Decompress);
        byte[] inflated = new byte[checked(info.ChunkSize + OtherFilters)];
        int length = inflating.ReadAtLeast(inflated, inflated.Length, throwOnEndOfStream: false);
        if (length == inflated.Length)
            throw new InvalidDataException($"a chunk of {info.ChunkSize} bytes inflates to more; it is damaged");
        return inflated.AsMemory(0, length);
    }

    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        _filter.GetParameters(chunkDimensions, typeSize, options);
}
