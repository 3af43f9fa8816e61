namespace Fast.Tokenizer.Normalization;

/// <summary>Estimates the statistics of recorded actions in bounded memory, for recordings that do not fit.</summary>
/// <remarks>
/// <para>The idea is DDSketch (arXiv 1908.10693). Count, min and max are exact. A quantile lies between two neighbouring values of the
/// sorted data; its estimate is off by at most <see cref="RelativeError"/> times the larger magnitude of those two, plus rounding. Mean and
/// standard deviation are by sums, to rounding.</para>
/// <para>Merging gives the same count, min, max and quantiles in any order and grouping; mean and standard deviation may differ in their
/// last bits.</para>
/// <para>Memory does not grow with the number of steps: per dimension at most 34 kB and, at the default error, 8 kB for each power of two
/// that occurs, of either sign; usually below half a megabyte, at most 34 MB. Not safe for use from several threads at once: give each its
/// own and merge.</para>
/// </remarks>
public sealed class StreamingStatisticsAccumulator
{
    /// <summary>The relative error of a quantile that is asked for by default: 0.0005.</summary>
    public const double DefaultRelativeError = 0.0005;

    private readonly LogarithmicHistogram[] _histograms;
    private readonly double[] _min;
    private readonly double[] _max;
    private readonly double[] _mean;
    private readonly double[] _squares;

    /// <summary>Starts empty.</summary>
    /// <param name="dimensions">Action dimensions, D; at least 1.</param>
    /// <param name="relativeError">Largest relative error of a quantile, from 1e-5 to 0.1. Memory goes with its inverse.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public StreamingStatisticsAccumulator(int dimensions, double relativeError = DefaultRelativeError)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (!(relativeError is >= 1e-5 and <= 0.1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(relativeError), relativeError, "the relative error of a quantile must be from 1e-5 to 0.1");
        }

        int bits = 0;
        for (RelativeError = 0.5; RelativeError > relativeError; RelativeError /= 2) bits++;
        _histograms = new LogarithmicHistogram[dimensions];
        for (int d = 0; d < dimensions; d++) _histograms[d] = new LogarithmicHistogram(bits);
        _min = new double[dimensions];
        _max = new double[dimensions];
        _mean = new double[dimensions];
        _squares = new double[dimensions];
        Array.Fill(_min, double.PositiveInfinity);
        Array.Fill(_max, double.NegativeInfinity);
    }

    /// <summary>Action dimensions, D.</summary>
    public int Dimensions => _histograms.Length;

    /// <summary>Steps added so far.</summary>
    public long Count { get; private set; }

    /// <summary>The bound on a quantile's error, relative to the larger magnitude of its two neighbouring values; a power of two, at most
    /// what was asked for.</summary>
    public double RelativeError { get; }

    /// <summary>Adds steps; all of them or, when it throws, none.</summary>
    /// <param name="rows">Actions, row-major <c>[steps, D]</c>.</param>
    /// <exception cref="ArgumentException">
    /// Not whole steps, or a value is NaN, infinite or above <see cref="ActionStatistics.MaxMagnitude"/> (the message names step and
    /// dimension).
    /// </exception>
    public void Add(ReadOnlySpan<double> rows)
    {
        int steps = RecordedSteps.Count(rows, Dimensions);
        if (steps == 0) return;

        for (int d = 0; d < Dimensions; d++)
        {
            double sum = 0;
            for (int i = d; i < rows.Length; i += Dimensions)
            {
                double value = rows[i] + 0.0; // makes -0.0 positive, so that min and max do not depend on the order
                sum += value;
                _min[d] = Math.Min(_min[d], value);
                _max[d] = Math.Max(_max[d], value);
                _histograms[d].Add(value);
            }

            double mean = sum / steps, squares = 0;
            for (int i = d; i < rows.Length; i += Dimensions) squares += (rows[i] - mean) * (rows[i] - mean);
            MergeMoments(d, steps, mean, squares);
        }

        Count += steps;
    }

    /// <summary>Adds all that another accumulator holds; the other stays as it is.</summary>
    /// <param name="other">Statistics of the same action dimensions with the same relative error.</param>
    /// <exception cref="ArgumentException">The dimensions or the relative errors differ.</exception>
    public void Merge(StreamingStatisticsAccumulator other)
    {
        ArgumentNullException.ThrowIfNull(other);
        RecordedSteps.CheckSame(Dimensions, other.Dimensions);
        if (other.RelativeError != RelativeError)
        {
            throw new ArgumentException(
                $"the other accumulator has relative error {other.RelativeError} and this one {RelativeError}; make both alike",
                    nameof(other));
        }
        if (other.Count == 0) return;

        for (int d = 0; d < Dimensions; d++)
        {
            MergeMoments(d, other.Count, other._mean[d], other._squares[d]);
            _min[d] = Math.Min(_min[d], other._min[d]);
            _max[d] = Math.Max(_max[d], other._max[d]);
            _histograms[d].Merge(other._histograms[d]);
        }

        Count += other.Count;
    }

    /// <summary>Takes the statistics of all steps so far; more may be added afterwards.</summary>
    /// <returns>Every field set; quantiles within <see cref="RelativeError"/>.</returns>
    /// <exception cref="InvalidOperationException">No step was added.</exception>
    public ActionStatistics ToStatistics()
    {
        if (Count == 0) throw new InvalidOperationException("no actions were added, so there are no statistics; add at least one step");

        double[] std = new double[Dimensions], mean = new double[Dimensions];
        for (int d = 0; d < Dimensions; d++)
        {
            // As in the exact statistics: a constant is exactly itself.
            mean[d] = Math.Clamp(_mean[d], _min[d], _max[d]);
            std[d] = _min[d] == _max[d] ? 0 : Math.Sqrt(_squares[d] / Count);
        }

        return new ActionStatistics(
            Count, _min, _max, mean, std, Quantiles(0.01), Quantiles(0.10), Quantiles(0.50), Quantiles(0.90), Quantiles(0.99));
    }

    /// <summary>What is held of the only dimension beside its histogram.</summary>
    internal (long Count, double Min, double Max, double Mean, double Squares) Moments => (Count, _min[0], _max[0], _mean[0], _squares[0]);

    /// <summary>The histogram of the only dimension.</summary>
    internal LogarithmicHistogram Histogram => _histograms[0];

    /// <summary>Adds to the only dimension what <see cref="Moments"/> gave of another accumulator.</summary>
    internal void AddMoments(long count, double min, double max, double mean, double squares)
    {
        if (count == 0) return;
        MergeMoments(0, count, mean, squares);
        _min[0] = Math.Min(_min[0], min);
        _max[0] = Math.Max(_max[0], max);
        Count += count;
    }

    private double[] Quantiles(double p)
    {
        double position = (Count - 1) * p;
        long below = (long)position;
        double share = position - below;
        double[] quantiles = new double[Dimensions];
        for (int d = 0; d < Dimensions; d++)
        {
            double low = ValueAt(d, below), high = share == 0 ? low : ValueAt(d, below + 1);
            quantiles[d] = Math.Min(low + share * (high - low), high);
        }

        return quantiles;
    }

    private double ValueAt(int dimension, long rank) => Math.Clamp(_histograms[dimension].ValueAt(rank), _min[dimension], _max[dimension]);

    // Chan, Golub and LeVeque's update: sums of squares about the mean, which do not cancel where the mean is far from zero.
    private void MergeMoments(int d, long count, double mean, double squares)
    {
        double total = Count + count;
        double delta = mean - _mean[d];
        _mean[d] += delta * (count / total);
        _squares[d] += squares + delta * delta * (Count * (count / total));
    }
}
