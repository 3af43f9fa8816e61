using System.Globalization;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Cli;

/// <summary>Limits on single dimensions as they are written on the command line: <c>gripper.max_error=0.05</c>.</summary>
internal static class DimensionLimits
{
    private const string Rmse = "rmse";
    private const string MaxError = "max_error";
    private const string P99Error = "p99_error";
    private const string Bias = "bias";

    private static readonly string[] _figures = [Rmse, MaxError, P99Error, Bias];

    /// <summary>Reads limits.</summary>
    /// <param name="entries">A limit each; the name of a dimension may hold dots.</param>
    /// <param name="option">The option, for messages.</param>
    /// <exception cref="ArgumentException">An entry is no limit, or limits a figure a second time.</exception>
    public static IReadOnlyDictionary<string, FidelityLimits> Parse(IReadOnlyList<string> entries, string option)
    {
        var limits = new Dictionary<string, FidelityLimits>();
        foreach (string entry in entries)
        {
            int equals = entry.LastIndexOf('='), dot = entry.LastIndexOf('.', Math.Max(0, equals));
            bool isLimit = double.TryParse(entry.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double most);
            if (dot <= 0 || !isLimit || !(most >= 0))
                throw new ArgumentException($"{option} {entry} is no limit: give NAME.FIGURE=X, such as gripper.{MaxError}=0.05");

            (string name, string figure) = (entry[..dot], entry[(dot + 1)..equals]);
            FidelityLimits before = limits.GetValueOrDefault(name) ?? new FidelityLimits();
            (double? given, limits[name]) = figure switch
            {
                Rmse => (before.MaxRmse, before with { MaxRmse = most }),
                MaxError => (before.MaxError, before with { MaxError = most }),
                P99Error => (before.MaxP99Error, before with { MaxP99Error = most }),
                Bias => (before.MaxBias, before with { MaxBias = most }),
                _ => throw new ArgumentException(
                    $"{option} {entry}: '{figure}' is no figure; give {string.Join(", ", _figures[..^1])} or {_figures[^1]}"
                    + NearestName.Guess(figure, _figures)),
            };
            if (given is not null) throw new ArgumentException($"{option} limits {name}.{figure} twice: give one limit");
        }

        return limits;
    }
}
