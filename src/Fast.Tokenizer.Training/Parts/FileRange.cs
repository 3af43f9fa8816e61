namespace Fast.Tokenizer.Training.Parts;

/// <summary>Bytes of a file that this process is writing; what it wrote of them is flushed, and stays as it is.</summary>
internal sealed class FileRange(FileStream file, long start, long length) : IByteRange
{
    private long _read;

    /// <inheritdoc/>
    public string Name => file.Name;

    /// <inheritdoc/>
    public long Remaining => length - _read;

    /// <inheritdoc/>
    public void Read(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = RandomAccess.Read(file.SafeFileHandle, bytes[..(int)Math.Min(bytes.Length, Remaining)], start + _read);
            if (count == 0) throw new InvalidDataException($"{Name} ends too early; is another program at work there?");
            _read += count;
            bytes = bytes[count..];
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
