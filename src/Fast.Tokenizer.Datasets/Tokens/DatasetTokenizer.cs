using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>Encodes every chunk of a data set into files of token ids, for a training that reads them elsewhere.</summary>
/// <remarks>
/// A folder of <c>shard-00000.parquet</c> (or <c>.jsonl</c>) and so on, and a <c>manifest.json</c>. A run that was stopped leaves whole
/// files; the next one goes on where it ended. The same tokenizer, recording and options give the same bytes, on any number of threads
/// and after any number of stops. An episode or two, some blocks of chunks and one row group are held in memory.
/// </remarks>
public sealed partial class DatasetTokenizer
{
    private readonly DatasetTokenizerOptions _options;
    private readonly ChunkEncoder _encoder;
    private readonly ShardManifest _manifest;
    private readonly int _horizon;

    /// <summary>Makes an encoder of data sets.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="options">How to cut, encode and write; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or neither the options nor the tokenizer say the horizon.</exception>
    public DatasetTokenizer(FastActionTokenizer tokenizer, DatasetTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        options ??= new DatasetTokenizerOptions();
        _horizon = options.Horizon
            ?? tokenizer.Definition.Metadata.Horizon
            ?? throw new ArgumentException("the tokenizer does not say its horizon: give one", nameof(options));
        if (_horizon < 1) throw new ArgumentException($"a horizon of {_horizon} steps is too short: at least 1", nameof(options));
        if (options.Stride < 1) throw new ArgumentException($"a stride of {options.Stride} is too small: at least 1", nameof(options));
        if (options.ShardChunks < 1)
            throw new ArgumentException($"shards of {options.ShardChunks} chunks are too small: at least 1", nameof(options));
        if (options.MaxDegreeOfParallelism is 0 or < -1)
        {
            throw new ArgumentException(
                $"{options.MaxDegreeOfParallelism} threads are too few: at least 1, or -1 for all", nameof(options));
        }

        if (options.Sampling is not null && options.Encoding.Mode != EncodeMode.Canonical)
        {
            throw new ArgumentException(
                $"chunks are either sampled or encoded in the mode {options.Encoding.Mode}: leave one out", nameof(options));
        }

        _options = options;
        _encoder = new ChunkEncoder(tokenizer, options, _horizon);
        _manifest = new ShardManifest
        {
            SchemaVersion = ShardManifest.CurrentSchema,
            Tokenizer = tokenizer.Checksum(),
            VocabularySize = tokenizer.VocabularySize,
            Horizon = _horizon,
            Stride = options.Stride,
            Mode = options.Sampling is { } sampling
                ? EncodeMode.Sampled(sampling.Seed, sampling.Temperature).ToString()
                : options.Encoding.Mode.ToString(),
            OutOfRange = options.Encoding.OutOfRange.ToString(),
            Format = TokenShardWriter.Extension(options.Format),
            ShardChunks = options.ShardChunks,
            Complete = false,
            Shards = [],
        };
    }

    /// <summary>Encodes a data set, or the rest of it.</summary>
    /// <param name="source">The recorded episodes.</param>
    /// <param name="folder">The folder; made where it is not there. One that holds an earlier run of the same is completed.</param>
    /// <param name="progress">Told of each episode; may be null.</param>
    /// <param name="cancellationToken">Stops the run; whole files stay, and the next run goes on from them.</param>
    /// <returns>What the folder holds now.</returns>
    /// <exception cref="ArgumentException">The name of the folder is empty.</exception>
    /// <exception cref="InvalidDataException">
    /// The folder holds something else, or a run of another tokenizer, recording or options; or the recording does not fit the tokenizer.
    /// </exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public Task<DatasetTokenizerResult> RunAsync(
        IEpisodeSource source,
        string folder,
        IProgress<DatasetTokenizerProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Task.Run(() => RunCoreAsync(source, folder, progress, cancellationToken), cancellationToken);
    }

    /// <summary>Refuses a folder that cannot become, or is not, a run of this tokenizer with these options; reads no recording.</summary>
    /// <param name="folder">The folder; need not be there.</param>
    /// <exception cref="InvalidDataException">It holds something else, or a run of another tokenizer or other options.</exception>
    internal void RequireFolder(string folder) => _ = ReadManifest(folder);

    private async Task<DatasetTokenizerResult> RunCoreAsync(
        IEpisodeSource source, string folder, IProgress<DatasetTokenizerProgress>? progress, CancellationToken cancellationToken)
    {
        ShardManifest? found = ReadManifest(folder);
        ShardManifest before = found ?? _manifest;
        var shards = new List<ShardManifest.Shard>();
        bool wasThere = Directory.Exists(folder);
        int kept = 0, read = 0, longest = 0;
        long chunks = 0;
        try
        {
            Directory.CreateDirectory(folder);
            foreach (string leftover in Directory.EnumerateFiles(folder).Where(IsLeftover)) File.Delete(leftover);
            if (found is null) _manifest.Write(folder);

            IAsyncEnumerator<Episode> episodes = source.ReadEpisodesAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using ConfiguredAsyncDisposable disposed = episodes.ConfigureAwait(false);
            bool more = await episodes.MoveNextAsync().ConfigureAwait(false);
            while (more)
            {
                string path = Path.Combine(folder, FileName(shards.Count));
                ShardManifest.Shard? old = before.Shards.ElementAtOrDefault(shards.Count);
                bool isKept = old is not null && TokenShard.IsWhole(path, old.Checksum);
                await using var shard = new TokenShard(path, _options.Format, _encoder, isKept);
                while (more && shard.Chunks < _options.ShardChunks)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    longest = Math.Max(longest, episodes.Current.Steps);
                    await shard.AddAsync(episodes.Current, read++, cancellationToken).ConfigureAwait(false);
                    progress?.Report(new DatasetTokenizerProgress(read, chunks + shard.Chunks));
                    more = await episodes.MoveNextAsync().ConfigureAwait(false);
                }

                if (shard.Chunks == 0) break;
                string data = shard.DataChecksum();
                if (old is null ? before.Complete : old.Data != data)
                {
                    throw new InvalidDataException(
                        $"{folder} holds ids of other recordings: the episodes up to number {read} of {source.Name} are not those of before"
                        + "; choose another folder, or delete it");
                }

                chunks += shard.Chunks;
                shards.Add(isKept ? old! : await shard.CompleteAsync(data).ConfigureAwait(false));
                if (isKept) kept++;
                else (before with { Shards = [.. shards, .. before.Shards.Skip(shards.Count)] }).Write(folder);
            }

            RequireAll(shards, before, folder, source, read, longest);
            if (!before.Complete) (before with { Complete = true, Shards = shards }).Write(folder);
        }
        catch when (found is null && shards.Count == 0)
        {
            // Nothing came of it, so nothing stays.
            File.Delete(Path.Combine(folder, ShardManifest.FileName));
            if (!wasThere) Directory.Delete(folder);
            throw;
        }

        int used = shards.Sum(shard => shard.Episodes);
        return new DatasetTokenizerResult
        {
            Episodes = used,
            ShortEpisodes = read - used,
            Chunks = chunks,
            Tokens = shards.Sum(shard => shard.Tokens),
            Clipped = shards.Sum(shard => shard.Clipped),
            Horizon = _horizon,
            Files = [.. shards.Select(shard => shard.File)],
            FilesKept = kept,
        };
    }

    private void RequireAll(
        List<ShardManifest.Shard> shards, ShardManifest before, string folder, IEpisodeSource source, int read, int longest)
    {
        if (shards.Count < before.Shards.Count)
        {
            throw new InvalidDataException(
                $"{folder} holds ids of other recordings: {source.Name} has only {read} episodes; choose another folder, or delete it");
        }

        if (shards.Count > 0) return;
        throw new InvalidDataException(read == 0
            ? $"{source.Name} holds no episodes"
            : $"none of the {read} episodes of {source.Name} has {_horizon} steps, the longest has {longest}: give a shorter horizon");
    }

    // The manifest of an earlier run of the same, or null where there is nothing.
    private ShardManifest? ReadManifest(string folder)
    {
        if (File.Exists(folder)) throw new InvalidDataException($"{folder} is a file: choose another folder");
        if (!Directory.Exists(folder)) return null;
        if (ShardManifest.Read(folder) is not { } found)
        {
            return Directory.EnumerateFileSystemEntries(folder).All(IsLeftover)
                ? null
                : throw new InvalidDataException($"{folder} holds files that are no ids of a data set: choose an empty or new folder");
        }

        if (found.DifferenceFrom(_manifest) is { } difference)
            throw new InvalidDataException($"{folder} holds ids of another run: {difference}; choose another folder, or delete it");
        for (int i = 0; i < found.Shards.Count; i++)
        {
            if (found.Shards[i]?.File == FileName(i)) continue;
            throw new InvalidDataException(
                $"{Path.Combine(folder, ShardManifest.FileName)} is damaged: file {i} is not {FileName(i)}; delete the folder");
        }

        return found;
    }

    private string FileName(int index) => $"shard-{index:D5}.{TokenShardWriter.Extension(_options.Format)}";

    // A process that was killed could not take away what it was writing.
    private static bool IsLeftover(string path) => Leftover().IsMatch(Path.GetFileName(path));

    [GeneratedRegex(@"^(shard-\d{5,}\.(parquet|jsonl)|manifest\.json)\.\w+\.\w+\.tmp$", RegexOptions.CultureInvariant)]
    private static partial Regex Leftover();
}
