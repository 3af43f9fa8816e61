using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>
/// Exact statistics of a column whose values come in ascending order, twice; the same bits as those of
/// <see cref="StatisticsAccumulator"/>, without holding the values.
/// </summary>
internal sealed class CountedColumn
{
    // A count may be a hostile one, and each value is added on its own.
    private const long CheckedEvery = 1 << 24;

    private static readonly double[] _shares = [0.01, 0.10, 0.50, 0.90, 0.99];

    // The two values that each quantile is between, and how many of each are known.
    private readonly double[] _below = new double[_shares.Length];
    private readonly double[] _above = new double[_shares.Length];
    private readonly long[] _ranks = new long[_shares.Length];
    private int _knownBelow;
    private int _knownAbove;
    private CompensatedSum _sum;
    private CompensatedSum _squares;
    private double _min;
    private double _max;
    private double _mean;
    private long _count;
    private long _seen;

    /// <summary>Takes a value the first time.</summary>
    public void Add(double value, long count, CancellationToken cancellationToken)
    {
        if (_count == 0) _min = value;
        _max = value;
        _count += count;
        for (long i = 0; i < count; i++)
        {
            if (i % CheckedEvery == 0) cancellationToken.ThrowIfCancellationRequested();
            _sum.Add(value);
        }
    }

    /// <summary>Takes a value the second time.</summary>
    public void AddAgain(double value, long count, CancellationToken cancellationToken)
    {
        if (_seen == 0)
        {
            _mean = Math.Clamp(_sum.Value / _count, _min, _max);
            for (int i = 0; i < _ranks.Length; i++) _ranks[i] = Place(_shares[i]).Rank;
        }

        double square = (value - _mean) * (value - _mean);
        for (long i = 0; i < count && _min != _max; i++)
        {
            if (i % CheckedEvery == 0) cancellationToken.ThrowIfCancellationRequested();
            _squares.Add(square);
        }

        _seen += count;
        while (_knownBelow < _ranks.Length && _ranks[_knownBelow] < _seen) _below[_knownBelow++] = value;
        while (_knownAbove < _ranks.Length && _ranks[_knownAbove] + 1 < _seen) _above[_knownAbove++] = value;
    }

    /// <summary>The statistics, of one dimension.</summary>
    public ActionStatistics ToStatistics()
    {
        if (_count == 0) return ColumnStatistics.Empty();
        bool isConstant = _min == _max;
        double[][] quantiles = [.. _shares.Select((_, i) => new[] { Quantile(i) })];
        return new ActionStatistics(
            _count,
            [_min],
            [_max],
            [isConstant ? _min : _mean],
            [isConstant ? 0 : Math.Sqrt(_squares.Value / _count)],
            quantiles[0],
            quantiles[1],
            quantiles[2],
            quantiles[3],
            quantiles[4]);
    }

    // As MathNet.Numerics computes R7, which StatisticsAccumulator asks for.
    private double Quantile(int i)
    {
        (long rank, double share) = Place(_shares[i]);
        return rank + 1 >= _count ? _max : _below[i] + (share * (_above[i] - _below[i]));
    }

    private (long Rank, double Share) Place(double share)
    {
        double place = ((_count - 1) * share) + 1;
        return ((long)place - 1, place - (long)place);
    }
}
