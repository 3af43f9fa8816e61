using System.Buffers.Binary;

namespace Fast.Tokenizer.Datasets.Hdf5;

/// <summary>Where an HDF5 file begins and ends, from its first bytes.</summary>
/// <param name="Position">The signature's: 0, or behind a user block 512, 1024 and so on.</param>
/// <param name="Version">0 to 3.</param>
/// <param name="AddressSize">Bytes of an address.</param>
/// <param name="LengthSize">Bytes of a length.</param>
/// <param name="BaseAddress">What all addresses are counted from.</param>
/// <param name="EndOfFile">The first byte behind the file, as it was written.</param>
internal sealed record Hdf5Superblock(
    long Position, byte Version, byte AddressSize, byte LengthSize, ulong BaseAddress, ulong EndOfFile)
{
    /// <summary>The first place behind a user block; it doubles from there.</summary>
    public const int FirstUserBlock = 512;

    /// <summary>The shortest superblock, that of versions 2 and 3.</summary>
    public const int LeastBytes = 48;

    private const int Bytes = 64;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Finds the superblock; null where there is none.</summary>
    public static Hdf5Superblock? Find(FileStream file)
    {
        long length = file.Length;
        Span<byte> bytes = stackalloc byte[Bytes];
        for (long position = 0; position < length; position = position == 0 ? FirstUserBlock : position * 2)
        {
            bytes.Clear();
            RandomAccess.Read(file.SafeFileHandle, bytes, position);
            if (bytes.StartsWith(Signature)) return Parse(bytes, position);
        }

        return null;
    }

    // Section II.A of the HDF5 file format specification; the addresses of all versions are read as if they had 8 bytes.
    private static Hdf5Superblock Parse(ReadOnlySpan<byte> bytes, long position)
    {
        byte version = bytes[8];
        (int sizes, int addresses, int end) = version switch { 0 => (13, 24, 40), 1 => (13, 28, 44), _ => (9, 12, 28) };
        return new Hdf5Superblock(
            position, version, bytes[sizes], bytes[sizes + 1],
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[addresses..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[end..]));
    }
}
