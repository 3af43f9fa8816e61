using System.Buffers;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer;

/// <summary>One token per value: the uniform bins of RT-2 (arXiv 2307.15818) and OpenVLA (arXiv 2406.09246), FAST's baseline.</summary>
/// <remarks>
/// Tokens stand in the order of the values, row-major [T,D]. A token is the index of one of <see cref="Bins"/> equal bins over the
/// normalised range [-1, 1] and decodes to the centre of its bin: a value in the range comes back within 1 / <see cref="Bins"/>, in
/// normalised units. Any id of the vocabulary decodes. OpenVLA's 256 are the edges of its bins, which makes 255 bins: pass 255 for those.
/// </remarks>
public sealed class BinningActionTokenizer : IActionTokenizer
{
    // An end of the range may leave the normaliser a rounding outside it; that loses nothing and is not clipping.
    private const double RangeEnd = 1 + 1e-9;

    private readonly double _binsPerUnit;

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="bins">Number of bins over [-1, 1], 2 to 65536.</param>
    /// <param name="normalizer">
    /// Maps actions to [-1, 1] and back; null where the actions already are in that range. What it leaves outside is clipped and counted.
    /// Its weights are left aside: the bins of each dimension span the whole range.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is outside its range.</exception>
    public BinningActionTokenizer(int bins = 256, ActionNormalizer? normalizer = null)
    {
        if (bins is < 2 or > 65536) throw new ArgumentOutOfRangeException(nameof(bins), bins, "a binning tokenizer has 2 to 65536 bins");

        Bins = bins;
        Normalizer = normalizer?.Options.Weights is null
            ? normalizer
            : new ActionNormalizer(normalizer.Statistics, normalizer.Options with { Weights = null });
        _binsPerUnit = bins / 2.0;
    }

    /// <summary>Number of bins over the normalised range [-1, 1].</summary>
    public int Bins { get; }

    /// <summary>Maps actions to [-1, 1] and back, or null where the actions already are in that range.</summary>
    public ActionNormalizer? Normalizer { get; }

    /// <inheritdoc/>
    public int VocabularySize => Bins;

    /// <inheritdoc/>
    public int MaxTokenCount(ActionShape shape) => shape.Count;

    /// <inheritdoc/>
    public EncodeResult Encode(ReadOnlySpan<float> actions, ActionShape shape, Span<int> tokens)
    {
        CheckChunk(actions.Length, shape, nameof(actions));
        double[] scratch = ArrayPool<double>.Shared.Rent(shape.Count);
        try
        {
            for (int i = 0; i < actions.Length; i++) scratch[i] = actions[i];
            return Encode(scratch.AsSpan(0, shape.Count), shape, tokens);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scratch);
        }
    }

    /// <inheritdoc/>
    public EncodeResult Encode(ReadOnlySpan<double> actions, ActionShape shape, Span<int> tokens)
    {
        CheckChunk(actions.Length, shape, nameof(actions));
        if (tokens.Length < shape.Count)
        {
            throw new ArgumentException(
                $"a chunk of {shape} gives {shape.Count} tokens, but the buffer holds {tokens.Length}: see {nameof(MaxTokenCount)}",
                nameof(tokens));
        }

        if (Normalizer is null) return new(shape.Count, ToBins(actions, shape, tokens));

        double[] scratch = ArrayPool<double>.Shared.Rent(shape.Count);
        try
        {
            Span<double> normalized = scratch.AsSpan(0, shape.Count);
            int clipped = Normalizer.Normalize(actions, normalized);
            return new(shape.Count, clipped + ToBins(normalized, shape, tokens));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scratch);
        }
    }

    /// <inheritdoc/>
    public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<float> actions)
    {
        CheckChunk(actions.Length, shape, nameof(actions));
        double[] scratch = ArrayPool<double>.Shared.Rent(shape.Count);
        try
        {
            DecodeResult result = TryDecode(tokens, shape, scratch.AsSpan(0, shape.Count));
            if (result.IsComplete)
                for (int i = 0; i < actions.Length; i++) actions[i] = (float)scratch[i];

            return result;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scratch);
        }
    }

    /// <inheritdoc/>
    public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<double> actions)
    {
        CheckChunk(actions.Length, shape, nameof(actions));
        DecodeResult result = Examine(tokens, shape.Count);
        if (!result.IsComplete) return result;

        if (Normalizer is null)
        {
            ToCentres(tokens, actions);
            return result;
        }

        double[] scratch = ArrayPool<double>.Shared.Rent(shape.Count);
        try
        {
            Span<double> normalized = scratch.AsSpan(0, shape.Count);
            ToCentres(tokens, normalized);
            Normalizer.Denormalize(normalized, actions);
            return result;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scratch);
        }
    }

    private int ToBins(ReadOnlySpan<double> actions, ActionShape shape, Span<int> tokens)
    {
        int clipped = 0;
        for (int i = 0; i < actions.Length; i++)
        {
            double value = actions[i];
            if (!(Math.Abs(value) <= 1))
            {
                if (!double.IsFinite(value))
                {
                    string where = $"step {i / shape.Dimensions}, dimension {i % shape.Dimensions}";
                    throw new ArgumentException($"value {value} at {where} is not finite: replace it or drop the chunk", nameof(actions));
                }

                if (Math.Abs(value) > RangeEnd) clipped++;
                value = Math.Sign(value);
            }

            // The upper end of the range belongs to the last bin.
            tokens[i] = Math.Min((int)((value + 1) * _binsPerUnit), Bins - 1);
        }

        return clipped;
    }

    private void ToCentres(ReadOnlySpan<int> tokens, Span<double> values)
    {
        // One division, so that the centres are symmetric about 0 and each is correctly rounded.
        for (int i = 0; i < tokens.Length; i++) values[i] = ((2 * tokens[i]) + 1 - Bins) / (double)Bins;
    }

    private DecodeResult Examine(ReadOnlySpan<int> tokens, int count)
    {
        int invalid = tokens.IndexOfAnyExceptInRange(0, Bins - 1);
        int values = invalid < 0 ? tokens.Length : invalid;
        if (values > count) return new(DecodeStatus.Long, values, count);
        if (invalid >= 0) return new(DecodeStatus.InvalidToken, values, invalid);
        return new(values < count ? DecodeStatus.Short : DecodeStatus.Complete, values, tokens.Length);
    }

    private void CheckChunk(int length, ActionShape shape, string parameter)
    {
        if (length != shape.Count)
            throw new ArgumentException($"a chunk of {shape} has {shape.Count} values, but {length} were given", parameter);

        if (Normalizer is not null && Normalizer.Dimensions != shape.Dimensions)
        {
            throw new ArgumentException(
                $"a chunk of {shape} has {shape.Dimensions} dimensions, but the normaliser has {Normalizer.Dimensions}", nameof(shape));
        }
    }
}
