using System.Globalization;

namespace Fast.Tokenizer;

/// <summary>What the actions are: how long a chunk, at which rate, and what each dimension is called. Saved with the tokenizer.</summary>
public sealed record ActionMetadata
{
    /// <summary>
    /// Time steps in a chunk that the tokenizer was trained for, T, at least 1; null where it was not said. Other horizons encode too.
    /// </summary>
    public int? Horizon { get; init; }

    /// <summary>Action dimensions, D, at least 1; null where it was not said.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Rate of the actions in steps per second, above 0; null where it was not said.</summary>
    public double? Rate { get; init; }

    /// <summary>One name per action dimension, or null.</summary>
    public IReadOnlyList<string>? DimensionNames { get; init; }

    /// <summary>One physical unit per action dimension (<c>rad</c>, <c>m</c>), or null.</summary>
    public IReadOnlyList<string>? DimensionUnits { get; init; }

    /// <summary>Which dimensions of the recording are encoded, by index; null where it is all of them.</summary>
    public IReadOnlyList<int>? EncodedDimensions { get; init; }

    /// <summary>Refuses what no actions can be; a loaded file may say anything.</summary>
    /// <param name="dimensions">Action dimensions where <see cref="Dimensions"/> does not say them; null where nobody does.</param>
    /// <exception cref="ArgumentException">A number is out of range, or a list has not one entry per dimension.</exception>
    internal void Check(int? dimensions)
    {
        _ = new ActionShape(Horizon ?? 1, Dimensions ?? 1);
        if (Rate is { } rate && !(rate > 0 && double.IsFinite(rate)))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"a rate of {rate} steps per second is not a positive number"));
        }

        dimensions = Dimensions ?? dimensions;
        CheckList(DimensionNames, "names", name => name is not null);
        CheckList(DimensionUnits, "units", unit => unit is not null);
        CheckList(EncodedDimensions, "encoded dimensions", index => index >= 0);

        void CheckList<T>(IReadOnlyList<T>? list, string what, Func<T, bool> isFine)
        {
            if (list is null) return;
            if (dimensions is { } known && list.Count != known)
                throw new ArgumentException($"there are {list.Count} {what} for {known} dimensions");
            if (!list.All(isFine)) throw new ArgumentException($"one of the {what} is missing or negative");
        }
    }
}
