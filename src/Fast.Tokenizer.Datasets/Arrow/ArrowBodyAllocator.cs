using System.Buffers;
using Apache.Arrow.Memory;

namespace Fast.Tokenizer.Datasets.Arrow;

/// <summary>Gives Apache.Arrow memory for the data of one message, and no more than the message can hold.</summary>
/// <remarks>Compressed buffers say themselves how large they become, and are believed only as far as the format can compress.</remarks>
internal sealed class ArrowBodyAllocator : MemoryAllocator
{
    // LZ4 makes at most 255 bytes of one. Zstandard makes more of a column that never changes, hence the floor.
    private const int BestCompression = 255;
    private const long Floor = 16 << 20;

    private long _left;

    /// <summary>Begins a message.</summary>
    /// <param name="bytes">Of its data, as the file holds it.</param>
    public void Allow(long bytes) => _left = Floor + (bytes * (BestCompression + 1));

    protected override IMemoryOwner<byte> AllocateInternal(int length, out int bytesAllocated)
    {
        _left -= length;
        if (_left < 0) throw new InvalidDataException($"a buffer says that it holds {length} bytes, more than can be in it");
        bytesAllocated = length;
        return new Rented(length);
    }

    private sealed class Rented(int length) : IMemoryOwner<byte>
    {
        private byte[]? _rented = Cleared(length);

        public Memory<byte> Memory => _rented is { } rented
            ? rented.AsMemory(0, length)
            : throw new ObjectDisposedException(nameof(Rented));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _rented, null) is { } rented) ArrayPool<byte>.Shared.Return(rented);
        }

        // What was there before is none of this file's.
        private static byte[] Cleared(int length)
        {
            byte[] rented = ArrayPool<byte>.Shared.Rent(length);
            rented.AsSpan(0, length).Clear();
            return rented;
        }
    }
}
