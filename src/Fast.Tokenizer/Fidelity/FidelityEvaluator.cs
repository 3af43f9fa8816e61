using System.Diagnostics;
using Fast.Tokenizer.Decoding;
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
    private const int WorstCount = 10;

    // 128 buckets per power of two: a middle is within 0.4 % of the values.
    private const int HistogramBits = 7;

    private static readonly double[] _shares = [0.25, 0.5, 0.75];

    private readonly IActionTokenizer _tokenizer;
    private readonly EncodeOptions _encoding;
    private readonly double? _rate;
    private readonly ActionNormalizer? _normalizer;
    private readonly double[] _halfRange;
    private readonly string[] _names;
    private readonly string[] _units;

    private readonly int[] _tokens;
    private readonly double[] _errors;

    // Of the first tokens alone: a row of shares, each with a sum per dimension.
    private readonly double[][] _prefixSquares;
    private readonly double[] _prefix;

    private readonly double[] _squares;
    private readonly double[] _sums;
    private readonly double[] _absolute;
    private readonly LogarithmicHistogram[] _sizes;
    private readonly double[] _stepSquares;
    private readonly double[] _stepSquaresNormalized;
    private readonly long[] _ids;
    private readonly List<FidelityChunk> _worstChunks = new(WorstCount + 1);
    private readonly double[] _largest;
    private readonly FidelityLocation[] _largestAt;
    private readonly long[] _chunksByTokens;
    private long _clipped;
    private long _undecodable;
    private FidelityChunk? _firstUndecodable;
    private FidelityChunk _worst;
    private FidelityChunk _longest;

    /// <summary>Makes an evaluator without chunks.</summary>
    /// <param name="tokenizer">The tokenizer to evaluate; its input unit is the physical one.</param>
    /// <param name="shape">Shape of the chunks.</param>
    /// <param name="normalizer">Gives the unit of normalised errors; null where the actions already are normalised.</param>
    /// <param name="metadata">Names and units of the dimensions, where known.</param>
    /// <param name="encoding">How to encode; null encodes as <see cref="IActionTokenizer"/> does. Only a <see cref="FastActionTokenizer"/> has
    /// choices.</param>
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
        RequireDimensions(normalizer?.Dimensions, "the normaliser has statistics", nameof(normalizer));
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
        if (normalizer is null) _halfRange.AsSpan().Fill(1);
        else normalizer.HalfRange.CopyTo(_halfRange);
        _names = [.. metadata?.DimensionNames ?? Enumerable.Range(0, dimensions).Select(d => $"dim_{d}")];
        _units = [.. metadata?.DimensionUnits ?? Enumerable.Repeat("", dimensions)];

        int mostTokens = tokenizer.MaxTokenCount(shape);
        _tokens = new int[mostTokens];
        _errors = new double[shape.Count];
        _prefixSquares = [.. _shares.Select(_ => new double[dimensions])];
        _prefix = new double[shape.Count];
        _squares = new double[dimensions];
        _sums = new double[dimensions];
        _absolute = new double[dimensions];
        _sizes = [.. Enumerable.Range(0, dimensions).Select(_ => new LogarithmicHistogram(HistogramBits))];
        _stepSquares = new double[shape.Horizon];
        _stepSquaresNormalized = new double[shape.Horizon];
        _ids = new long[tokenizer.VocabularySize];
        _rate = metadata?.Rate;
        _largest = new double[dimensions];
        _largestAt = new FidelityLocation[dimensions];
        _chunksByTokens = new long[mostTokens + 1];
    }

    /// <summary>Shape of the chunks.</summary>
    public ActionShape Shape { get; }

    /// <summary>Chunks added so far, those of merged evaluators included.</summary>
    public long Chunks { get; private set; }

    /// <summary>Encodes and decodes one chunk and adds its errors. A chunk that is refused changes nothing.</summary>
    /// <remarks>A chunk whose tokens do not decode to a whole chunk, which <see cref="OutOfRangePolicy.Published"/> makes where a byte-level
    /// vocabulary lacks a byte, is counted as such and adds to no other figure but the clipped values.</remarks>
    /// <param name="chunk">Recorded actions, row-major [T,D], in physical units.</param>
    /// <param name="episode">Name of the episode, for the report.</param>
    /// <param name="step">Time step within the episode of the chunk's first row, from 0.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape, or the tokenizer refuses the chunk.</exception>
    /// <exception cref="InvalidOperationException">The tokenizer decodes what it encoded to values that are not finite.</exception>
    public void Add(ReadOnlySpan<double> chunk, string episode, int step)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (chunk.Length != Shape.Count)
            throw new ArgumentException($"a chunk of {Shape} has {Shape.Count} values, but {chunk.Length} were given", nameof(chunk));

        EncodeResult encoded = RoundTrip(chunk, episode, step, out bool isComplete);
        if (!isComplete)
        {
            // Nothing is known of its errors; its tokens were written all the same.
            _firstUndecodable ??= new FidelityChunk(episode, step, encoded.Count, double.NaN);
            _undecodable++;
            _clipped += encoded.Clipped;
            return;
        }

        double worst = 0;
        for (int i = 0, t = 0; t < Shape.Horizon; t++)
        {
            double stepSquares = 0, stepSquaresNormalized = 0;
            for (int d = 0; d < _sums.Length; d++, i++)
            {
                double error = _errors[i];
                double size = Math.Abs(error);
                _sums[d] += error;
                _squares[d] += error * error;
                worst = Math.Max(worst, size);
                _absolute[d] += size;
                _sizes[d].Add(size);
                stepSquares += error * error;
                if (_halfRange[d] > 0) stepSquaresNormalized += error / _halfRange[d] * (error / _halfRange[d]);
                if (size > _largest[d] || _largestAt[d].Episode is null)
                {
                    _largest[d] = size;
                    _largestAt[d] = new(episode, step + t, d, _names[d]);
                }
            }

            _stepSquares[t] += stepSquares;
            _stepSquaresNormalized[t] += stepSquaresNormalized;
        }

        foreach (int id in _tokens.AsSpan(0, encoded.Count)) _ids[id]++;

        if (_tokenizer is FastActionTokenizer tokenizer) AddPrefixes(tokenizer, chunk, _tokens.AsSpan(0, encoded.Count));
        var added = new FidelityChunk(episode, step, encoded.Count, worst);
        KeepExtremes(added, added);
        KeepWorst(added);
        Chunks++;
        _clipped += encoded.Clipped;
        _chunksByTokens[encoded.Count]++;
    }

    /// <summary>Adds what another evaluator has counted, as if its chunks came after those added here.</summary>
    /// <param name="other">An evaluator of the same tokenizer, shape and normaliser; it is left as it is.</param>
    /// <exception cref="ArgumentException">The other evaluator is this one, or evaluates something else.</exception>
    public void Merge(FidelityEvaluator other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other == this) throw new ArgumentException("an evaluator merged with itself would count its chunks twice", nameof(other));
        if (other._tokenizer != _tokenizer || other._normalizer != _normalizer || other.Shape != Shape)
        {
            throw new ArgumentException(
                $"the other evaluator has chunks of {other.Shape}, this one of {Shape}: merge those of one tokenizer and normaliser",
                nameof(other));
        }

        _undecodable += other._undecodable;
        _firstUndecodable ??= other._firstUndecodable;
        _clipped += other._clipped;
        if (other.Chunks == 0) return;

        for (int d = 0; d < _sums.Length; d++)
        {
            _sums[d] += other._sums[d];
            _squares[d] += other._squares[d];
            _absolute[d] += other._absolute[d];
            _sizes[d].Merge(other._sizes[d]);
            if (other._largest[d] > _largest[d] || _largestAt[d].Episode is null)
            {
                _largest[d] = other._largest[d];
                _largestAt[d] = other._largestAt[d];
            }
        }

        for (int share = 0; share < _shares.Length; share++)
            for (int d = 0; d < _sums.Length; d++) _prefixSquares[share][d] += other._prefixSquares[share][d];

        for (int t = 0; t < _stepSquares.Length; t++)
        {
            _stepSquares[t] += other._stepSquares[t];
            _stepSquaresNormalized[t] += other._stepSquaresNormalized[t];
        }

        for (int id = 0; id < _ids.Length; id++) _ids[id] += other._ids[id];
        foreach (FidelityChunk chunk in other._worstChunks) KeepWorst(chunk);
        KeepExtremes(other._worst, other._longest);
        Chunks += other.Chunks;
        for (int i = 0; i < _chunksByTokens.Length; i++) _chunksByTokens[i] += other._chunksByTokens[i];
    }

    /// <summary>The report over all chunks added so far.</summary>
    /// <exception cref="InvalidOperationException">No chunk was added.</exception>
    public FidelityReport ToReport()
    {
        if (Chunks == 0 && _undecodable > 0)
            throw new InvalidOperationException($"none of {_undecodable} chunks decodes: the tokenizer drops what it has no bytes for; clamp instead");
        if (Chunks == 0)
            throw new InvalidOperationException($"there is no chunk of {Shape} to report on: are the episodes shorter than the horizon?");

        double values = (double)Chunks * Shape.Horizon;
        int dimensions = Shape.Dimensions;
        var rows = new FidelityDimension[dimensions];
        double squares = 0, squaresNormalized = 0;
        int ranged = 0, worst = 0, worstNormalized = -1;
        for (int d = 0; d < dimensions; d++)
        {
            double rmse = Math.Sqrt(_squares[d] / values);
            bool hasRange = _halfRange[d] > 0;
            double p99 = _sizes[d].ValueAt((long)Math.Ceiling(0.99 * values) - 1);
            p99 = Math.Min(p99, _largest[d]);
            rows[d] = new()
            {
                Name = _names[d],
                Unit = _units[d],
                Rmse = rmse,
                MeanAbsoluteError = _absolute[d] / values,
                P99Error = p99,
                MaxError = _largest[d],
                MaxErrorAt = _largestAt[d],
                MeanError = _sums[d] / values,
                RmseNormalized = hasRange ? rmse / _halfRange[d] : null,
                P99ErrorNormalized = hasRange ? p99 / _halfRange[d] : null,
                MaxErrorNormalized = hasRange ? _largest[d] / _halfRange[d] : null,
            };
            squares += _squares[d];
            if (_largest[d] > _largest[worst]) worst = d;
            if (!hasRange) continue;

            ranged++;
            squaresNormalized += _squares[d] / _halfRange[d] / _halfRange[d];
            if (worstNormalized < 0 || rows[d].MaxErrorNormalized > rows[worstNormalized].MaxErrorNormalized) worstNormalized = d;
        }

        double meanTokens = TotalTokens() / (double)Chunks;
        return new()
        {
            Chunks = Chunks,
            Horizon = Shape.Horizon,
            Dimensions = dimensions,
            MeanTokens = meanTokens,
            P50Tokens = TokenPercentile(0.50),
            P95Tokens = TokenPercentile(0.95),
            P99Tokens = TokenPercentile(0.99),
            MaxTokens = _longest.Tokens,
            TokensPerSecond = _rate is { } rate ? meanTokens * rate / Shape.Horizon : null,
            CompressionRatio = Shape.Count / meanTokens,
            Rmse = Math.Sqrt(squares / (values * dimensions)),
            MaxError = _largest[worst],
            MaxErrorAt = _largestAt[worst],
            RmseNormalized = ranged == 0 ? null : Math.Sqrt(squaresNormalized / (values * ranged)),
            MaxErrorNormalized = worstNormalized < 0 ? null : rows[worstNormalized].MaxErrorNormalized,
            MaxErrorNormalizedAt = worstNormalized < 0 ? null : _largestAt[worstNormalized],
            Clipped = _clipped,
            UndecodableChunks = _undecodable,
            FirstUndecodable = _firstUndecodable is { } first ? new FidelityLocation(first.Episode, first.Step, 0, _names[0]) : null,
            WorstChunk = _worst,
            WorstChunks = [.. _worstChunks],
            LongestChunk = _longest,
            PrefixQuality = _tokenizer is FastActionTokenizer ? [.. _shares.Select((_, share) => PrefixQuality(share))] : null,
            VocabularyUse = Use(),
            PerStep = [.. Enumerable.Range(0, Shape.Horizon).Select(t => new FidelityStep(
                t,
                Math.Sqrt(_stepSquares[t] / ((double)Chunks * dimensions)),
                ranged == 0 ? null : Math.Sqrt(_stepSquaresNormalized[t] / ((double)Chunks * ranged))))],
            PerDimension = rows,
        };
    }

    private void AddPrefixes(FastActionTokenizer tokenizer, ReadOnlySpan<double> chunk, ReadOnlySpan<int> tokens)
    {
        for (int share = 0; share < _shares.Length; share++)
        {
            tokenizer.Decode(tokens[..(int)(tokens.Length * _shares[share])], Shape, _prefix, DecodePolicy.Prefix);
            double[] squares = _prefixSquares[share];
            for (int row = 0; row < chunk.Length; row += squares.Length)
            {
                for (int d = 0; d < squares.Length; d++)
                {
                    double error = _prefix[row + d] - chunk[row + d];
                    squares[d] += error * error;
                }
            }
        }
    }

    private FidelityPrefix PrefixQuality(int share)
    {
        double values = (double)Chunks * Shape.Horizon, sum = 0, sumNormalized = 0;
        int ranged = 0;
        for (int d = 0; d < _halfRange.Length; d++)
        {
            double squares = _prefixSquares[share][d];
            sum += squares;
            if (!(_halfRange[d] > 0)) continue;
            ranged++;
            sumNormalized += squares / _halfRange[d] / _halfRange[d];
        }

        return new(
            _shares[share],
            Math.Sqrt(sum / (values * _halfRange.Length)),
            ranged == 0 ? null : Math.Sqrt(sumNormalized / (values * ranged)));
    }

    private EncodeResult RoundTrip(ReadOnlySpan<double> chunk, string episode, int step, out bool isComplete)
    {
        EncodeResult encoded;
        try
        {
            encoded = _tokenizer is FastActionTokenizer tokenizer
                ? tokenizer.Encode(chunk, Shape, _tokens, _encoding)
                : _tokenizer.Encode(chunk, Shape, _tokens);
        }
        catch (ArgumentException refusal)
        {
            throw new ArgumentException($"episode '{episode}', chunk from step {step}: {refusal.Message}", nameof(chunk), refusal);
        }

        DecodeResult decoded = _tokenizer.TryDecode(_tokens.AsSpan(0, encoded.Count), Shape, _errors);
        isComplete = decoded.IsComplete;
        if (!isComplete) return encoded;

        for (int i = 0; i < _errors.Length; i++)
        {
            _errors[i] -= chunk[i];
            if (!double.IsFinite(_errors[i]))
            {
                string where = $"episode '{episode}', step {step + (i / Shape.Dimensions)}, {_names[i % Shape.Dimensions]}";
                throw new InvalidOperationException($"{where}: the tokenizer decodes {chunk[i]} with an error of {_errors[i]}");
            }
        }

        return encoded;
    }

    // Of equal errors the earlier chunk comes first.
    private void KeepWorst(FidelityChunk chunk)
    {
        int place = _worstChunks.Count;
        while (place > 0 && _worstChunks[place - 1].MaxError < chunk.MaxError) place--;
        if (place == WorstCount) return;
        _worstChunks.Insert(place, chunk);
        if (_worstChunks.Count > WorstCount) _worstChunks.RemoveAt(WorstCount);
    }

    private VocabularyUse Use()
    {
        long total = 0, most = 0;
        int used = 0;
        foreach (long count in _ids) (total, most, used) = (total + count, Math.Max(most, count), used + (count > 0 ? 1 : 0));
        double entropy = 0;
        foreach (long count in _ids)
        {
            if (count > 0) entropy -= (double)count / total * Math.Log((double)count / total);
        }

        return new VocabularyUse(
            (double)used / _ids.Length, _ids.Length > 1 ? entropy / Math.Log(_ids.Length) : 0, total == 0 ? 0 : (double)most / total);
    }

    private void KeepExtremes(FidelityChunk worst, FidelityChunk longest)
    {
        if (Chunks == 0 || worst.MaxError > _worst.MaxError) _worst = worst;
        if (Chunks == 0 || longest.Tokens > _longest.Tokens) _longest = longest;
    }

    private long TotalTokens()
    {
        long total = 0;
        for (int tokens = 0; tokens < _chunksByTokens.Length; tokens++) total += tokens * _chunksByTokens[tokens];
        return total;
    }

    private double TokenPercentile(double fraction)
    {
        double position = (Chunks - 1) * fraction;
        long rank = (long)position;
        int below = TokensAtRank(rank);
        int above = TokensAtRank(Math.Min(rank + 1, Chunks - 1));
        return below + ((position - rank) * (above - below));
    }

    private int TokensAtRank(long rank)
    {
        for (int tokens = 0; tokens < _chunksByTokens.Length; tokens++)
        {
            rank -= _chunksByTokens[tokens];
            if (rank < 0) return tokens;
        }

        throw new UnreachableException();
    }
}
