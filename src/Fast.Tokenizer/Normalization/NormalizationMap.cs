namespace Fast.Tokenizer.Normalization;

/// <summary>An affine map per action dimension, <c>y = (x - Origin) / HalfRange - Shift</c>, with a clip before it.</summary>
/// <param name="Origin">The value that is subtracted first: the center of the range or its low end.</param>
/// <param name="Shift">0 where <paramref name="Origin"/> maps to 0, 1 where it maps to -1. A range that is small beside its distance from 0
/// keeps its precision only if the statistic itself is subtracted.</param>
/// <param name="HalfRange">The size of one normalised unit; 0 for a constant dimension.</param>
/// <param name="Low">The physical value to clip to from below; negative infinity where the dimension is not clipped.</param>
/// <param name="High">The same from above; finite exactly where <paramref name="Low"/> is. What is clipped also stays in [-1, 1].</param>
internal sealed record NormalizationMap(double[] Origin, double[] Shift, double[] HalfRange, double[] Low, double[] High)
{
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
            else if (first is null || options.Mask is { } flags && !flags[d]) continue;
            else if (options.Formula != NormalizationFormula.Exact) ProjectFormula.Set(map, d, first[d], second![d], options);
            else if (ranged) SetRange(map, d, first[d], second![d], options, statistics);
            else (map.Origin[d], map.HalfRange[d]) = (first[d], Divides(second![d]) ? second[d] : 0);
        }

        return map;
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

        return new NormalizationMap(Column(0), Column(0), Column(1), Column(double.NegativeInfinity), Column(double.PositiveInfinity));
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
