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
    private long _chunks;

    /// <summary>Makes an account without errors.</summary>
    /// <param name="horizon">Time steps in a chunk.</param>
    /// <param name="halfRange">Size of the normalised unit per dimension; 0 where there is none.</param>
    /// <param name="names">Names of the dimensions.</param>
    /// <param name="units">Physical units of the dimensions.</param>
    public ErrorAccount(int horizon, double[] halfRange, string[] names, string[] units)
    {
        int dimensions = halfRange.Length;
        (_halfRange, _names, _units) = (halfRange, names, units);
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
    public double Add(ReadOnlySpan<double> errors, string episode, int step)
    {
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

        _chunks++;
        return worst;
    }

    public void Merge(ErrorAccount other)
    {
        _chunks += other._chunks;
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

        for (int i = 0; i < _cellSquares.Length; i++) _cellSquares[i] += other._cellSquares[i];
        for (int t = 0; t < _stepSquares.Length; t++)
        {
            _stepSquares[t] += other._stepSquares[t];
            _stepSquaresNormalized[t] += other._stepSquaresNormalized[t];
        }
    }

    public FidelityDimension[] Dimensions()
    {
        double values = (double)_chunks * _stepSquares.Length;
        return [.. Enumerable.Range(0, _sums.Length).Select(d =>
        {
            double rmse = Math.Sqrt(_squares[d] / values), absolute = _absolute[d] / values, bias = _sums[d] / values;
            double p99 = Math.Min(_sizes[d].ValueAt((long)Math.Ceiling(0.99 * values) - 1), _largest[d]);
            double? Normalized(double error) => _halfRange[d] > 0 ? error / _halfRange[d] : null;
            return new FidelityDimension
            {
                Name = _names[d],
                Unit = _units[d],
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

    /// <summary>Root of the mean squared error over all values; normalised over those of dimensions with a range, null without any.</summary>
    public (double Rmse, double? Normalized) Rmse()
    {
        double values = (double)_chunks * _stepSquares.Length, squares = 0, squaresNormalized = 0;
        for (int d = 0; d < _squares.Length; d++)
        {
            squares += _squares[d];
            if (_halfRange[d] > 0) squaresNormalized += _squares[d] / _halfRange[d] / _halfRange[d];
        }

        int ranged = Ranged();
        return (Math.Sqrt(squares / (values * _squares.Length)), ranged == 0 ? null : Math.Sqrt(squaresNormalized / (values * ranged)));
    }

    public FidelityStep[] Steps()
    {
        double values = (double)_chunks * _squares.Length, rangedValues = (double)_chunks * Ranged();
        return [.. Enumerable.Range(0, _stepSquares.Length).Select(t => new FidelityStep(
            t,
            Math.Sqrt(_stepSquares[t] / values),
            rangedValues == 0 ? null : Math.Sqrt(_stepSquaresNormalized[t] / rangedValues)))];
    }

    /// <summary>Root of the mean squared error of each time step of each dimension, [D][T].</summary>
    public double[][] Cells() => [.. Enumerable.Range(0, _sums.Length).Select(d => Enumerable.Range(0, _stepSquares.Length)
        .Select(t => Math.Sqrt(_cellSquares[(t * _sums.Length) + d] / _chunks))
        .ToArray())];

    private int Ranged() => _halfRange.Count(half => half > 0);
}
