namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>A zip entry, with what ZipArchive leaves to its caller: the checksum is compared, and damage is named as such.</summary>
internal sealed class ArchiveEntryStream(Stream inner, uint expected) : ForwardStream
{
    private static readonly uint[] _table = MakeTable();
    private uint _state = uint.MaxValue;

    /// <summary>Whether ZipArchive and its streams throw this on an archive that is not what it says.</summary>
    // IOException is among them: an offset that lies outside of any file makes a seek fail just as a broken disk does.
    public static bool IsDamage(Exception e) =>
        e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException;

    /// <exception cref="InvalidDataException">The entry is damaged, or its end is reached and the checksum differs.</exception>
    public override int Read(Span<byte> buffer)
    {
        int got;
        try
        {
            got = inner.Read(buffer);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new InvalidDataException($"the entry is damaged: {e.Message}", e);
        }

        uint state = _state;
        foreach (byte value in buffer[..got]) state = _table[(byte)(state ^ value)] ^ (state >> 8);
        _state = state;
        if (got == 0 && buffer.Length > 0 && ~state != expected)
            throw new InvalidDataException($"checksum {~state:X8} differs from {expected:X8} in the archive; the entry is damaged");
        return got;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++) value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
            table[i] = value;
        }

        return table;
    }
}
