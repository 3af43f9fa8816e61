using System.Collections.ObjectModel;
using System.Globalization;

namespace Fast.Tokenizer.Normalization;

/// <summary>Statistics of recorded actions over all steps, one value per action dimension, in the unit of the actions. Immutable.</summary>
/// <remarks>
/// A field that the source does not have is null: openpi's <c>norm_stats.json</c> holds mean, std, q01 and q99, LeRobot's <c>stats.json</c>
/// min, max, mean, std and in newer versions quantiles. Whoever needs a field says so by name when it is missing.
/// </remarks>
public sealed class ActionStatistics
{
    /// <summary>The largest magnitude of a recorded action, 1e100: far above any action, and its square is still finite.</summary>
    public const double MaxMagnitude = 1e100;

    // Files hold float32 beside float64, so a quantile may stand above the maximum by one float32 rounding.
    private const double OrderTolerance = 1e-6;

    /// <summary>Checks the fields and copies them. Fields not given are null.</summary>
    /// <param name="count">Steps the statistics were taken over, at least 1.</param>
    /// <param name="min">Smallest values.</param>
    /// <param name="max">Largest values.</param>
    /// <param name="mean">Means.</param>
    /// <param name="std">Population standard deviations (ddof 0, as numpy), at least 0.</param>
    /// <param name="q01">1st percentiles.</param>
    /// <param name="q10">10th percentiles.</param>
    /// <param name="q50">Medians.</param>
    /// <param name="q90">90th percentiles.</param>
    /// <param name="q99">99th percentiles.</param>
    /// <exception cref="ArgumentException">
    /// No field is given, lengths differ, a value is not finite or above <see cref="MaxMagnitude"/>, a standard deviation is negative, or
    /// min, q01 ... q99, max do not ascend (within 1e-6 of the larger magnitude).
    /// </exception>
    public ActionStatistics(
        long? count = null,
        IReadOnlyList<double>? min = null,
        IReadOnlyList<double>? max = null,
        IReadOnlyList<double>? mean = null,
        IReadOnlyList<double>? std = null,
        IReadOnlyList<double>? q01 = null,
        IReadOnlyList<double>? q10 = null,
        IReadOnlyList<double>? q50 = null,
        IReadOnlyList<double>? q90 = null,
        IReadOnlyList<double>? q99 = null)
    {
        if (count < 1) throw new ArgumentException($"statistics: count is {count}; it must be at least 1, or left out", nameof(count));

        (string Name, IReadOnlyList<double>? Values)[] ascending =
            [("min", min), ("q01", q01), ("q10", q10), ("q50", q50), ("q90", q90), ("q99", q99), ("max", max)];
        var given = ascending.Append(("mean", mean)).Append(("std", std)).Where(field => field.Item2 is not null).ToArray();
        if (given.Length == 0)
        {
            throw new ArgumentException(
                "statistics: no field is given; give at least one of min, max, mean, std, q01 ... q99");
        }

        Dimensions = given[0].Item2!.Count;
        foreach (var (name, values) in given) CheckField(name, values!, given[0].Item1);
        CheckOrder(ascending.Where(field => field.Values is not null).ToArray());

        Count = count;
        Min = Copy(min);
        Max = Copy(max);
        Mean = Copy(mean);
        Std = Copy(std);
        Q01 = Copy(q01);
        Q10 = Copy(q10);
        Q50 = Copy(q50);
        Q90 = Copy(q90);
        Q99 = Copy(q99);
    }

    /// <summary>Action dimensions, D.</summary>
    public int Dimensions { get; }

    /// <summary>Steps the statistics were taken over; null where it is not known.</summary>
    public long? Count { get; }

    /// <summary>Smallest value of each dimension, or null.</summary>
    public IReadOnlyList<double>? Min { get; }

    /// <summary>Largest value of each dimension, or null.</summary>
    public IReadOnlyList<double>? Max { get; }

    /// <summary>Mean of each dimension, or null.</summary>
    public IReadOnlyList<double>? Mean { get; }

    /// <summary>Population standard deviation of each dimension (ddof 0, as numpy), or null.</summary>
    public IReadOnlyList<double>? Std { get; }

    /// <summary>1st percentile of each dimension (linear interpolation, R7, as numpy), or null.</summary>
    public IReadOnlyList<double>? Q01 { get; }

    /// <summary>10th percentile of each dimension, or null.</summary>
    public IReadOnlyList<double>? Q10 { get; }

    /// <summary>Median of each dimension, or null.</summary>
    public IReadOnlyList<double>? Q50 { get; }

    /// <summary>90th percentile of each dimension, or null.</summary>
    public IReadOnlyList<double>? Q90 { get; }

    /// <summary>99th percentile of each dimension, or null.</summary>
    public IReadOnlyList<double>? Q99 { get; }

    private void CheckField(string name, IReadOnlyList<double> values, string first)
    {
        if (values.Count == 0) throw new ArgumentException($"statistics: {name} is empty; it needs one value per action dimension", name);
        if (values.Count != Dimensions)
        {
            throw new ArgumentException(
                $"statistics: {name} has {values.Count} dimensions and {first} has {Dimensions}; all fields need the same", name);
        }

        for (int d = 0; d < values.Count; d++)
        {
            if (!(Math.Abs(values[d]) <= MaxMagnitude))
            {
                throw new ArgumentException(
                    Text($"statistics: {name} of dimension {d} is {values[d]}; it must be finite and at most {MaxMagnitude}"), name);
            }
            if (name == "std" && values[d] < 0)
                throw new ArgumentException(Text($"statistics: std of dimension {d} is {values[d]}; it must not be negative"), name);
        }
    }

    private void CheckOrder((string Name, IReadOnlyList<double>? Values)[] ascending)
    {
        for (int i = 1; i < ascending.Length; i++)
        {
            string lower = ascending[i - 1].Name, upper = ascending[i].Name;
            for (int d = 0; d < Dimensions; d++)
            {
                double low = ascending[i - 1].Values![d], high = ascending[i].Values![d];
                if (low - high > OrderTolerance * Math.Max(Math.Abs(low), Math.Abs(high)))
                {
                    throw new ArgumentException(Text(
                        $"statistics: {lower} of dimension {d} is {low}, above {upper}, which is {high}; were fields exchanged?"),
                        upper);
                }
            }
        }
    }

    private static ReadOnlyCollection<double>? Copy(IReadOnlyList<double>? values) =>
        values is null ? null : Array.AsReadOnly(values.ToArray());

    private static string Text(FormattableString message) => message.ToString(CultureInfo.InvariantCulture);
}
