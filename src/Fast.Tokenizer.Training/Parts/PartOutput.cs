using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>A part file that appears whole or not at all.</summary>
internal sealed class PartOutput : IByteSink, IDisposable
{
    private const int ReportedEvery = 1 << 13;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _committed;

    public PartOutput(string path, CorpusPartKind kind)
    {
        _path = Path.GetFullPath(path);
        TemporaryFiles.DeleteLeftovers(_path);
        _file = TemporaryFiles.Create(_path, FileAccess.ReadWrite);
        Span<byte> preamble = stackalloc byte[PartFormat.PreambleLength];
        PartFormat.Magic.CopyTo(preamble);
        BinaryPrimitives.WriteInt32LittleEndian(preamble[8..], PartFormat.Schema);
        BinaryPrimitives.WriteInt32LittleEndian(preamble[12..], (int)kind);
        Write(preamble);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _file.Write(bytes);
    }

    /// <summary>Writes all strings of a cursor.</summary>
    /// <param name="keys">The strings.</param>
    /// <param name="statistics">Takes the strings where they are values whose exact statistics are wanted; else null.</param>
    /// <param name="progress">Told of the strings written, now and then; may be null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many there are, and the sum of their counts.</returns>
    public (long Entries, long Counted) WriteBody(
        KeyCursor keys, ExactStatistics? statistics, Action<long>? progress, CancellationToken cancellationToken)
    {
        using var writer = new KeyBlockWriter(this);
        while (keys.Next())
        {
            if (writer.Entries % ReportedEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Invoke(writer.Entries);
            }

            writer.Add(keys.Key, keys.Count);
            statistics?.Add(keys.Key, keys.Count, cancellationToken);
        }

        writer.Complete();
        if (statistics is not null) AddAgain(statistics, cancellationToken);
        return (writer.Entries, writer.Counted);
    }

    /// <summary>Writes the rest and puts the file in its place.</summary>
    public void Commit(PartHeader header)
    {
        Span<byte> trailer = stackalloc byte[PartFormat.TrailerLength];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, _file.Position - PartFormat.PreambleLength);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, PartHeaderJson.Default.PartHeader);
        Write(json);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[sizeof(long)..], json.Length);
        _hash.AppendData(trailer[..PartFormat.LengthsLength]);
        _hash.GetCurrentHash(trailer[PartFormat.LengthsLength..]);
        PartFormat.Magic.CopyTo(trailer[^PartFormat.Magic.Length..]);
        _file.Write(trailer);
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_file.Name, _path, overwrite: true);
        _committed = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash.Dispose();
        if (!_committed) TemporaryFiles.Delete(_file);
    }

    // The mean must be known before the distances from it are.
    private void AddAgain(ExactStatistics statistics, CancellationToken cancellationToken)
    {
        _file.Flush();
        var body = new FileRange(_file, PartFormat.PreambleLength, _file.Position - PartFormat.PreambleLength);
        using var keys = new KeyBlockCursor(body, ValueKey.MaxLength);
        while (keys.Next()) statistics.AddAgain(keys.Key, keys.Count, cancellationToken);
    }
}
