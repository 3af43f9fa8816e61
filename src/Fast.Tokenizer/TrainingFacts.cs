namespace Fast.Tokenizer;

/// <summary>What a tokenizer was trained on. Holds no date and no path, so that equal training gives equal bytes.</summary>
public sealed record TrainingFacts
{
    /// <summary>Episodes that gave windows.</summary>
    public required int Episodes { get; init; }

    /// <summary>Episodes shorter than the horizon, left out.</summary>
    public required int SkippedEpisodes { get; init; }

    /// <summary>Episodes kept back for the report.</summary>
    public required int HeldOutEpisodes { get; init; }

    /// <summary>Windows that the vocabulary was trained on.</summary>
    public required long Windows { get; init; }

    /// <summary>Different coefficient sequences among them.</summary>
    public required long DistinctWindows { get; init; }

    /// <summary>Steps between the starts of two windows.</summary>
    public required int Stride { get; init; }

    /// <summary>Smallest coefficient seen in training; the alphabet reaches further by the margin.</summary>
    public required int MinCoefficient { get; init; }

    /// <summary>Largest coefficient seen in training.</summary>
    public required int MaxCoefficient { get; init; }
}
