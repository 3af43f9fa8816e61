namespace Fast.Tokenizer.Normalization;

/// <summary>How actions are normalised.</summary>
public sealed record NormalizationOptions
{
    /// <summary>The names of the formulas, as in <see cref="Named"/> and in a saved tokenizer.</summary>
    internal static readonly IReadOnlyDictionary<string, NormalizationFormula> FormulaNames = new Dictionary<string, NormalizationFormula>
    {
        ["exact"] = NormalizationFormula.Exact,
        ["openpi"] = NormalizationFormula.OpenPi,
        ["lerobot"] = NormalizationFormula.LeRobot,
        ["openvla"] = NormalizationFormula.OpenVla,
    };

    /// <summary>Which statistics span the range.</summary>
    public NormalizationMethod Method { get; init; } = NormalizationMethod.Quantile01To99;

    /// <summary>Whose arithmetic is followed.</summary>
    public NormalizationFormula Formula { get; init; }

    /// <summary>Whether values outside the range are moved to its ends before the transform. Not with
    /// <see cref="NormalizationMethod.MeanStd"/> or <see cref="NormalizationMethod.Identity"/>, which have no range, and not with
    /// <see cref="NormalizationFormula.OpenPi"/>; always with a range of <see cref="NormalizationFormula.OpenVla"/>.</summary>
    public bool Clip { get; init; }

    /// <summary>One flag per dimension, false for a dimension that is left as it is (such as a binary gripper); null normalises
    /// all.</summary>
    public IReadOnlyList<bool>? Mask { get; init; }

    /// <summary>The formula of a project as it is used there: epsilon and clipping included.</summary>
    /// <param name="name"><c>openpi</c>, <c>lerobot</c>, <c>openvla</c>, or <c>exact</c> for this library's own.</param>
    /// <param name="method">Which statistics span the range.</param>
    /// <exception cref="ArgumentException">The name is not known. A method that the project does not have is refused by
    /// <see cref="ActionNormalizer"/>.</exception>
    public static NormalizationOptions Named(string name, NormalizationMethod method = NormalizationMethod.Quantile01To99)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!FormulaNames.TryGetValue(name, out NormalizationFormula formula))
        {
            throw new ArgumentException(
                $"the normalization formula '{name}' is not known; use one of {string.Join(", ", FormulaNames.Keys)}", nameof(name));
        }

        bool quantiles = method is NormalizationMethod.Quantile01To99 or NormalizationMethod.Quantile10To90;
        return new NormalizationOptions
        {
            Method = method,
            Formula = formula,
            Clip = formula switch
            {
                NormalizationFormula.LeRobot => quantiles,
                NormalizationFormula.OpenVla => quantiles || method == NormalizationMethod.MinMax,
                _ => false,
            },
        };
    }
}
