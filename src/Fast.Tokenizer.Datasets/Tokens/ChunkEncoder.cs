using System.Buffers;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>Encodes the chunks of episodes. Serves any number of threads.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="options">How to cut and encode.</param>
/// <param name="horizon">Time steps in a chunk.</param>
internal sealed class ChunkEncoder(FastActionTokenizer tokenizer, DatasetTokenizerOptions options, int horizon)
{
    // Enough to be worth a hand-over between threads, few enough to share one long episode among all of them.
    private const int BlockChunks = 512;

    /// <summary>The most threads to encode on at a time.</summary>
    public int Threads { get; } = options.MaxDegreeOfParallelism > 0 ? options.MaxDegreeOfParallelism : Environment.ProcessorCount;

    /// <summary>How many chunks an episode is cut into.</summary>
    public int Count(Episode episode) => ChunkWindows.Count(episode.Steps, horizon, options.Stride);

    /// <summary>The blocks that an episode is encoded in, each to be run on any thread.</summary>
    /// <param name="recorded">The episode.</param>
    /// <param name="index">Its index in the recording.</param>
    /// <param name="cancellationToken">Stops the encoding.</param>
    public IEnumerable<Func<TokenBlock>> Blocks(Episode recorded, int index, CancellationToken cancellationToken)
    {
        int count = Count(recorded);
        if (count == 0) yield break;
        Episode episode = FittingEpisode.Of(recorded, tokenizer.Definition);
        for (int first = 0; first < count; first += BlockChunks)
        {
            int from = first, chunks = Math.Min(BlockChunks, count - first);
            yield return () => Encode(episode, index, from, chunks, cancellationToken);
        }
    }

    private TokenBlock Encode(Episode episode, int index, int first, int count, CancellationToken cancellationToken)
    {
        var shape = new ActionShape(horizon, episode.Dimensions);
        int[] starts = new int[count], lengths = new int[count];
        long clipped = 0;
        int[] ids = ArrayPool<int>.Shared.Rent(tokenizer.MaxTokenCount(shape));
        try
        {
            int used = 0;
            for (int i = 0; i < count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (ids.Length - used < tokenizer.MaxTokenCount(shape)) ids = Grow(ids, used, tokenizer.MaxTokenCount(shape));
                starts[i] = (first + i) * options.Stride;
                EncodeResult encoded = EncodeChunk(episode, index, starts[i], shape, ids.AsSpan(used));
                lengths[i] = encoded.Count;
                clipped += encoded.Clipped;
                used += encoded.Count;
            }

            return new TokenBlock(episode.Name, index, starts, lengths, ids.AsSpan(0, used).ToArray(), clipped);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(ids);
        }
    }

    private EncodeResult EncodeChunk(Episode episode, int index, int start, ActionShape shape, Span<int> ids)
    {
        EncodeOptions encoding = options.Sampling is { } sampling
            ? options.Encoding with { Mode = sampling.ModeOf(index, start) }
            : options.Encoding;
        try
        {
            return tokenizer.Encode(
                ChunkWindows.Slice(episode, start, horizon), shape, ids, ChunkWindows.Context(episode, start), encoding);
        }
        catch (Exception refusal) when (refusal is ArgumentException or ErrorBoundException)
        {
            throw new InvalidDataException($"episode '{episode.Name}', chunk from step {start}: {refusal.Message}", refusal);
        }
    }

    private static int[] Grow(int[] ids, int used, int more)
    {
        int[] larger = ArrayPool<int>.Shared.Rent(checked((used * 2) + more));
        ids.AsSpan(0, used).CopyTo(larger);
        ArrayPool<int>.Shared.Return(ids);
        return larger;
    }
}
