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

    /// <summary>How finely each dimension is represented: one positive number per dimension; null is 1 for all.</summary>
    /// <remarks>
    /// <para>The normalised values of a dimension are multiplied by its weight about the center of the range, or about 0 for a masked
    /// one and for <see cref="NormalizationMethod.Identity"/>. One scale for all then gives it steps that many times finer: a gripper
    /// that needs half the resolution of a joint takes 0.5.</para>
    /// <para>Clipping stays at the recorded ends. A constant dimension has no resolution and is left as it is. A weight other than 1 is
    /// refused where <see cref="NormalizationFormula.LeRobot"/> or <see cref="NormalizationFormula.OpenVla"/> clips, since no statistics
    /// make those projects do the same, and where a normalised unit would leave the range of 1e-6 to 1e100 that other projects'
    /// statistics can express.</para>
    /// <para>In a saved tokenizer the weights are folded into the statistics that Python reads: <c>norm_stats.json</c>, and
    /// <c>stats.json</c> for LeRobot's policies. LeRobot's own training of tokenizers clips to those, which cuts a dimension that weighs
    /// more than 1.</para>
    /// </remarks>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>
    /// Whether each time step of a chunk has statistics of its own, [T,D]. Helps where actions spread with time, as those do that are
    /// relative to the chunk's first step. Fixes the horizon, and no statistics are written for Python, whose projects keep them per
    /// dimension.
    /// </summary>
    public bool PerTimestep { get; init; }

    /// <summary>The formula of a project as it is used there: epsilon and clipping included.</summary>
    /// <param name="name"><c>openpi</c>, <c>lerobot</c>, <c>openvla</c>, or <c>exact</c> for this library's own.</param>
    /// <param name="method">Which statistics span the range.</param>
    /// <returns>Options to change with <c>with</c>.</returns>
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
