using System.Globalization;

namespace Fast.Tokenizer.Normalization;

/// <summary>An affine map per action dimension, <c>y = (x - Origin) / HalfRange * Weight - Shift</c>, with a clip before it.</summary>
/// <param name="origin">The value that is subtracted first: the center of the range or its low end.</param>
/// <param name="shift">0 where <paramref name="origin"/> maps to 0, the weight where it is the low end. A range that is small beside its
/// distance from 0 keeps its precision only if the statistic itself is subtracted.</param>
/// <param name="halfRange">What maps to 1 without a weight; 0 for a constant dimension.</param>
/// <param name="weight">Normalised units in a half range: the weight asked for, and 1 for a constant dimension.</param>
/// <param name="low">The physical value to clip to from below; negative infinity where the dimension is not clipped.</param>
/// <param name="high">The same from above; finite exactly where <paramref name="low"/> is. What is clipped also stays within the
/// weight of 0.</param>
internal sealed class NormalizationMap(
    double[] origin, double[] shift, double[] halfRange, double[] weight, double[] low, double[] high)
{
    // The largest epsilon that a project adds to its divisor: statistics that are read there cannot make a unit smaller than it.
    private const double LeastWeightedUnit = 1e-6;

    public double[] Origin { get; } = origin;

    public double[] Shift { get; } = shift;

    public double[] HalfRange { get; } = halfRange;

    public double[] Weight { get; } = weight;

    public double[] Low { get; } = low;

    public double[] High { get; } = high;

    /// <summary>Makes the map of a method; see <see cref="ActionNormalizer"/> for the rules.</summary>
    public static NormalizationMap Create(ActionStatistics statistics, NormalizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(options);
        int dimensions = statistics.Dimensions;
        bool ranged = options.Method is not (NormalizationMethod.MeanStd or NormalizationMethod.Identity);
        if (options.Clip && !ranged)
        {
            throw new ArgumentException(
                $"normalisation {options.Method} has no range to clip to; switch Clip off or choose another method", nameof(options));
        }
        if (options.Mask is { } mask && mask.Count != dimensions)
        {
            throw new ArgumentException(
                $"the mask has {mask.Count} flags and the actions have {dimensions} dimensions; give one flag each", nameof(options));
        }
        CheckWeights(options, dimensions);
        ProjectFormula.Check(options);

        IReadOnlyList<double> Need(IReadOnlyList<double>? field, string name) => field ?? throw new ArgumentException(
            $"normalisation {options.Method} needs {name}, which the statistics lack; choose another method or recompute them",
                nameof(statistics));

        var (first, second) = options.Method switch
        {
            NormalizationMethod.Quantile01To99 => (Need(statistics.Q01, "q01"), Need(statistics.Q99, "q99")),
            NormalizationMethod.Quantile10To90 => (Need(statistics.Q10, "q10"), Need(statistics.Q90, "q90")),
            NormalizationMethod.MinMax => (Need(statistics.Min, "min"), Need(statistics.Max, "max")),
            NormalizationMethod.MeanStd => (Need(statistics.Mean, "mean"), Need(statistics.Std, "std")),
            NormalizationMethod.Identity => (null, null),
            _ => throw new ArgumentException(
                $"normalisation method {(int)options.Method} is unknown; use a member of {nameof(NormalizationMethod)}", nameof(options)),
        };

        var map = Identity(dimensions);
        for (int d = 0; d < dimensions; d++)
        {
            if (ProjectFormula.IsUnused(statistics, options, d)) (map.Origin[d], map.HalfRange[d]) = (statistics.Min![d], 0);
            else if (first is null || options.Mask is { } flags && !flags[d]) Weigh(map, d, options);
            else
            {
                if (options.Formula != NormalizationFormula.Exact) ProjectFormula.Set(map, d, first[d], second![d], options);
                else if (ranged) SetRange(map, d, first[d], second![d], options, statistics);
                else (map.Origin[d], map.HalfRange[d]) = (first[d], Divides(second![d]) ? second[d] : 0);

                // A project's formula divides a constant by its epsilon, which is no range either.
                bool moves = options.Formula == NormalizationFormula.Exact || (ranged ? first[d] != second![d] : second![d] != 0);
                if (moves && map.HalfRange[d] > 0) Weigh(map, d, options);
            }
        }

        return map;
    }

    private static void CheckWeights(NormalizationOptions options, int dimensions)
    {
        if (options.Weights is not { } weights) return;
        if (weights.Count != dimensions)
        {
            throw new ArgumentException(
                $"there are {weights.Count} weights and the actions have {dimensions} dimensions; give one weight each", nameof(options));
        }

        for (int d = 0; d < dimensions; d++)
        {
            if (weights[d] > 0 && double.IsFinite(weights[d])) continue;
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the weight of dimension {d} is {weights[d]}; it must be a positive number, 1 for the resolution of the others"),
                nameof(options));
        }
    }

    private static void Weigh(NormalizationMap map, int d, NormalizationOptions options)
    {
        if (options.Weights?[d] is not { } weight || weight == 1) return;
        if (options.Formula != NormalizationFormula.Exact && double.IsFinite(map.High[d]))
        {
            string unclipped = options.Formula == NormalizationFormula.LeRobot ? ", switch Clip off" : "";
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{options.Formula} clips dimension {d} to [-1, 1], which a weight of {weight} cannot be folded into; leave the weight " +
                $"at 1{unclipped}, or use formula {NormalizationFormula.Exact}, which clips at the recorded ends"), nameof(options));
        }

        double unit = map.HalfRange[d] / weight;
        if (!(unit > LeastWeightedUnit && unit <= ActionStatistics.MaxMagnitude))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"with a weight of {weight} a normalised unit of dimension {d} would be {unit}; it must be above {LeastWeightedUnit} and " +
                $"at most {ActionStatistics.MaxMagnitude} to be saved for Python: leave the weight at 1, or give the actions in another unit"),
                nameof(options));
        }

        (map.Weight[d], map.Shift[d]) = (weight, map.Shift[d] * weight);
    }

    private static void SetRange(
        NormalizationMap map, int d, double from, double to, NormalizationOptions options, ActionStatistics statistics)
    {
        if (!Divides((to - from) / 2) && statistics is { Min: { } min, Max: { } max }) (from, to) = (min[d], max[d]);
        if (!Divides((to - from) / 2))
        {
            (map.Origin[d], map.HalfRange[d]) = (from, 0);
            return;
        }

        (map.Origin[d], map.HalfRange[d]) = CenterAndHalf(from, to);
        if (options.Clip) (map.Low[d], map.High[d]) = (from, to);
    }

    private static NormalizationMap Identity(int dimensions)
    {
        double[] Column(double value)
        {
            double[] column = new double[dimensions];
            Array.Fill(column, value);
            return column;
        }

        return new NormalizationMap(
            Column(0), Column(0), Column(1), Column(1), Column(double.NegativeInfinity), Column(double.PositiveInfinity));
    }

    private static bool Divides(double half) => half > 0 && double.IsFinite(1 / half);

    // Center and half range are rounded, and then center + half may miss the end by a bit: sometimes a neighbouring pair meets both ends.
    private static (double Center, double Half) CenterAndHalf(double from, double to)
    {
        double center = (from + to) / 2, half = (to - from) / 2;
        foreach (double c in (ReadOnlySpan<double>)[center, Math.BitIncrement(center), Math.BitDecrement(center)])
        {
            foreach (double h in (ReadOnlySpan<double>)[half, Math.BitIncrement(half), Math.BitDecrement(half)])
                if (c - h == from && c + h == to && Divides(h)) return (c, h);
        }

        return (center, half);
    }
}
