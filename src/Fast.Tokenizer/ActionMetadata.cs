namespace Fast.Tokenizer;

/// <summary>What the actions are: how long a chunk, at which rate, and what each dimension is called. Saved with the tokenizer.</summary>
public sealed record ActionMetadata
{
    /// <summary>Time steps in a chunk that the tokenizer was trained for, T; null where it was not said. Other horizons encode too.</summary>
    public int? Horizon { get; init; }

    /// <summary>Action dimensions, D; null where it was not said.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Rate of the actions in steps per second; null where it was not said.</summary>
    public double? Rate { get; init; }

    /// <summary>One name per action dimension, or null.</summary>
    public IReadOnlyList<string>? DimensionNames { get; init; }

    /// <summary>One physical unit per action dimension (<c>rad</c>, <c>m</c>), or null.</summary>
    public IReadOnlyList<string>? DimensionUnits { get; init; }

    /// <summary>Which dimensions of the recording are encoded, by index; null where it is all of them.</summary>
    public IReadOnlyList<int>? EncodedDimensions { get; init; }
}
