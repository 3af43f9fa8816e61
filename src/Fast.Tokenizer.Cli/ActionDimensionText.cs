using System.Globalization;
using Fast.Tokenizer.Actions;

namespace Fast.Tokenizer.Cli;

/// <summary>What an action space does with a dimension, in words.</summary>
internal static class ActionDimensionText
{
    /// <summary>The words; null where the dimension is encoded as it is.</summary>
    /// <param name="dimension">The dimension.</param>
    /// <param name="index">Its index.</param>
    public static string? Of(ActionDimension dimension, int index)
    {
        if (!dimension.Encoded)
        {
            return dimension.Fill is { } fill
                ? string.Create(CultureInfo.InvariantCulture, $"not encoded, comes back as {fill}")
                : "not encoded, the caller's value stays";
        }

        int state = dimension.StateIndex ?? index;
        string[] parts =
        [
            .. dimension.Reference switch
            {
                ActionReference.State => [$"relative to state {state}"],
                ActionReference.Previous => [$"delta, first to state {state}"],
                _ => (string[])[],
            },
            .. dimension.Period is { } period
                ? [string.Create(CultureInfo.InvariantCulture, $"angle from {dimension.PeriodStart ?? -period / 2:G4}, period {period:G4}")]
                : (string[])[],
            .. dimension.Binary is { } binary
                ? [string.Create(
                    CultureInfo.InvariantCulture, $"binary, {binary.Low:G4} or {binary.High:G4} from {binary.Threshold:G4} up")]
                : (string[])[],
        ];
        return parts.Length == 0 ? null : string.Join("; ", parts);
    }
}
