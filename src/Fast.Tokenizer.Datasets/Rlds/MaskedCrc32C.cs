using System.Buffers.Binary;
using System.Numerics;

namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>The checksum of TFRecord files: CRC32C, rotated and shifted so that a checksum of checksums is no weaker.</summary>
/// <remarks>As in TensorFlow's <c>tsl/lib/hash/crc32c.h</c>.</remarks>
internal static class MaskedCrc32C
{
    /// <summary>The state before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    private const uint Delta = 0xA282EAD8;

    /// <summary>The state after more bytes.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte value in bytes) state = BitOperations.Crc32C(state, value);
        return state;
    }

    /// <summary>The checksum of what was appended.</summary>
    public static uint Finish(uint state) => BitOperations.RotateRight(~state, 15) + Delta;

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Finish(Append(Start, bytes));
}
