using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Fast.Tokenizer.Datasets.Arrow;

/// <summary>The messages of an Arrow IPC stream or file, each checked before Apache.Arrow gets it.</summary>
/// <remarks>
/// No length is handed on that the file cannot hold, and no stream that ends before its end marker: Apache.Arrow takes a stream that breaks
/// off between two messages as complete. Of the file format, the footer is not needed: what stands before it is a stream.
/// </remarks>
internal sealed class ArrowMessageStream : ForwardStream
{
    private const int Continuation = -1;
    private const int MaxMetadataBytes = 64 << 20;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly long _end;
    private readonly bool _hasFooter;
    private readonly ArrowBodyAllocator _allocator;
    private long _at;
    private byte[] _head = [];
    private int _headRead;
    private long _bodyLeft;
    private bool _ended;

    /// <param name="path">The file.</param>
    /// <param name="allocator">Told how large a body is before it is read.</param>
    /// <exception cref="InvalidDataException">It has the file format's first bytes, but not its last ones.</exception>
    public ArrowMessageStream(string path, ArrowBodyAllocator allocator)
    {
        _path = path;
        _allocator = allocator;
        _file = File.OpenHandle(path);
        try
        {
            _end = RandomAccess.GetLength(_file);
            byte[] magic = new byte[8];
            _hasFooter = RandomAccess.Read(_file, magic, 0) == magic.Length && IsFile(magic);
            if (_hasFooter) (_at, _end) = (magic.Length, StartOfFooter());
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>What was wrong with a message, where it was thrown.</summary>
    public InvalidDataException? Fault { get; private set; }

    /// <summary>Whether a file starts as the Arrow file format does.</summary>
    public static bool IsFile(ReadOnlySpan<byte> head) => head.StartsWith("ARROW1"u8);

    /// <summary>Whether a file starts as an Arrow stream does.</summary>
    public static bool IsStream(ReadOnlySpan<byte> head) =>
        head.Length >= 2 * sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(head) == Continuation
        && BinaryPrimitives.ReadInt32LittleEndian(head[sizeof(int)..]) > 0;

    /// <exception cref="InvalidDataException">The next message is malformed or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (_headRead == _head.Length && _bodyLeft == 0 && !_ended) NextMessage();
        if (_headRead < _head.Length)
        {
            int served = Math.Min(buffer.Length, _head.Length - _headRead);
            _head.AsSpan(_headRead, served).CopyTo(buffer);
            _headRead += served;
            return served;
        }

        if (_bodyLeft == 0) return 0;
        int got = RandomAccess.Read(_file, buffer[..(int)Math.Min(buffer.Length, _bodyLeft)], _at);
        if (got == 0) throw Cut("became shorter while it was read");
        _at += got;
        _bodyLeft -= got;
        return got;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }

    private long StartOfFooter()
    {
        // The last bytes are the length of the footer and the magic.
        byte[] tail = new byte[sizeof(int) + 6];
        long start = _end - tail.Length;
        if (start < 8 || RandomAccess.Read(_file, tail, start) < tail.Length || !IsFile(tail.AsSpan(sizeof(int))))
            throw Cut("does not end as an Arrow file does; it is cut off");
        int footer = BinaryPrimitives.ReadInt32LittleEndian(tail);
        return footer >= 0 && footer <= start - 8 ? start - footer : throw Cut($"has a footer of {footer} bytes, which do not fit");
    }

    private void NextMessage()
    {
        long start = _at;
        Span<byte> prefix = stackalloc byte[2 * sizeof(int)];
        int got = RandomAccess.Read(_file, prefix[..(int)Math.Min(prefix.Length, _end - _at)], _at);
        // Before Arrow 0.15, messages had no continuation mark.
        int used = got >= sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(prefix) != Continuation ? sizeof(int) : prefix.Length;
        if (got < used)
        {
            if (got == 0 && _hasFooter)
            {
                (_head, _headRead, _ended) = ([], 0, true);
                return;
            }

            throw Cut(got == 0
                ? $"ends at byte {start} without the end of its stream; it is cut off"
                : $"ends at byte {start} within the length of a message; it is cut off");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix[(used - sizeof(int))..]);
        _at += used;
        if (length == 0)
        {
            if (_at < _end && !_hasFooter) throw Cut($"has {_end - _at} bytes after the end of its stream");
            (_head, _headRead, _ended) = (prefix[..used].ToArray(), 0, true);
            return;
        }

        if (length < 0 || length > MaxMetadataBytes || length > _end - _at)
            throw Cut($"has a message at byte {start} with {(uint)length} bytes of metadata, where {_end - _at} bytes are left");
        byte[] head = new byte[used + length];
        prefix[..used].CopyTo(head);
        if (RandomAccess.Read(_file, head.AsSpan(used), _at) < length) throw Cut("became shorter while it was read");
        _at += length;
        long body;
        try
        {
            body = ArrowMetadata.Check(head.AsSpan(used));
        }
        catch (InvalidDataException problem)
        {
            throw Cut($"has a message at byte {start} that cannot be read: {problem.Message}");
        }

        if (body > _end - _at || body > int.MaxValue)
            throw Cut($"has a message at byte {start} with {body} bytes of data, where {_end - _at} bytes are left");
        _allocator.Allow(body);
        (_head, _headRead, _bodyLeft) = (head, 0, body);
    }

    private InvalidDataException Cut(string problem) => Fault = new InvalidDataException($"file '{_path}': {problem}");
}
