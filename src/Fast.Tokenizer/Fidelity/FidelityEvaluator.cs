using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>Encodes and decodes chunk after chunk and keeps account of the errors and of the tokens.</summary>
/// <remarks>
/// <para>Memory does not grow with the number of chunks, and a chunk allocates nothing. One evaluator serves one thread.</para>
/// <para>
/// To use several threads, give each episode (or any other fixed share of the chunks) an evaluator of its own and merge them in recorded
/// order. Sums are then always added up in the same order, so that the report has the same bits on any number of threads; it may differ
/// in the last bits from that of a single evaluator over all chunks.
/// </para>
/// </remarks>
public sealed class FidelityEvaluator
{
    private readonly IActionTokenizer _tokenizer;
    private readonly EncodeOptions _encoding;
    private readonly double? _rate;
    private readonly ActionNormalizer? _normalizer;
    private readonly FastActionTokenizer? _fast;
    private readonly double[] _halfRange;
    private readonly bool[] _counts;
    private readonly string[] _names;

    private readonly int[] _tokens;
    private readonly double[] _errors;
    private readonly double[] _decoded;

    private readonly ErrorAccount _errorAccount;
    private readonly TokenAccount _tokenAccount;
    private readonly PrefixAccount? _prefixes;
    private readonly SpectrumAccount? _spectrum;
    private readonly WorstChunks _worst;
    private long _clipped;
    private long _clippedChunks;
    private long _undecodable;
    private long _undecodableTokens;
    private FidelityLocation? _firstUndecodable;
    private FidelityChunk _longest;

    /// <summary>Makes an evaluator without chunks.</summary>
    /// <param name="tokenizer">The tokenizer to evaluate; its input unit is the physical one.</param>
    /// <param name="shape">Shape of the chunks.</param>
    /// <param name="normalizer">Gives the unit of normalised errors: the half range, of statistics per time step its mean; null where the
    /// actions already are normalised. With an action space it is of the encoded dimensions.</param>
    /// <param name="metadata">Names and units of the dimensions, where known.</param>
    /// <param name="encoding">How to encode; null encodes as <see cref="IActionTokenizer"/> does. Only a <see cref="FastActionTokenizer"/>
    /// has choices.</param>
    /// <exception cref="ArgumentException">The shape is empty, or the normaliser or the metadata has other dimensions.</exception>
    public FidelityEvaluator(
        IActionTokenizer tokenizer,
        ActionShape shape,
        ActionNormalizer? normalizer = null,
        ActionMetadata? metadata = null,
        EncodeOptions? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (shape.Count == 0) throw new ArgumentException("the shape is empty: give a horizon and dimensions", nameof(shape));

        int dimensions = shape.Dimensions;
        _fast = tokenizer as FastActionTokenizer;
        ActionSpace? space = _fast?.Definition.ActionSpace;
        int? ranges = normalizer is null || space is null ? normalizer?.Dimensions : Recorded(normalizer.Dimensions, space);
        RequireDimensions(ranges, "the normaliser has statistics", nameof(normalizer));
        RequireDimensions(metadata?.DimensionNames?.Count, "the metadata has names", nameof(metadata));
        RequireDimensions(metadata?.DimensionUnits?.Count, "the metadata has units", nameof(metadata));
        void RequireDimensions(int? count, string what, string parameter)
        {
            if (count is { } actual && actual != dimensions)
                throw new ArgumentException($"{what} of {actual} dimensions, but a chunk of {shape} has {dimensions}", parameter);
        }

        _tokenizer = tokenizer;
        _encoding = encoding ?? EncodeOptions.Default;
        _normalizer = normalizer;
        Shape = shape;
        _halfRange = new double[dimensions];
        for (int column = 0; column < (space?.EncodedDimensions.Count ?? dimensions); column++)
            _halfRange[space?.EncodedDimensions[column] ?? column] = normalizer?.MeanHalfRange(column) ?? 1;
        _counts = new bool[dimensions];
        _names = [.. metadata?.DimensionNames ?? Enumerable.Range(0, dimensions).Select(d => $"dim_{d}")];
        string[] units = [.. metadata?.DimensionUnits ?? Enumerable.Repeat("", dimensions)];

        int mostTokens = tokenizer.MaxTokenCount(shape);
        _rate = metadata?.Rate;
        _tokens = new int[mostTokens];
        _errors = new double[shape.Count];
        _decoded = new double[shape.Count];
        _errorAccount = new ErrorAccount(shape.Horizon, _halfRange, _names, units, space);
        _tokenAccount = new TokenAccount(tokenizer.VocabularySize, mostTokens);
        _prefixes = _fast is not null ? new PrefixAccount(_fast, shape) : null;
        _spectrum = _fast is not null ? new SpectrumAccount(_fast, shape, _halfRange) : null;
        _worst = new WorstChunks(shape.Horizon);
    }

    /// <summary>Shape of the chunks.</summary>
    public ActionShape Shape { get; }

    /// <summary>Chunks added so far, those of merged evaluators included.</summary>
    public long Chunks { get; private set; }

    /// <summary>Encodes and decodes one chunk and adds its errors. A chunk that is refused changes nothing.</summary>
    /// <remarks>A chunk whose tokens do not decode to a whole chunk, which <see cref="OutOfRangePolicy.Published"/> makes where a
    /// byte-level vocabulary lacks a byte, is counted as such, with its tokens, and adds to no other figure but the clipped
    /// values.</remarks>
    /// <param name="chunk">Recorded actions, row-major [T,D], in physical units.</param>
    /// <param name="episode">Name of the episode, for the report.</param>
    /// <param name="step">Time step within the episode of the chunk's first row, from 0.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape, or the tokenizer refuses the chunk.</exception>
    /// <exception cref="ErrorBoundException">The encoding has a bound on the error that the chunk cannot be encoded within.</exception>
    /// <exception cref="InvalidOperationException">The tokenizer decodes what it encoded to values that are not finite.</exception>
    public void Add(ReadOnlySpan<double> chunk, string episode, int step) => Add(chunk, episode, step, default);

    /// <summary>Encodes and decodes one chunk of the robot's own actions and adds its errors. A chunk that is refused changes
    /// nothing.</summary>
    /// <remarks>Errors of angles are the shorter way round. Dimensions that are not encoded or are masked are not counted, and may hold
    /// anything. What does not decode is counted as without a context.</remarks>
    /// <param name="chunk">Recorded actions, row-major [T,D], in physical units.</param>
    /// <param name="episode">Name of the episode, for the report.</param>
    /// <param name="step">Time step within the episode of the chunk's first row, from 0.</param>
    /// <param name="context">The state at that step, and masked dimensions. Only a <see cref="FastActionTokenizer"/> takes a mask.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape, or the tokenizer refuses chunk or context.</exception>
    /// <exception cref="ErrorBoundException">The encoding has a bound on the error that the chunk cannot be encoded within.</exception>
    /// <exception cref="InvalidOperationException">The tokenizer decodes what it encoded to values that are not finite.</exception>
    public void Add(ReadOnlySpan<double> chunk, string episode, int step, in ActionContext context)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (chunk.Length != Shape.Count)
            throw new ArgumentException($"a chunk of {Shape} has {Shape.Count} values, but {chunk.Length} were given", nameof(chunk));

        if (_fast is null && !context.Masked.IsEmpty)
            throw new ArgumentException($"{_tokenizer.GetType().Name} encodes all dimensions: leave out the mask", nameof(context));
        EncodeResult encoded = RoundTrip(chunk, context, episode, step, out bool isComplete);
        _clipped += encoded.Clipped;
        if (encoded.Clipped > 0) _clippedChunks++;
        if (!isComplete)
        {
            // Nothing is known of its errors; its tokens were written all the same.
            _firstUndecodable ??= new FidelityLocation(episode, step, 0, _names[0]);
            _undecodable++;
            _undecodableTokens += encoded.Count;
            return;
        }

        ReadOnlySpan<int> tokens = _tokens.AsSpan(0, encoded.Count);
        var added = new FidelityChunk(episode, step, encoded.Count, _errorAccount.Add(_errors, chunk, _decoded, _counts, episode, step));
        _tokenAccount.Add(tokens);
        _prefixes?.Add(chunk, tokens, context);
        _spectrum?.Add(chunk, _errors, context);
        _worst.Add(added);
        KeepLongest(added);
        Chunks++;
    }

    /// <summary>Adds what another evaluator has counted, as if its chunks came after those added here.</summary>
    /// <param name="other">An evaluator of the same tokenizer, shape, normaliser and encoding; it is left as it is.</param>
    /// <exception cref="ArgumentException">The other evaluator is this one, or evaluates something else.</exception>
    public void Merge(FidelityEvaluator other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other == this) throw new ArgumentException("an evaluator merged with itself would count its chunks twice", nameof(other));
        if (other._tokenizer != _tokenizer || other._normalizer != _normalizer || other._encoding != _encoding || other.Shape != Shape)
        {
            throw new ArgumentException(
                $"the other evaluator has chunks of {other.Shape}, this one of {Shape}: merge those of one tokenizer, normaliser and encoding",
                nameof(other));
        }

        _undecodable += other._undecodable;
        _undecodableTokens += other._undecodableTokens;
        _firstUndecodable ??= other._firstUndecodable;
        _clipped += other._clipped;
        _clippedChunks += other._clippedChunks;
        if (other.Chunks == 0) return;

        _errorAccount.Merge(other._errorAccount);
        _tokenAccount.Merge(other._tokenAccount);
        _prefixes?.Merge(other._prefixes!);
        _spectrum?.Merge(other._spectrum!);
        _worst.Merge(other._worst);
        KeepLongest(other._longest);
        Chunks += other.Chunks;
    }

    /// <summary>The report over all chunks added so far.</summary>
    /// <returns>A report; more chunks may be added afterwards.</returns>
    /// <exception cref="InvalidOperationException">No chunk was added.</exception>
    public FidelityReport ToReport()
    {
        RequireChunks();
        FidelityDimension[] rows = _errorAccount.Dimensions();
        FidelityDimension largest = rows.MaxBy(row => row.MaxError)!;
        FidelityDimension? largestNormalized = rows.Where(row => row.MaxErrorNormalized is not null).MaxBy(row => row.MaxErrorNormalized);
        (double rmse, double? rmseNormalized) = _errorAccount.Rmse();
        FidelityChunk[] worst = _worst.ToArray();
        double meanTokens = _tokenAccount.Mean;
        return new()
        {
            Chunks = Chunks,
            Horizon = Shape.Horizon,
            Dimensions = Shape.Dimensions,
            MeanTokens = meanTokens,
            P50Tokens = _tokenAccount.Percentile(0.50),
            P95Tokens = _tokenAccount.Percentile(0.95),
            P99Tokens = _tokenAccount.Percentile(0.99),
            MaxTokens = _longest.Tokens,
            TokensPerSecond = _rate is { } rate ? meanTokens * rate / Shape.Horizon : null,
            CompressionRatio = (_fast?.Encoded(Shape) ?? Shape).Count / meanTokens,
            Rmse = rmse,
            MaxError = largest.MaxError,
            MaxErrorAt = largest.MaxErrorAt,
            RmseNormalized = rmseNormalized,
            MaxErrorNormalized = largestNormalized?.MaxErrorNormalized,
            MaxErrorNormalizedAt = largestNormalized?.MaxErrorAt,
            Clipped = _clipped,
            ClippedChunks = _clippedChunks,
            UndecodableChunks = _undecodable,
            UndecodableTokens = _undecodableTokens,
            FirstUndecodable = _firstUndecodable,
            WorstChunk = worst[0],
            WorstChunks = worst,
            LongestChunk = _longest,
            PrefixQuality = _prefixes?.Rows(_halfRange),
            VocabularyUse = _tokenAccount.Use(),
            PerStep = _errorAccount.Steps(),
            PerDimension = rows,
        };
    }

    /// <summary>What figures of <see cref="ToReport"/> summarise, over all chunks added so far.</summary>
    /// <returns>The distributions; more chunks may be added afterwards.</returns>
    /// <exception cref="InvalidOperationException">No chunk was added.</exception>
    public FidelityDistributions ToDistributions()
    {
        RequireChunks();
        return new()
        {
            ChunksByTokens = _tokenAccount.ChunksByTokens.ToArray(),
            TokensByCoefficients = _tokenizer is FastActionTokenizer tokenizer ? TokensByCoefficients(tokenizer.Definition) : null,
            IdCounts = _tokenAccount.Ids.ToArray(),
            RmsePerDimensionAndStep = _errorAccount.Cells(),
            PerFrequency = _spectrum?.Rows(),
        };
    }

    private long[] TokensByCoefficients(FastTokenizerDefinition definition)
    {
        var tokens = new List<long>();
        for (int id = 0; id < _tokenAccount.Ids.Length; id++)
        {
            if (_tokenAccount.Ids[id] == 0) continue;
            int coefficients = 0;
            foreach (int symbol in definition.Vocabulary.GetSymbols(id)) coefficients += definition.Alphabet.Begins(symbol) ? 1 : 0;
            while (tokens.Count <= coefficients) tokens.Add(0);
            tokens[coefficients] += _tokenAccount.Ids[id];
        }

        return [.. tokens];
    }

    private void RequireChunks()
    {
        if (Chunks == 0 && _undecodable > 0)
        {
            throw new InvalidOperationException(
                $"none of {_undecodable} chunks decodes: the tokenizer drops what it has no bytes for; clamp instead");
        }

        if (Chunks == 0)
            throw new InvalidOperationException($"there is no chunk of {Shape} to report on: are the episodes shorter than the horizon?");
    }

    private EncodeResult RoundTrip(
        ReadOnlySpan<double> chunk, in ActionContext context, string episode, int step, out bool isComplete)
    {
        EncodeResult encoded;
        try
        {
            encoded = _fast is not null
                ? _fast.Encode(chunk, Shape, _tokens, context, _encoding)
                : _tokenizer.Encode(chunk, Shape, _tokens);
        }
        catch (ArgumentException refusal)
        {
            throw new ArgumentException($"episode '{episode}', chunk from step {step}: {refusal.Message}", nameof(chunk), refusal);
        }
        catch (ErrorBoundException refusal)
        {
            throw new ErrorBoundException(
                $"episode '{episode}', chunk from step {step}: {refusal.Message}", refusal.Dimension, refusal.Error, refusal.Bound);
        }

        ReadOnlySpan<int> tokens = _tokens.AsSpan(0, encoded.Count);
        DecodeResult decoded = _fast is not null
            ? _fast.TryDecode(tokens, Shape, _decoded, context)
            : _tokenizer.TryDecode(tokens, Shape, _decoded);
        isComplete = decoded.IsComplete;
        if (!isComplete) return encoded;

        for (int d = 0; d < _counts.Length; d++) _counts[d] = _fast is null || _fast.Counts(d, context);
        if (_fast is not null) _fast.Errors(_decoded, chunk, Shape, context, _errors);
        else for (int i = 0; i < _errors.Length; i++) _errors[i] = _decoded[i] - chunk[i];
        for (int i = 0; i < _errors.Length; i++)
        {
            if (!double.IsFinite(_errors[i]))
            {
                string where = $"episode '{episode}', step {step + (i / Shape.Dimensions)}, {_names[i % Shape.Dimensions]}";
                throw new InvalidOperationException($"{where}: the tokenizer decodes {chunk[i]} with an error of {_errors[i]}");
            }
        }

        return encoded;
    }

    // How many dimensions the robot has whose encoded ones are so many; something else where they are not.
    private static int Recorded(int encoded, ActionSpace space) =>
        encoded == space.EncodedDimensions.Count ? space.Dimensions.Count : encoded;

    // The first of those that are equally long.
    private void KeepLongest(FidelityChunk chunk)
    {
        if (Chunks == 0 || chunk.Tokens > _longest.Tokens) _longest = chunk;
    }
}
