using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Datasets.Hdf5;

/// <summary>What PureHDF reads a file through: a hostile one can neither hang it nor crash it nor lead it to another file.</summary>
/// <remarks>
/// PureHDF trusts what it reads: a header that continues in itself, or a link to itself, recurses until the stack is gone, which nothing
/// can catch; an external link opens whatever it names; a heap is allocated before it is read. All that it knows comes through this stream,
/// field by field, so here it is stopped: where the stack runs low, where more is read than a sound file holds, and where a link or a heap
/// comes by that must not be followed or allocated. An address size of 8 is taken for granted; the caller has checked it.
/// </remarks>
internal sealed class GuardedStream(FileStream inner, Hdf5Superblock superblock, CancellationToken cancellationToken) : Stream
{
    private const int SignatureBytes = 4;
    private const int SymbolTableEntryBytes = 40;

    // A sound file is read field by field at most a few times over; its heaps of names are read once per name.
    private const long SpareFields = 1 << 18;
    private const long FieldsPerByte = 2;
    private const long SpareBytes = 4L << 30;
    private const long ReadsPerByte = 64;

    private readonly long _length = inner.Length;
    private long _position;
    private long _fields;
    private long _bytes;

    // The last reads without a gap: how long each was, four bits each, and the values of those of a single byte.
    private uint _sizes;
    private int _values;
    private long _after = -1;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    /// <summary>Set while values are read: what is looked up then stands in another file.</summary>
    public bool ReadsValues { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="InvalidDataException">The file leads where it must not.</exception>
    public override int Read(Span<byte> buffer)
    {
        // Whatever recurses without end reads as it does so.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new InvalidDataException("its structures refer to themselves");
        cancellationToken.ThrowIfCancellationRequested();
        ReadAt(_position, buffer);
        Count(buffer.Length);
        long position = _position;
        _position += buffer.Length;
        _sizes = ((position == _after ? _sizes : 0) << 4) | (uint)Math.Min(buffer.Length, 15);
        _after = _position;
        if (buffer.Length == 1) InspectByte(buffer[0]);
        else if (buffer.Length == SignatureBytes) InspectSignature(buffer, position);
        return buffer.Length;
    }

    // A place before the file or behind it is refused when it is read.
    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => _length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private void Count(long bytes)
    {
        _fields++;
        _bytes += bytes;
        if (_fields > SpareFields + (FieldsPerByte * _length) || _bytes > SpareBytes + (ReadsPerByte * _length))
            throw new InvalidDataException("its structures refer to one another without end");
    }

    private void ReadAt(long position, Span<byte> buffer)
    {
        // PureHDF looks for the signature at the file's start and misses some places behind a user block: it finds it at the start.
        if (superblock.Position > 0 && position is >= 0 and < Hdf5Superblock.FirstUserBlock) position += superblock.Position;
        if (position < 0 || position > _length - buffer.Length)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"it refers to {buffer.Length} bytes at {position}, but has {_length}; it is truncated or damaged"));
        }

        inner.Position = position;
        inner.ReadExactly(buffer);
    }

    // A link message begins with three single bytes: version 1, flags of which bit 3 says that a type follows, the type; 0 is a hard link.
    // PureHDF takes no notice of flags that are reserved. An attribute's encoding and name may look the same, but follow three sizes.
    private void InspectByte(byte value)
    {
        _values = (_values << 8) | value;
        if ((_sizes & 0xFFF) != 0x111 || (_sizes >> 12 & 0xFFF) == 0x222) return;
        (int version, int flags, int type) = ((_values >> 16) & 0xFF, (_values >> 8) & 0xFF, _values & 0xFF);
        if (version == 1 && (flags & 8) != 0 && type is (1 or >= 64)) throw SymbolicLink();
    }

    private void InspectSignature(ReadOnlySpan<byte> signature, long position)
    {
        if (signature.SequenceEqual("SNOD"u8)) InspectSymbolTable(position);
        else if (signature.SequenceEqual("HEAP"u8)) InspectLocalHeap(position);
        else if (signature.SequenceEqual("GCOL"u8)) InspectGlobalHeap(position);
    }

    private void InspectSymbolTable(long position)
    {
        const int CacheTypeAt = 16, SymbolicLinkCache = 2;
        Span<byte> head = stackalloc byte[8];
        ReadAt(position, head);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
        Count(count * SymbolTableEntryBytes);
        Span<byte> cacheType = stackalloc byte[4];
        for (int i = 0; i < count; i++)
        {
            ReadAt(position + head.Length + (i * SymbolTableEntryBytes) + CacheTypeAt, cacheType);
            if (BinaryPrimitives.ReadInt32LittleEndian(cacheType) == SymbolicLinkCache) throw SymbolicLink();
        }
    }

    private void InspectLocalHeap(long position)
    {
        // Names are looked up before the values are read; those that come later are names of files.
        if (ReadsValues) throw new InvalidDataException("its values are stored in another file, which is not opened");
        Span<byte> head = stackalloc byte[16];
        ReadAt(position, head);
        CheckSize(BinaryPrimitives.ReadUInt64LittleEndian(head[8..]), (ulong)_length);
    }

    private void InspectGlobalHeap(long position)
    {
        const int HeadBytes = 16;
        Span<byte> head = stackalloc byte[HeadBytes];
        ReadAt(position, head);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(head[8..]);
        CheckSize(size, (ulong)_length);
        for (ulong at = HeadBytes; at + HeadBytes <= size;)
        {
            Count(HeadBytes);
            ReadAt(position + (long)at, head);
            if (BinaryPrimitives.ReadUInt16LittleEndian(head) == 0) break;
            ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(head[8..]);
            CheckSize(bytes, size - at - HeadBytes);
            at += HeadBytes + ((bytes + 7) & ~7UL);
        }
    }

    private static void CheckSize(ulong bytes, ulong most)
    {
        if (bytes > most) throw new InvalidDataException($"a heap of {bytes} bytes stands where {most} have room; it is damaged");
    }

    private static InvalidDataException SymbolicLink() =>
        new("it holds a symbolic link, which is not followed; put the data set itself into the file");
}
