using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>One file of an encoded data set while its episodes come in: encoded on several threads, written in order.</summary>
/// <param name="path">The file.</param>
/// <param name="format">Its form.</param>
/// <param name="encoder">Encodes the episodes.</param>
/// <param name="isKept">Whether the file is there already; the episodes are then only counted and compared.</param>
internal sealed class TokenShard(string path, TokenShardFormat format, ChunkEncoder encoder, bool isKept) : IAsyncDisposable
{
    private const string ChecksumPrefix = "sha256:";

    private readonly Queue<Task<TokenBlock>> _running = [];
    private readonly IncrementalHash _data = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ReplacedFile? _file;
    private TokenShardWriter? _writer;
    private int _episodes, _short;
    private long _tokens, _clipped;

    /// <summary>Chunks of the episodes so far.</summary>
    public int Chunks { get; private set; }

    /// <summary>Whether a file is there and has a checksum.</summary>
    public static bool IsWhole(string path, string checksum) => File.Exists(path) && FileChecksum(path) == checksum;

    /// <summary>Adds an episode.</summary>
    /// <param name="recorded">The episode as it was recorded.</param>
    /// <param name="index">Its index in the recording.</param>
    /// <param name="cancellationToken">Stops the encoding.</param>
    /// <exception cref="InvalidDataException">The episode does not fit the tokenizer, or a chunk is refused.</exception>
    public async Task AddAsync(Episode recorded, int index, CancellationToken cancellationToken)
    {
        Identify(recorded);
        int count = encoder.Count(recorded);
        Chunks += count;
        if (count > 0) _episodes++;
        else _short++;
        if (isKept) return;

        foreach (Func<TokenBlock> block in encoder.Blocks(recorded, index, cancellationToken))
        {
            _running.Enqueue(Task.Run(block, cancellationToken));
            while (_running.Count >= encoder.Threads) await WriteNextAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A SHA-256 over the episodes; none can be added afterwards.</summary>
    public string DataChecksum() => Text(_data.GetHashAndReset());

    /// <summary>Finishes the file and puts it in its place.</summary>
    /// <param name="data">The <see cref="DataChecksum"/>.</param>
    public async Task<ShardManifest.Shard> CompleteAsync(string data)
    {
        while (_running.Count > 0) await WriteNextAsync().ConfigureAwait(false);
        await _writer!.CompleteAsync().ConfigureAwait(false);
        _file!.Commit();
        return new ShardManifest.Shard(Path.GetFileName(path), _episodes, _short, Chunks, _tokens, _clipped, data, FileChecksum(path));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The writer of a file that is not complete holds nothing but memory. Whoever stopped the run, or whatever failed, is known
        // already; what still runs only has to end.
        while (_running.TryDequeue(out Task<TokenBlock>? block))
            await block.ContinueWith(static task => task.Exception, TaskScheduler.Default).ConfigureAwait(false);
        _file?.Dispose();
        _data.Dispose();
    }

    private async Task WriteNextAsync()
    {
        TokenBlock block = await _running.Dequeue().ConfigureAwait(false);
        _file ??= new ReplacedFile(path);
        _writer ??= await TokenShardWriter.CreateAsync(format, _file.Stream).ConfigureAwait(false);
        await _writer.AppendAsync(block).ConfigureAwait(false);
        _tokens += block.Ids.Length;
        _clipped += block.Clipped;
    }

    private void Identify(Episode episode)
    {
        byte[] name = Encoding.UTF8.GetBytes(episode.Name);
        _data.AppendData(BitConverter.GetBytes(name.Length));
        _data.AppendData(name);
        Identify(episode.Dimensions, episode.Actions.Span);
        Identify(episode.StateDimensions, episode.States.Span);
    }

    private void Identify(int dimensions, ReadOnlySpan<double> values)
    {
        _data.AppendData(BitConverter.GetBytes(dimensions));
        _data.AppendData(BitConverter.GetBytes(values.Length));
        _data.AppendData(MemoryMarshal.AsBytes(values));
    }

    private static string FileChecksum(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Text(SHA256.HashData(stream));
    }

    private static string Text(byte[] hash) => ChecksumPrefix + Convert.ToHexStringLower(hash);
}
