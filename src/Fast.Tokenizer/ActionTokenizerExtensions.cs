using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer;

/// <summary>Conveniences over <see cref="IActionTokenizer"/>: arrays, strict decoding, and batches over all cores.</summary>
public static class ActionTokenizerExtensions
{
    // Few enough that handing over is cheap, many enough that no thread waits long for the last.
    private const int SharesPerThread = 8;
    private const int LargestShare = 64;

    /// <summary>Encodes one chunk into an array of its own.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="actions">Actions, row-major [T,D].</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <returns>The token ids.</returns>
    /// <exception cref="ArgumentException">A length does not fit the shape, or a value is not finite.</exception>
    public static int[] Encode(this IActionTokenizer tokenizer, ReadOnlySpan<float> actions, ActionShape shape)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        using var buffer = new TokenBuffer(tokenizer.MaxTokenCount(shape));
        return buffer.Span[..tokenizer.Encode(actions, shape, buffer.Span).Count].ToArray();
    }

    /// <inheritdoc cref="Encode(IActionTokenizer, ReadOnlySpan{float}, ActionShape)"/>
    public static int[] Encode(this IActionTokenizer tokenizer, ReadOnlySpan<double> actions, ActionShape shape)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        using var buffer = new TokenBuffer(tokenizer.MaxTokenCount(shape));
        return buffer.Span[..tokenizer.Encode(actions, shape, buffer.Span).Count].ToArray();
    }

    /// <summary>Decodes one chunk; the tokens must give exactly one.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="tokens">Token ids.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <returns>Actions [T,D].</returns>
    /// <exception cref="ArgumentException">The shape is empty, or is not the tokenizer's.</exception>
    /// <exception cref="ActionDecodeException">The tokens do not give exactly one chunk of the shape.</exception>
    public static float[,] Decode(this IActionTokenizer tokenizer, ReadOnlySpan<int> tokens, ActionShape shape)
    {
        CheckShape(shape);
        var actions = new float[shape.Horizon, shape.Dimensions];
        tokenizer.Decode(tokens, shape, MemoryMarshal.CreateSpan(ref actions[0, 0], actions.Length));
        return actions;
    }

    /// <summary>Decodes one chunk into a buffer; the tokens must give exactly one.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="tokens">Token ids.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="actions">Receives the actions, row-major [T,D].</param>
    /// <exception cref="ArgumentException">A length does not fit the shape, or the shape is not the tokenizer's.</exception>
    /// <exception cref="ActionDecodeException">The tokens do not give exactly one chunk of the shape.</exception>
    public static void Decode(this IActionTokenizer tokenizer, ReadOnlySpan<int> tokens, ActionShape shape, Span<float> actions)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        DecodeResult result = tokenizer.TryDecode(tokens, shape, actions);
        if (!result.IsComplete) throw new ActionDecodeException(result, shape, tokens);
    }

    /// <inheritdoc cref="Decode(IActionTokenizer, ReadOnlySpan{int}, ActionShape, Span{float})"/>
    public static void Decode(this IActionTokenizer tokenizer, ReadOnlySpan<int> tokens, ActionShape shape, Span<double> actions)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        DecodeResult result = tokenizer.TryDecode(tokens, shape, actions);
        if (!result.IsComplete) throw new ActionDecodeException(result, shape, tokens);
    }

    /// <summary>Encodes many chunks over all cores; each gives the same ids as alone.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="chunks">Chunks, row-major [N,T,D].</param>
    /// <param name="shape">Shape of one chunk.</param>
    /// <param name="options">Degree of parallelism and cancellation; null uses all cores.</param>
    /// <returns>The token ids of each chunk.</returns>
    /// <exception cref="ArgumentException">
    /// The length is not a whole number of chunks, or a value is not finite; the first bad chunk is named.
    /// </exception>
    /// <exception cref="OperationCanceledException">The batch was stopped.</exception>
    public static int[][] EncodeBatch(
        this IActionTokenizer tokenizer, ReadOnlyMemory<float> chunks, ActionShape shape, ParallelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var tokens = new int[CountChunks(chunks.Length, shape)][];
        RunParallel(tokens.Length, options, i => tokens[i] = tokenizer.Encode(chunks.Span.Slice(i * shape.Count, shape.Count), shape));
        return tokens;
    }

    /// <inheritdoc cref="EncodeBatch(IActionTokenizer, ReadOnlyMemory{float}, ActionShape, ParallelOptions?)"/>
    public static int[][] EncodeBatch(
        this IActionTokenizer tokenizer, ReadOnlyMemory<double> chunks, ActionShape shape, ParallelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var tokens = new int[CountChunks(chunks.Length, shape)][];
        RunParallel(tokens.Length, options, i => tokens[i] = tokenizer.Encode(chunks.Span.Slice(i * shape.Count, shape.Count), shape));
        return tokens;
    }

    /// <summary>Encodes many chunks over all cores, with choices; each gives the same ids as alone.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="chunks">Chunks, row-major [N,T,D].</param>
    /// <param name="shape">Shape of one chunk.</param>
    /// <param name="encoding">Choices for each chunk.</param>
    /// <param name="options">Degree of parallelism and cancellation; null uses all cores.</param>
    /// <returns>The token ids of each chunk.</returns>
    /// <exception cref="ArgumentException">
    /// The length is not a whole number of chunks, a value is not finite, or clipping is refused and needed; the first bad chunk is named.
    /// </exception>
    /// <exception cref="ErrorBoundException">A chunk cannot be encoded within the error bound; the first such chunk is named.</exception>
    /// <exception cref="OperationCanceledException">The batch was stopped.</exception>
    public static int[][] EncodeBatch(
        this FastActionTokenizer tokenizer,
        ReadOnlyMemory<float> chunks,
        ActionShape shape,
        EncodeOptions encoding,
        ParallelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(encoding);
        return EncodeEach(
            CountChunks(chunks.Length, shape),
            tokenizer.MaxTokenCount(shape),
            options,
            (i, tokens) => tokenizer.Encode(chunks.Span.Slice(i * shape.Count, shape.Count), shape, tokens, encoding).Count);
    }

    /// <inheritdoc cref="EncodeBatch(FastActionTokenizer, ReadOnlyMemory{float}, ActionShape, EncodeOptions, ParallelOptions?)"/>
    public static int[][] EncodeBatch(
        this FastActionTokenizer tokenizer,
        ReadOnlyMemory<double> chunks,
        ActionShape shape,
        EncodeOptions encoding,
        ParallelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(encoding);
        return EncodeEach(
            CountChunks(chunks.Length, shape),
            tokenizer.MaxTokenCount(shape),
            options,
            (i, tokens) => tokenizer.Encode(chunks.Span.Slice(i * shape.Count, shape.Count), shape, tokens, encoding).Count);
    }

    /// <summary>Decodes many chunks over all cores; each must give exactly one chunk.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="tokens">Token ids of each chunk.</param>
    /// <param name="shape">Shape of one chunk.</param>
    /// <param name="actions">Receives the actions, row-major [N,T,D].</param>
    /// <param name="options">Degree of parallelism and cancellation; null uses all cores.</param>
    /// <exception cref="ActionDecodeException">The tokens of a chunk do not give exactly one; the first such chunk is named.</exception>
    /// <exception cref="ArgumentException">The buffer is not N chunks long.</exception>
    /// <exception cref="OperationCanceledException">The batch was stopped.</exception>
    public static void DecodeBatch(
        this IActionTokenizer tokenizer, IReadOnlyList<int[]> tokens, ActionShape shape, Memory<float> actions,
        ParallelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        CheckBatch(tokens, shape, actions.Length);
        RunParallel(tokens.Count, options, i => tokenizer.Decode(tokens[i], shape, actions.Span.Slice(i * shape.Count, shape.Count)));
    }

    /// <inheritdoc cref="DecodeBatch(IActionTokenizer, IReadOnlyList{int[]}, ActionShape, Memory{float}, ParallelOptions?)"/>
    public static void DecodeBatch(
        this IActionTokenizer tokenizer, IReadOnlyList<int[]> tokens, ActionShape shape, Memory<double> actions,
        ParallelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        CheckBatch(tokens, shape, actions.Length);
        RunParallel(tokens.Count, options, i => tokenizer.Decode(tokens[i], shape, actions.Span.Slice(i * shape.Count, shape.Count)));
    }

    private static int[][] EncodeEach(int count, int mostTokens, ParallelOptions? options, Func<int, Span<int>, int> encode)
    {
        var tokens = new int[count][];
        RunParallel(count, options, i =>
        {
            using var buffer = new TokenBuffer(mostTokens);
            tokens[i] = buffer.Span[..encode(i, buffer.Span)].ToArray();
        });
        return tokens;
    }

    // Neighbouring chunks go to a thread together: a chunk is a few microseconds, and handing it over would cost as much. The caller wants
    // the exception of the first bad chunk, not an aggregate of whichever threads failed. Break lets the chunks before it finish.
    private static void RunParallel(int count, ParallelOptions? options, Action<int> body)
    {
        options ??= new ParallelOptions();
        int threads = options.MaxDegreeOfParallelism > 0 ? options.MaxDegreeOfParallelism : Environment.ProcessorCount;
        int share = Math.Clamp(count / threads / SharesPerThread, 1, LargestShare);
        var failures = new ConcurrentBag<(int Chunk, Exception Problem)>();
        Parallel.For(0, (count + share - 1) / share, options, (part, loop) =>
        {
            int end = Math.Min(count, (part + 1) * share);
            for (int chunk = part * share; chunk < end; chunk++)
            {
                try
                {
                    body(chunk);
                }
                catch (Exception problem) when (problem is ArgumentException or ActionDecodeException or ErrorBoundException)
                {
                    failures.Add((chunk, problem));
                    loop.Break();
                    return;
                }
            }
        });
        if (failures.IsEmpty) return;

        (int first, Exception what) = failures.MinBy(failure => failure.Chunk);
        throw what switch
        {
            ActionDecodeException decode => new ActionDecodeException(decode, first),
            ErrorBoundException missed => new ErrorBoundException($"chunk {first}: {missed.Message}", missed.Dimension, missed.Error, missed.Bound),
            _ => new ArgumentException($"chunk {first}: {what.Message}", what),
        };
    }

    private static void CheckShape(ActionShape shape)
    {
        if (shape.Count == 0)
            throw new ArgumentException($"{shape} is no shape of a chunk: make it with a horizon and dimensions", nameof(shape));
    }

    private static int CountChunks(int length, ActionShape shape)
    {
        CheckShape(shape);
        return length % shape.Count == 0
            ? length / shape.Count
            : throw new ArgumentException($"{length} values are not a whole number of chunks of {shape}", nameof(length));
    }

    private static void CheckBatch(IReadOnlyList<int[]> tokens, ActionShape shape, int length)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        CheckShape(shape);
        if ((long)tokens.Count * shape.Count != length)
            throw new ArgumentException($"{length} values are not {tokens.Count} chunks of {shape}", nameof(length));
    }
}
