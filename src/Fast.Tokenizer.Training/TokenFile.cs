using System.Globalization;
using System.Numerics;
using Fast.Tokenizer.Training.Parts;
using Microsoft.Win32.SafeHandles;

namespace Fast.Tokenizer.Training;

/// <summary>Token sequences in a temporary file, for a training that takes more than memory.</summary>
/// <remarks>
/// <para>
/// A sequence is its count, its number of tokens, and its runs, all as base-128 numbers: twice the token for a single one; one more, and the
/// number of further ones, for a run. Most of a chunk is one run of zeros.
/// </para>
/// <para>
/// The file has no name as soon as it is open (on Windows: it goes when it is closed, by whatever). So nothing is left of it after the end, an
/// error or a stop, and not even after a killed process.
/// </para>
/// </remarks>
internal sealed class TokenFile : ITokenSequences, IDisposable
{
    // Of two numbers.
    private const int Margin = 2 * Varint.MaxLength;

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly string _folder;
    private readonly SafeFileHandle _file;
    private int _used;
    private long _written;

    /// <summary>Makes an empty file.</summary>
    /// <param name="folder">Where; it must be there.</param>
    /// <exception cref="IOException">No file can be made there.</exception>
    public TokenFile(string folder)
    {
        _folder = folder;
        string path = Path.Combine(folder, $"fast-tokenizer.{Path.GetRandomFileName()}.tmp");
        try
        {
            _file = File.OpenHandle(
                path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
                OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
            if (!OperatingSystem.IsWindows()) File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new IOException(
                $"the training takes more memory than its limit and no temporary file can be made in '{folder}': "
                + $"give another folder, or a higher limit ({problem.Message})",
                problem);
        }
    }

    /// <inheritdoc/>
    public long SequenceCount { get; private set; }

    /// <inheritdoc/>
    public long TokenCount { get; private set; }

    /// <summary>Bytes of all sequences.</summary>
    public long ByteCount => _written + _used;

    /// <summary>Adds a sequence behind those before it.</summary>
    /// <exception cref="IOException">The disk is full, or fails.</exception>
    public void Add(ReadOnlySpan<ushort> tokens, long count)
    {
        SequenceCount++;
        TokenCount += tokens.Length;
        Write((ulong)count);
        Write((ulong)tokens.Length);
        while (!tokens.IsEmpty)
        {
            int run = tokens.IndexOfAnyExcept(tokens[0]);
            if (run < 0) run = tokens.Length;
            Write(((ulong)tokens[0] << 1) | (run > 1 ? 1u : 0));
            if (run > 1) Write((ulong)run - 1);
            tokens = tokens[run..];
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The disk is full, or fails.</exception>
    public void ForEach(Action<ReadOnlySpan<ushort>, long> visit)
    {
        Flush();
        ushort[] tokens = [];
        var reader = new Reader(_file, _written);
        for (long i = 0; i < SequenceCount; i++)
        {
            long count = (long)reader.Next();
            int length = (int)reader.Next();
            if (tokens.Length < length) tokens = new ushort[BitOperations.RoundUpToPowerOf2((uint)length)];
            for (int done = 0; done < length;)
            {
                ulong token = reader.Next();
                int run = (token & 1) == 0 ? 1 : (int)reader.Next() + 1;
                tokens.AsSpan(done, run).Fill((ushort)(token >> 1));
                done += run;
            }

            visit(tokens.AsSpan(0, length), count);
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Dispose() => _file.Dispose();

    private void Write(ulong number)
    {
        if (_buffer.Length - _used < Margin) Flush();
        _used = Varint.Write(_buffer, _used, number);
    }

    private void Flush()
    {
        try
        {
            RandomAccess.Write(_file, _buffer.AsSpan(0, _used), _written);
        }
        catch (IOException problem)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture,
                $"the temporary file of the training in '{_folder}' cannot grow beyond {_written} bytes: ")
                + $"make room there, or give another folder or a higher memory limit ({problem.Message})",
                problem);
        }

        _written += _used;
        _used = 0;
    }

    private sealed class Reader(SafeFileHandle file, long length)
    {
        private readonly byte[] _buffer = new byte[1 << 16];
        private long _offset;
        private int _at;
        private int _end;

        public ulong Next()
        {
            if (_end - _at < Margin && _offset < length) Fill();
            return Varint.TryRead(_buffer.AsSpan(.._end), ref _at, out ulong number) ? number : throw Damaged();
        }

        private void Fill()
        {
            _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
            (_at, _end) = (0, _end - _at);
            while (_end < Margin && _offset < length)
            {
                int read = RandomAccess.Read(file, _buffer.AsSpan(_end), _offset);
                if (read == 0) throw Damaged();
                _end += read;
                _offset += read;
            }
        }

        private static IOException Damaged() => new("the temporary file of the training was changed while it was used");
    }
}
