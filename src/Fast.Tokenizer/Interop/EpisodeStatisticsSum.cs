using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Interop;

/// <summary>Aggregates the statistics of episodes as LeRobot does; see <see cref="LeRobotStatistics"/>.</summary>
/// <remarks>Holds one episode's worth, however many are added.</remarks>
internal sealed class EpisodeStatisticsSum(int dimensions, string key)
{
    private readonly double[] _min = Filled(dimensions, double.PositiveInfinity);
    private readonly double[] _max = Filled(dimensions, double.NegativeInfinity);
    private readonly double[] _mean = new double[dimensions];
    private readonly double[] _squares = new double[dimensions];
    private readonly double[]?[] _quantiles = [.. Enumerable.Range(0, 5).Select(_ => new double[dimensions])];
    private long _count;

    /// <summary>Adds an episode.</summary>
    /// <exception cref="InvalidDataException">It lacks a field that aggregating needs, or has other dimensions.</exception>
    public void Add(ActionStatistics episode, string where)
    {
        IReadOnlyList<double> Need(IReadOnlyList<double>? field, string name) =>
            field ?? throw new InvalidDataException($"{where}: '{key}' has no {name}, which aggregating the episodes needs");

        if (episode.Dimensions != dimensions)
            throw new InvalidDataException($"{where}: '{key}' has {episode.Dimensions} dimensions, the lines before have {dimensions}");
        var (min, max) = (Need(episode.Min, "min"), Need(episode.Max, "max"));
        var (mean, std) = (Need(episode.Mean, "mean"), Need(episode.Std, "std"));
        if (episode.Count is not { } count)
            throw new InvalidDataException($"{where}: '{key}' has no count, which aggregating the episodes needs");
        long total = _count + count;
        if (total > 1L << 53) throw new InvalidDataException($"{where}: the counts of '{key}' add up to more than 2^53 steps");

        double share = (double)count / total;
        for (int d = 0; d < dimensions; d++)
        {
            _min[d] = Math.Min(_min[d], min[d]);
            _max[d] = Math.Max(_max[d], max[d]);

            // Chan's update: no large sums of squares are subtracted from each other.
            double delta = mean[d] - _mean[d];
            _mean[d] += delta * share;
            _squares[d] += count * std[d] * std[d] + delta * delta * _count * share;
        }

        IReadOnlyList<double>?[] quantiles = [episode.Q01, episode.Q10, episode.Q50, episode.Q90, episode.Q99];
        for (int q = 0; q < quantiles.Length; q++)
        {
            if (quantiles[q] is not { } values) _quantiles[q] = null;
            if (_quantiles[q] is not { } sums) continue;
            for (int d = 0; d < dimensions; d++) sums[d] += (quantiles[q]![d] - sums[d]) * share;
        }

        _count = total;
    }

    public ActionStatistics ToStatistics()
    {
        double[] std = new double[dimensions];
        for (int d = 0; d < dimensions; d++)
        {
            // What is constant in every episode must not get a standard deviation from rounding, to be divided by.
            if (_min[d] == _max[d]) _mean[d] = _min[d];
            else std[d] = Math.Sqrt(_squares[d] / _count);
        }

        return new ActionStatistics(
            _count, _min, _max, _mean, std, _quantiles[0], _quantiles[1], _quantiles[2], _quantiles[3], _quantiles[4]);
    }

    private static double[] Filled(int length, double value)
    {
        double[] values = new double[length];
        Array.Fill(values, value);
        return values;
    }
}
