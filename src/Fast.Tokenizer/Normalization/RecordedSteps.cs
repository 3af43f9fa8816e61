using System.Globalization;

namespace Fast.Tokenizer.Normalization;

/// <summary>What both accumulators ask of the rows they are given.</summary>
internal static class RecordedSteps
{
    /// <summary>Checks row-major rows and counts them, so that a refused call leaves nothing half added.</summary>
    /// <exception cref="ArgumentException">Not whole steps, or a value that is not finite or too large.</exception>
    public static int Count(ReadOnlySpan<double> rows, int dimensions)
    {
        if (rows.Length % dimensions != 0)
            throw new ArgumentException($"{rows.Length} values are not a whole number of steps of {dimensions} dimensions", nameof(rows));

        for (int i = 0; i < rows.Length; i++)
        {
            if (!(Math.Abs(rows[i]) <= ActionStatistics.MaxMagnitude))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"the action at step {i / dimensions}, dimension {i % dimensions} is {rows[i]}; it must be finite and at most " +
                    $"{ActionStatistics.MaxMagnitude}: leave the step out or repair the recording"), nameof(rows));
            }
        }

        return rows.Length / dimensions;
    }

    public static void CheckSame(int dimensions, int other)
    {
        if (dimensions != other)
        {
            throw new ArgumentException(
                $"the other accumulator has {other} dimensions and this one has {dimensions}; merge only the same actions", nameof(other));
        }
    }
}
