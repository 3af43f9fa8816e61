using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Cli;

/// <summary>What normalisations are called on the command line.</summary>
internal static class NormalizationName
{
    private static readonly (string Name, NormalizationMethod Method)[] _all =
    [
        ("q01q99", NormalizationMethod.Quantile01To99),
        ("q10q90", NormalizationMethod.Quantile10To90),
        ("minmax", NormalizationMethod.MinMax),
        ("meanstd", NormalizationMethod.MeanStd),
        ("identity", NormalizationMethod.Identity),
    ];

    /// <summary>All names, the default first.</summary>
    public static string[] All => [.. _all.Select(entry => entry.Name)];

    /// <summary>The method with a name of <see cref="All"/>.</summary>
    public static NormalizationMethod Parse(string name) => _all.First(entry => entry.Name == name).Method;

    /// <summary>The name of a method, with the project whose formula is followed where it is not this one's.</summary>
    public static string Of(NormalizationOptions options)
    {
        string name = _all.First(entry => entry.Method == options.Method).Name;
        return options.Formula == NormalizationFormula.Exact ? name : $"{name}, formula of {options.Formula}";
    }
}
