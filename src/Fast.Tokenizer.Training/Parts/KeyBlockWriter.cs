using System.Buffers.Binary;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>Writes ascending strings with their counts in blocks, each string without what it shares with the one before.</summary>
/// <remarks>
/// A block is the length of its entries in bytes and their number, both 32 bits, little-endian, and the entries: bytes shared with the
/// string before, bytes that follow, these bytes, count. The first string of a block shares nothing. A block of length 0 is the end.
/// Blocks are written, and hashed where they are, while the next one fills.
/// </remarks>
internal sealed class KeyBlockWriter : IDisposable
{
    /// <summary>A block is written once its entries are this long; it is longer by less than one entry.</summary>
    public const int BlockLength = 1 << 16;

    /// <summary>Bytes before the entries of a block.</summary>
    public const int PrefixLength = 8;

    private readonly IByteSink _sink;
    private byte[] _filled = new byte[BlockLength + 1024];
    private byte[] _written = new byte[BlockLength + 1024];
    private byte[] _last = new byte[256];
    private int _lastLength;
    private int _used = PrefixLength;
    private int _entries;
    private Task _writing = Task.CompletedTask;

    public KeyBlockWriter(IByteSink sink) => _sink = sink;

    /// <summary>Strings added.</summary>
    public long Entries { get; private set; }

    /// <summary>Sum of their counts.</summary>
    public long Counted { get; private set; }

    /// <summary>Adds a string above all that were added.</summary>
    public void Add(ReadOnlySpan<byte> key, long count)
    {
        int shared = _entries == 0 ? 0 : key.CommonPrefixLength(_last.AsSpan(0, _lastLength));
        int needed = _used + key.Length - shared + (3 * Varint.MaxLength);
        if (_filled.Length < needed) Array.Resize(ref _filled, needed * 2);
        int at = Varint.Write(_filled, _used, (ulong)shared);
        at = Varint.Write(_filled, at, (ulong)(key.Length - shared));
        key[shared..].CopyTo(_filled.AsSpan(at));
        _used = Varint.Write(_filled, at + key.Length - shared, (ulong)count);
        if (_last.Length < key.Length) Array.Resize(ref _last, key.Length * 2);
        key[shared..].CopyTo(_last.AsSpan(shared));
        _lastLength = key.Length;
        _entries++;
        Entries++;
        Counted = checked(Counted + count);
        if (_used >= BlockLength + PrefixLength) Flush();
    }

    /// <summary>Writes what is left and the end.</summary>
    public void Complete()
    {
        if (_entries > 0) Flush();
        Flush();
        _writing.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Where a failure is on its way already, that of the writing says no more.
        ((IAsyncResult)_writing).AsyncWaitHandle.WaitOne();
    }

    private void Flush()
    {
        _writing.GetAwaiter().GetResult();
        BinaryPrimitives.WriteInt32LittleEndian(_filled, _used - PrefixLength);
        BinaryPrimitives.WriteInt32LittleEndian(_filled.AsSpan(4), _entries);
        (_filled, _written) = (_written, _filled);
        (byte[] block, int length) = (_written, _used);
        _writing = Task.Run(() => _sink.Write(block.AsSpan(0, length)));
        (_used, _entries) = (PrefixLength, 0);
    }
}
