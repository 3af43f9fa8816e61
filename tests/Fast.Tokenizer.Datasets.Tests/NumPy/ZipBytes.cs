using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Fast.Tokenizer.Datasets.Tests.NumPy;

/// <summary>Makes zip archives: through ZipArchive, and by hand where it would not write what is wanted.</summary>
internal static class ZipBytes
{
    public static byte[] Make(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Make(params (string Name, byte[] Content)[] entries) => Make(CompressionLevel.Fastest, entries);

    /// <summary>One entry with all its sizes in zip64 fields, as numpy.savez writes them, and a zip64 end of the directory.</summary>
    /// <param name="name">Entry name.</param>
    /// <param name="content">Uncompressed content.</param>
    /// <param name="deflate">Deflated, else stored.</param>
    /// <param name="declaredSize">A size to declare in place of the true one.</param>
    public static byte[] MakeZip64(string name, byte[] content, bool deflate, long? declaredSize = null)
    {
        byte[] packed = deflate ? Deflate(content) : content;
        byte[] nameBytes = Encoding.UTF8.GetBytes(name);
        uint crc = Crc32(content);
        long size = declaredSize ?? content.Length;
        ushort method = (ushort)(deflate ? 8 : 0);

        List<byte> zip = [];
        Write(zip, 0x04034B50u, (ushort)45, (ushort)0, method, 0u, crc, uint.MaxValue, uint.MaxValue, (ushort)nameBytes.Length, (ushort)20);
        zip.AddRange(nameBytes);
        Write(zip, (ushort)1, (ushort)16, size, (long)packed.Length);
        zip.AddRange(packed);

        long directory = zip.Count;
        Write(zip, 0x02014B50u, (ushort)45, (ushort)45, (ushort)0, method, 0u, crc, uint.MaxValue, uint.MaxValue);
        Write(zip, (ushort)nameBytes.Length, (ushort)28, (ushort)0, (ushort)0, (ushort)0, 0u, uint.MaxValue);
        zip.AddRange(nameBytes);
        Write(zip, (ushort)1, (ushort)24, size, (long)packed.Length, 0L);

        long end = zip.Count;
        Write(zip, 0x06064B50u, 44L, (ushort)45, (ushort)45, 0u, 0u, 1L, 1L, end - directory, directory);
        Write(zip, 0x07064B50u, 0u, end, 1u);
        Write(zip, 0x06054B50u, (ushort)0, (ushort)0, ushort.MaxValue, ushort.MaxValue, uint.MaxValue, uint.MaxValue, (ushort)0);
        return [.. zip];
    }

    private static byte[] Deflate(byte[] content)
    {
        using MemoryStream packed = new();
        using (DeflateStream stream = new(packed, CompressionLevel.Fastest)) stream.Write(content);
        return packed.ToArray();
    }

    // Bit by bit, so that it shares nothing with the table of the reader.
    private static uint Crc32(byte[] content)
    {
        uint state = uint.MaxValue;
        foreach (byte value in content)
        {
            state ^= value;
            for (int bit = 0; bit < 8; bit++) state = (state & 1) != 0 ? (state >> 1) ^ 0xEDB88320 : state >> 1;
        }

        return ~state;
    }

    private static void Write(List<byte> zip, params object[] fields)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (object field in fields)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, field is ulong or long ? (long)field : Convert.ToInt64(field, null));
            int size = field switch { ushort => 2, uint => 4, _ => 8 };
            zip.AddRange(bytes[..size]);
        }
    }
}
