namespace Fast.Tokenizer.Training.Parts;

/// <summary>A temporary file of sorted runs beside an output; gone with the object, and cleared by the next writer where the process was
/// killed.</summary>
internal sealed class SpillFile : IByteSink, IDisposable
{
    private readonly FileStream _file;
    private readonly List<(long Start, long Length)> _runs = [];
    private long _start;

    public SpillFile(string output) => _file = TemporaryFiles.Create(output, FileAccess.ReadWrite);

    /// <summary>Number of runs written.</summary>
    public int Runs => _runs.Count;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _file.Write(bytes);

    /// <summary>Writes a sorted run.</summary>
    /// <returns>Its number.</returns>
    public int Add(KeyCursor run, CancellationToken cancellationToken)
    {
        using (var writer = new KeyBlockWriter(this))
        {
            while (run.Next())
            {
                if ((writer.Entries & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
                writer.Add(run.Key, run.Count);
            }

            writer.Complete();
        }

        _file.Flush();
        _runs.Add((_start, _file.Position - _start));
        _start = _file.Position;
        return _runs.Count - 1;
    }

    /// <summary>Reads a run; several at once, but not while one is written by another thread.</summary>
    public KeyCursor Read(int run, int maxKeyLength) =>
        new KeyBlockCursor(new FileRange(_file, _runs[run].Start, _runs[run].Length), maxKeyLength);

    /// <inheritdoc/>
    public void Dispose() => TemporaryFiles.Delete(_file);
}
