using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>Keeps account of errors per dimension and per time step of the chunk.</summary>
internal sealed class ErrorAccount
{
    // 128 buckets per power of two: a middle is within 0.4 % of the values.
    private const int HistogramBits = 7;

    private readonly double[] _halfRange;
    private readonly string[] _names;
    private readonly string[] _units;
    private readonly double[] _squares;
    private readonly double[] _sums;
    private readonly double[] _absolute;
    private readonly LogarithmicHistogram[] _sizes;
    private readonly double[] _largest;
    private readonly FidelityLocation[] _largestAt;
    private readonly double[] _cellSquares;
    private readonly double[] _stepSquares;
    private readonly double[] _stepSquaresNormalized;
    private readonly ActionSpace? _space;

    // Chunks in which a dimension counts.
    private readonly long[] _chunks;
    private readonly long[] _flips;

    /// <summary>Makes an account without errors.</summary>
    /// <param name="horizon">Time steps in a chunk.</param>
    /// <param name="halfRange">Size of the normalised unit per dimension; 0 where there is none.</param>
    /// <param name="names">Names of the dimensions.</param>
    /// <param name="units">Physical units of the dimensions.</param>
    /// <param name="space">Says which dimensions are encoded and which are binary; null for all encoded and none binary.</param>
    public ErrorAccount(int horizon, double[] halfRange, string[] names, string[] units, ActionSpace? space = null)
    {
        int dimensions = halfRange.Length;
        (_halfRange, _names, _units, _space) = (halfRange, names, units, space);
        _chunks = new long[dimensions];
        _flips = new long[dimensions];
        _squares = new double[dimensions];
        _sums = new double[dimensions];
        _absolute = new double[dimensions];
        _sizes = [.. Enumerable.Range(0, dimensions).Select(_ => new LogarithmicHistogram(HistogramBits))];
        _largest = new double[dimensions];
        _largestAt = new FidelityLocation[dimensions];
        _cellSquares = new double[horizon * dimensions];
        _stepSquares = new double[horizon];
        _stepSquaresNormalized = new double[horizon];
    }

    /// <summary>Adds the errors of one chunk, row-major [T,D], and gives the largest.</summary>
    /// <param name="errors">Decoded minus recorded; 0 for dimensions that do not count.</param>
    /// <param name="recorded">The recorded actions.</param>
    /// <param name="decoded">The decoded ones.</param>
    /// <param name="counts">Which dimensions count.</param>
    /// <param name="episode">Name of the episode.</param>
    /// <param name="step">Its step at which the chunk starts.</param>
    public double Add(
        ReadOnlySpan<double> errors,
        ReadOnlySpan<double> recorded,
        ReadOnlySpan<double> decoded,
        ReadOnlySpan<bool> counts,
        string episode,
        int step)
    {
        CountFlips(recorded, decoded, counts);
        double worst = 0;
        for (int i = 0, t = 0; t < _stepSquares.Length; t++)
        {
            double stepSquares = 0, stepSquaresNormalized = 0;
            for (int d = 0; d < _sums.Length; d++, i++)
            {
                double error = errors[i];
                double size = Math.Abs(error);
                _sums[d] += error;
                _squares[d] += error * error;
                _cellSquares[i] += error * error;
                worst = Math.Max(worst, size);
                _absolute[d] += size;
                if (counts[d]) _sizes[d].Add(size);
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

        for (int d = 0; d < counts.Length; d++)
            if (counts[d]) _chunks[d]++;
        return worst;
    }

    public void Merge(ErrorAccount other)
    {
        for (int d = 0; d < _sums.Length; d++)
        {
            _chunks[d] += other._chunks[d];
            _flips[d] += other._flips[d];
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

        for (int i = 0; i < _cellSquares.Length; i++) _cellSquares[i] += other._cellSquares[i];
        for (int t = 0; t < _stepSquares.Length; t++)
        {
            _stepSquares[t] += other._stepSquares[t];
            _stepSquaresNormalized[t] += other._stepSquaresNormalized[t];
        }
    }

    public FidelityDimension[] Dimensions()
    {
        return [.. Enumerable.Range(0, _sums.Length).Select(d =>
        {
            // A dimension that never counts has no errors, and 0 over anything is 0.
            double values = Math.Max(1, (double)_chunks[d] * _stepSquares.Length);
            double rmse = Math.Sqrt(_squares[d] / values), absolute = _absolute[d] / values, bias = _sums[d] / values;
            double p99 = _chunks[d] == 0 ? 0 : Math.Min(_sizes[d].ValueAt((long)Math.Ceiling(0.99 * values) - 1), _largest[d]);
            double? Normalized(double error) => _halfRange[d] > 0 && _chunks[d] > 0 ? error / _halfRange[d] : null;
            return new FidelityDimension
            {
                Name = _names[d],
                Unit = _units[d],
                IsNotCounted = _chunks[d] == 0,
                Flips = _space?.Dimensions[d].Binary is null ? null : _flips[d],
                Rmse = rmse,
                MeanAbsoluteError = absolute,
                P99Error = p99,
                MaxError = _largest[d],
                MaxErrorAt = _largestAt[d],
                MeanError = bias,
                RmseNormalized = Normalized(rmse),
                MeanAbsoluteErrorNormalized = Normalized(absolute),
                P99ErrorNormalized = Normalized(p99),
                MaxErrorNormalized = Normalized(_largest[d]),
                MeanErrorNormalized = Normalized(bias),
            };
        })];
    }

    /// <summary>
    /// Root of the mean squared error over all values; normalised over those of dimensions with a range, null without any.
    /// </summary>
    public (double Rmse, double? Normalized) Rmse()
    {
        double squares = 0, squaresNormalized = 0;
        for (int d = 0; d < _squares.Length; d++)
        {
            squares += _squares[d];
            if (_halfRange[d] > 0) squaresNormalized += _squares[d] / _halfRange[d] / _halfRange[d];
        }

        double ranged = Ranged() * _stepSquares.Length;
        return (
            Math.Sqrt(squares / Math.Max(1, Counted() * _stepSquares.Length)),
            ranged == 0 ? null : Math.Sqrt(squaresNormalized / ranged));
    }

    public FidelityStep[] Steps()
    {
        double values = Math.Max(1, Counted()), rangedValues = Ranged();
        return [.. Enumerable.Range(0, _stepSquares.Length).Select(t => new FidelityStep(
            t,
            Math.Sqrt(_stepSquares[t] / values),
            rangedValues == 0 ? null : Math.Sqrt(_stepSquaresNormalized[t] / rangedValues)))];
    }

    /// <summary>Root of the mean squared error of each time step of each dimension, [D][T].</summary>
    public double[][] Cells() => [.. Enumerable.Range(0, _sums.Length).Select(d => Enumerable.Range(0, _stepSquares.Length)
        .Select(t => Math.Sqrt(_cellSquares[(t * _sums.Length) + d] / Math.Max(1, _chunks[d])))
        .ToArray())];

    // Pairs of a chunk and a dimension that counts in it, and those of them that have a normalised unit.
    private double Counted() => _chunks.Sum();

    private double Ranged() => _chunks.Where((_, d) => _halfRange[d] > 0).Sum();

    private void CountFlips(ReadOnlySpan<double> recorded, ReadOnlySpan<double> decoded, ReadOnlySpan<bool> counts)
    {
        if (_space is null) return;
        for (int d = 0; d < counts.Length; d++)
        {
            if (!counts[d] || _space.Dimensions[d].Binary is not { } binary) continue;
            for (int i = d; i < recorded.Length; i += counts.Length)
                if (binary.Snap(recorded[i]) != decoded[i]) _flips[d]++;
        }
    }
}
