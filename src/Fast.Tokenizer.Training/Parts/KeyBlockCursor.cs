using System.Buffers.Binary;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>Reads what <see cref="KeyBlockWriter"/> wrote.</summary>
/// <remarks>The next block is read, and hashed where it is, while one is taken apart.</remarks>
internal sealed class KeyBlockCursor : KeyCursor
{
    private readonly IByteRange _range;
    private readonly int _maxKeyLength;
    private readonly (long Entries, long Counted)? _expected;
    private readonly Func<ReadOnlySpan<byte>, bool>? _isKey;
    private byte[] _block = [];
    private byte[] _ahead = [];
    private int _blockLength;
    private int _at;
    private int _left;
    private long _entries;
    private long _counted;
    private Task<(int Length, int Entries)>? _reading;

    /// <summary>Reads blocks.</summary>
    /// <param name="range">The blocks and nothing else; disposed of with the cursor.</param>
    /// <param name="maxKeyLength">No string is longer.</param>
    /// <param name="expected">Strings and the sum of their counts, where they are known beforehand.</param>
    /// <param name="isKey">Whether a string is one that may be there; null for any.</param>
    public KeyBlockCursor(
        IByteRange range,
        int maxKeyLength,
        (long Entries, long Counted)? expected = null,
        Func<ReadOnlySpan<byte>, bool>? isKey = null)
    {
        _isKey = isKey;
        _range = range;
        _maxKeyLength = maxKeyLength;
        _expected = expected;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The blocks are not what was written; the message names the file.</exception>
    public override bool Next()
    {
        if (_left == 0 && !NextBlock()) return false;

        ReadOnlySpan<byte> block = _block.AsSpan(0, _blockLength);
        bool isFirst = _at == 0;
        if (!Varint.TryRead(block, ref _at, out ulong shared) || !Varint.TryRead(block, ref _at, out ulong added)) throw Bad();
        if (shared > (isFirst ? 0 : (ulong)Length) || added > (ulong)(block.Length - _at)) throw Bad();
        if (shared + added > (ulong)_maxKeyLength) throw Bad();
        ReadOnlySpan<byte> rest = block.Slice(_at, (int)added);
        _at += rest.Length;
        if (!Varint.TryRead(block, ref _at, out ulong count) || count is 0 or > long.MaxValue) throw Bad();

        // Each string is above the one before; within a block, all that it shares is left out.
        int kept = (int)shared, length = kept + rest.Length;
        bool ascends = isFirst
            ? _entries == 0 || rest.SequenceCompareTo(Key) > 0
            : !rest.IsEmpty && (kept == Length || rest[0] > Bytes[kept]);
        if (!ascends) throw Bad();
        if (Bytes.Length < length)
        {
            byte[] longer = new byte[length * 2];
            Bytes.AsSpan(0, kept).CopyTo(longer);
            Bytes = longer;
        }

        rest.CopyTo(Bytes.AsSpan(kept));
        Length = length;
        if (_isKey is not null && !_isKey(Key)) throw Bad();
        Count = (long)count;
        _entries++;
        if (Count > long.MaxValue - _counted) throw Bad();
        _counted += Count;

        // Before anybody adds up so many.
        if (_expected is { } expected && (_entries > expected.Entries || _counted > expected.Counted)) throw Bad();
        if (--_left == 0 && _at != _blockLength) throw Bad();
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_reading is not null) ((IAsyncResult)_reading).AsyncWaitHandle.WaitOne();
        _range.Dispose();
        base.Dispose();
    }

    private bool NextBlock()
    {
        _reading ??= Task.Run(ReadAhead);
        (int length, int entries) = _reading.GetAwaiter().GetResult();
        if (length == 0) return _expected is not null && _expected != (_entries, _counted) ? throw Bad() : false;

        (_block, _ahead) = (_ahead, _block);
        (_blockLength, _left, _at) = (length, entries, 0);
        _reading = Task.Run(ReadAhead);
        return true;
    }

    private (int Length, int Entries) ReadAhead()
    {
        Span<byte> prefix = stackalloc byte[KeyBlockWriter.PrefixLength];
        _range.Read(prefix);
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix), entries = BinaryPrimitives.ReadInt32LittleEndian(prefix[4..]);

        // An entry has at least three bytes, and a block ends with the entry that fills it.
        long longest = KeyBlockWriter.BlockLength + (long)_maxKeyLength + (3 * Varint.MaxLength);
        bool isEmpty = length == 0 && entries == 0;
        if (!isEmpty && (length < 3 || length > longest || length > _range.Remaining || entries < 1 || entries > length / 3)) throw Bad();
        if (length == 0)
        {
            if (_range.Remaining > 0) throw Bad();
            _range.Finish();
            return (0, 0);
        }

        if (_ahead.Length < length) _ahead = new byte[Math.Max(length, KeyBlockWriter.BlockLength + 1024)];
        _range.Read(_ahead.AsSpan(0, length));
        return (length, entries);
    }

    private InvalidDataException Bad() =>
        new($"{_range.Name} is damaged: its counts are not as they were written; count or merge it again");
}
