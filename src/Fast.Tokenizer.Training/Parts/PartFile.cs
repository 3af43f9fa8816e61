using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>A part file whose header was read. What it holds is hostile until it was read to the end.</summary>
internal sealed class PartFile
{
    private readonly Func<Stream> _open;
    private readonly long _length;
    private readonly long _bodyLength;

    private PartFile(Func<Stream> open, string name, long length, CorpusPartKind kind, long bodyLength, byte[] hash, PartHeader header)
    {
        _open = open;
        Name = name;
        _length = length;
        _bodyLength = bodyLength;
        Hash = hash;
        Kind = kind;
        Header = header;
    }

    /// <summary>What to call it in messages.</summary>
    public string Name { get; }

    public CorpusPartKind Kind { get; }

    public PartHeader Header { get; }

    /// <summary>SHA-256 over all of it, as it says itself.</summary>
    public byte[] Hash { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _length;

    /// <summary>Reads all but the counts.</summary>
    /// <exception cref="InvalidDataException">It is no part, is damaged, or a newer version wrote it.</exception>
    public static PartFile Open(Func<Stream> open, string name)
    {
        using Stream stream = open();
        if (!stream.CanSeek) throw new ArgumentException($"{name} cannot be read from its end: give a stream that can seek", nameof(open));
        long length = stream.Length;
        if (length < PartFormat.PreambleLength) throw NoPart(name);
        Span<byte> preamble = stackalloc byte[PartFormat.PreambleLength];
        Read(stream, preamble, name);
        if (!preamble.StartsWith(PartFormat.Magic)) throw NoPart(name);
        CheckSchema(BinaryPrimitives.ReadInt32LittleEndian(preamble[8..]), name);
        var kind = (CorpusPartKind)BinaryPrimitives.ReadInt32LittleEndian(preamble[12..]);
        if (!Enum.IsDefined(kind)) throw Damaged(name, $"its kind is {(int)kind}, which there is not");

        Span<byte> trailer = stackalloc byte[PartFormat.TrailerLength];
        if (length < PartFormat.PreambleLength + PartFormat.TrailerLength) throw Damaged(name, "it ends too early");
        stream.Position = length - PartFormat.TrailerLength;
        Read(stream, trailer, name);
        if (!trailer.EndsWith(PartFormat.Magic)) throw Damaged(name, "it ends too early");
        long bodyLength = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        int headerLength = BinaryPrimitives.ReadInt32LittleEndian(trailer[sizeof(long)..]);
        long between = length - PartFormat.PreambleLength - PartFormat.TrailerLength;
        if (headerLength is < 2 or > PartFormat.MaxHeaderLength || headerLength > between || bodyLength != between - headerLength)
            throw Damaged(name, "the lengths it gives are not its own");

        byte[] json = new byte[headerLength];
        stream.Position = PartFormat.PreambleLength + bodyLength;
        Read(stream, json, name);
        byte[] hash = trailer.Slice(PartFormat.LengthsLength, PartFormat.HashLength).ToArray();
        return new PartFile(open, name, length, kind, bodyLength, hash, ParseHeader(json, name));
    }

    /// <summary>Starts to read the counts; the checksum is checked at their end.</summary>
    /// <param name="maxKeyLength">No string is longer.</param>
    /// <param name="isKey">Whether a string is one that may be there; null for any.</param>
    public KeyBlockCursor ReadBody(int maxKeyLength, Func<ReadOnlySpan<byte>, bool>? isKey = null)
    {
        Stream stream = _open();
        try
        {
            if (stream.Length != _length) throw Damaged(Name, "it changed while it was read");
            stream.Position = 0;
            return new KeyBlockCursor(new Body(this, stream), maxKeyLength, (Header.Entries, Header.Counted), isKey);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads all of it and checks the checksum.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public void Verify(CancellationToken cancellationToken)
    {
        using Stream stream = _open();
        using var body = new Body(this, stream);
        byte[] buffer = new byte[1 << 16];
        while (body.Remaining > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            body.Read(buffer.AsSpan(0, (int)Math.Min(body.Remaining, buffer.Length)));
        }

        body.Finish();
    }

    /// <summary>A part that is not what was written.</summary>
    public static InvalidDataException Damaged(string name, string why) =>
        new($"{name} is damaged: {ForeignText.Message(why)}; count or merge it again");

    private static PartHeader ParseHeader(byte[] json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PartHeaderJson.Default.PartHeader)
                ?? throw Damaged(name, "its header is empty");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException(Damaged(name, $"its header cannot be read ({problem.Message})").Message, problem);
        }
    }

    private static void CheckSchema(int schema, string name)
    {
        if (schema > PartFormat.Schema)
        {
            throw new InvalidDataException(
                $"{name} has schema version {schema}, newer than {PartFormat.Schema}, which this version reads: update Fast.Tokenizer");
        }

        if (schema != PartFormat.Schema) throw Damaged(name, $"its schema version is {schema}");
    }

    private static void Read(Stream stream, Span<byte> bytes, string name)
    {
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException problem)
        {
            throw new InvalidDataException(Damaged(name, "it ends too early").Message, problem);
        }
    }

    private static InvalidDataException NoPart(string name) =>
        new($"{name} is no part that count or merge wrote: give such a file");

    private sealed class Body : IByteRange
    {
        private readonly PartFile _part;
        private readonly Stream _stream;
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public Body(PartFile part, Stream stream)
        {
            (_part, _stream, Remaining) = (part, stream, part._bodyLength);
            ReadHashed(stackalloc byte[PartFormat.PreambleLength]);
        }

        public string Name => _part.Name;

        public long Remaining { get; private set; }

        public void Read(Span<byte> bytes)
        {
            if (bytes.Length > Remaining) throw Damaged(Name, "its counts end too early");
            ReadHashed(bytes);
            Remaining -= bytes.Length;
        }

        public void Finish()
        {
            long left = _part._length - PartFormat.TrailerLength - PartFormat.PreambleLength - _part._bodyLength + PartFormat.LengthsLength;
            byte[] buffer = new byte[(int)Math.Min(left, 1 << 16)];
            for (; left > 0; left -= Math.Min(left, buffer.Length)) ReadHashed(buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)));
            if (!_hash.GetCurrentHash().AsSpan().SequenceEqual(_part.Hash)) throw Damaged(Name, "its checksum is not that of its content");
        }

        public void Dispose()
        {
            _hash.Dispose();
            _stream.Dispose();
        }

        private void ReadHashed(Span<byte> bytes)
        {
            PartFile.Read(_stream, bytes, Name);
            _hash.AppendData(bytes);
        }
    }
}
