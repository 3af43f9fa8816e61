using System.Globalization;

namespace Fast.Tokenizer.Normalization;

/// <summary>The maps of other projects; see <see cref="NormalizationFormula"/> for the formulas and where they come from.</summary>
internal static class ProjectFormula
{
    /// <summary>Refuses what the project cannot do, so that its name never stands for another arithmetic.</summary>
    /// <exception cref="ArgumentException">The project lacks the method, or clips otherwise than asked.</exception>
    public static void Check(NormalizationOptions options)
    {
        var (formula, method) = (options.Formula, options.Method);
        if (!NormalizationOptions.FormulaNames.Values.Contains(formula))
        {
            throw new ArgumentException(
                $"normalisation formula {(int)formula} is unknown; use a member of {nameof(NormalizationFormula)}", nameof(options));
        }

        bool lacking = formula switch
        {
            NormalizationFormula.OpenPi => method is NormalizationMethod.Quantile10To90 or NormalizationMethod.MinMax,
            NormalizationFormula.OpenVla => method is NormalizationMethod.Quantile10To90,
            _ => false,
        };
        if (lacking)
            throw new ArgumentException($"{formula} has no normalisation {method}; choose another method or formula", nameof(options));
        if (formula == NormalizationFormula.OpenPi && options.Clip)
            throw new ArgumentException($"{formula} never clips; switch Clip off or choose another formula", nameof(options));

        bool ranged = method is NormalizationMethod.Quantile01To99 or NormalizationMethod.MinMax;
        if (formula == NormalizationFormula.OpenVla && ranged && !options.Clip)
            throw new ArgumentException($"{formula} always clips {method}; switch Clip on or choose another formula", nameof(options));
    }

    /// <summary>Whether OpenVLA maps a dimension to 0 for want of any motion.</summary>
    public static bool IsUnused(ActionStatistics statistics, NormalizationOptions options, int d) =>
        options.Formula == NormalizationFormula.OpenVla
        && options.Method is not (NormalizationMethod.MeanStd or NormalizationMethod.Identity)
        && statistics is { Min: { } min, Max: { } max } && min[d] == max[d];

    /// <summary>Sets one dimension of the map from its two statistics: the ends of the range, or mean and standard deviation.</summary>
    /// <exception cref="ArgumentException">The ends are exchanged.</exception>
    public static void Set(NormalizationMap map, int d, double first, double second, NormalizationOptions options)
    {
        if (options.Method == NormalizationMethod.MeanStd)
        {
            (map.Origin[d], map.HalfRange[d]) = (first, Divisor(second, options.Formula));
            return;
        }

        if (first > second)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"statistics: the low end of dimension {d} is {first}, above the high end, which is {second}; were fields exchanged?"),
                nameof(options));
        }

        double half = Divisor(second - first, options.Formula) / 2;
        (map.Origin[d], map.Shift[d], map.HalfRange[d]) = (first, 1, half);
        if (!options.Clip) return;

        (map.Low[d], map.High[d]) = (first, second);
        if (options.Formula != NormalizationFormula.OpenVla) return;

        // OpenVLA clips what it has normalised. The same is had from an end that lies far enough out for its image to reach 1.
        map.High[d] = first + 2 * half;
        while ((map.High[d] - first) * (1 / half) - 1 < 1) map.High[d] = Math.BitIncrement(map.High[d]);
    }

    private static double Divisor(double size, NormalizationFormula formula) => formula switch
    {
        NormalizationFormula.OpenPi => size + 1e-6,
        NormalizationFormula.LeRobot => Math.Max(size, 1e-8),
        _ => size + 1e-8,
    };
}
