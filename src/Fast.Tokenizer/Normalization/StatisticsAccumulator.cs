using MathNet.Numerics.Statistics;

namespace Fast.Tokenizer.Normalization;

/// <summary>Collects recorded actions and takes their exact statistics. Holds every value: 8 bytes each, up to twice that while it
/// grows.</summary>
/// <remarks>
/// The result depends on the values only, bit for bit, not on the order in which they were added or merged: everything is computed
/// from the sorted values. For recordings larger than memory there is <see cref="StreamingStatisticsAccumulator"/>. Not safe for use from
/// several threads at once: give each its own and merge.
/// </remarks>
public sealed class StatisticsAccumulator
{
    private readonly double[][] _values;
    private int _count;

    /// <summary>Starts empty.</summary>
    /// <param name="dimensions">Action dimensions, D; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimensions"/> is below 1.</exception>
    public StatisticsAccumulator(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        _values = new double[dimensions][];
        Array.Fill(_values, []);
    }

    /// <summary>Action dimensions, D.</summary>
    public int Dimensions => _values.Length;

    /// <summary>Steps added so far.</summary>
    public long Count => _count;

    /// <summary>Adds steps; all of them or, when it throws, none.</summary>
    /// <param name="rows">Actions, row-major <c>[steps, D]</c>.</param>
    /// <exception cref="ArgumentException">
    /// Not whole steps, or a value is NaN, infinite or above <see cref="ActionStatistics.MaxMagnitude"/> (the message names step and
    /// dimension).
    /// </exception>
    /// <exception cref="InvalidOperationException">More steps than an array can hold.</exception>
    public void Add(ReadOnlySpan<double> rows)
    {
        int steps = RecordedSteps.Count(rows, Dimensions);
        Reserve(steps);
        for (int d = 0; d < Dimensions; d++)
        {
            double[] values = _values[d];

            // Adding 0.0 makes -0.0 positive: the two compare equal, so sorting would leave their order to chance.
            for (int s = 0, i = d; s < steps; s++, i += Dimensions) values[_count + s] = rows[i] + 0.0;
        }

        _count += steps;
    }

    /// <summary>Adds all that another accumulator holds; the other stays as it is.</summary>
    /// <param name="other">Statistics of the same action dimensions.</param>
    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    /// <exception cref="InvalidOperationException">More steps than an array can hold.</exception>
    public void Merge(StatisticsAccumulator other)
    {
        ArgumentNullException.ThrowIfNull(other);
        RecordedSteps.CheckSame(Dimensions, other.Dimensions);
        int steps = other._count;
        Reserve(steps);
        for (int d = 0; d < Dimensions; d++) Array.Copy(other._values[d], 0, _values[d], _count, steps);
        _count += steps;
    }

    /// <summary>Takes the statistics of all steps so far; more may be added afterwards.</summary>
    /// <returns>Every field set. Quantiles are R7, numpy's default; the standard deviation is that of the population.</returns>
    /// <exception cref="InvalidOperationException">No step was added.</exception>
    public ActionStatistics ToStatistics()
    {
        if (_count == 0) throw new InvalidOperationException("no actions were added, so there are no statistics; add at least one step");

        double[] Column() => new double[Dimensions];
        double[] min = Column(), max = Column(), mean = Column(), std = Column();
        double[] q01 = Column(), q10 = Column(), q50 = Column(), q90 = Column(), q99 = Column();
        double[] sorted = new double[_count];
        for (int d = 0; d < Dimensions; d++)
        {
            _values[d].AsSpan(0, _count).CopyTo(sorted);
            Array.Sort(sorted);
            min[d] = sorted[0];
            max[d] = sorted[^1];
            (mean[d], std[d]) = Moments(sorted);
            q01[d] = Quantile(sorted, 0.01);
            q10[d] = Quantile(sorted, 0.10);
            q50[d] = Quantile(sorted, 0.50);
            q90[d] = Quantile(sorted, 0.90);
            q99[d] = Quantile(sorted, 0.99);
        }

        return new ActionStatistics(_count, min, max, mean, std, q01, q10, q50, q90, q99);
    }

    private static double Quantile(double[] sorted, double p) => SortedArrayStatistics.QuantileCustom(sorted, p, QuantileDefinition.R7);

    private static (double Mean, double Std) Moments(double[] sorted)
    {
        // A rounded mean would give a constant a standard deviation of 1e-17, and a gain of 1e17 with it.
        if (sorted[0] == sorted[^1]) return (sorted[0], 0);

        double mean = Math.Clamp(Sum(sorted, 0, false) / sorted.Length, sorted[0], sorted[^1]);
        return (mean, Math.Sqrt(Sum(sorted, mean, true) / sorted.Length));
    }

    private static double Sum(double[] values, double center, bool squared)
    {
        var sum = new CompensatedSum();
        foreach (double value in values) sum.Add(squared ? (value - center) * (value - center) : value);
        return sum.Value;
    }

    private void Reserve(int steps)
    {
        long needed = (long)_count + steps;
        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException(
                $"{needed} steps are more than exact statistics can hold; use {nameof(StreamingStatisticsAccumulator)}");
        }
        if (needed <= _values[0].Length) return;

        int capacity = (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _values[0].Length));
        for (int d = 0; d < Dimensions; d++) Array.Resize(ref _values[d], capacity);
    }
}
