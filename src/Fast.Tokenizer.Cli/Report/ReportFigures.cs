using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>Everything that the page shows, and what its JSON holds.</summary>
internal sealed record ReportFigures
{
    /// <summary>Heading of the page.</summary>
    public required string Title { get; init; }

    /// <summary>Name of the tokenizer: that of its folder, or its name on the Hub.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the recording, without folders.</summary>
    public required string Data { get; init; }

    /// <summary>How tokens were chosen.</summary>
    public required string Mode { get; init; }

    /// <summary>Steps between the starts of two chunks.</summary>
    public required int Stride { get; init; }

    /// <summary>Episodes read, those left out included.</summary>
    public required int Episodes { get; init; }

    /// <summary>Episodes shorter than the horizon, left out.</summary>
    public required int SkippedEpisodes { get; init; }

    /// <summary>What is in the tokenizer.</summary>
    public required TokenizerDescription Tokenizer { get; init; }

    /// <summary>The figures over all chunks.</summary>
    public required FidelityReport Fidelity { get; init; }

    /// <summary>What they summarise.</summary>
    public required FidelityDistributions Distributions { get; init; }

    /// <summary>Limits on dimensions that were asked for, and whether they are kept.</summary>
    public required IReadOnlyList<VerificationCheck> Checks { get; init; }

    /// <summary>Most chunks that the points of <see cref="RateDistortion"/> are measured on.</summary>
    public required int Windows { get; init; }

    /// <summary>Tokens against error; empty where there is no normalised error.</summary>
    public required IReadOnlyList<RateDistortionSweepPoint> RateDistortion { get; init; }

    /// <summary>Chunks that are shown in full, those that were asked for first.</summary>
    public required IReadOnlyList<ReportChunk> Chunks { get; init; }

    /// <summary>
    /// Half the range by dimension, of statistics per time step its mean, as in the normalised errors; 0 for one that does not move; empty
    /// where the tokenizer has no statistics.
    /// </summary>
    public required IReadOnlyList<double> HalfRanges { get; init; }

    /// <summary>Half the range of a dimension, the unit of its normalised errors; null for one that does not move.</summary>
    public double? HalfRange(int dimension) => HalfRanges.Count == 0 ? 1 : HalfRanges[dimension] is > 0 and var half ? half : null;

    /// <summary>The <see cref="HalfRanges"/> of a tokenizer; 1 for a dimension that is not encoded.</summary>
    public static IReadOnlyList<double> HalfRangesOf(FastTokenizerDefinition definition)
    {
        if (definition.Normalizer is not { } normalizer) return [];
        IEnumerable<double> encoded = Enumerable.Range(0, normalizer.Dimensions).Select(normalizer.MeanHalfRange);
        if (definition.ActionSpace is not { } space) return [.. encoded];
        double[] all = [.. Enumerable.Repeat(1.0, space.Dimensions.Count)];
        foreach ((int dimension, double half) in space.EncodedDimensions.Zip(encoded)) all[dimension] = half;
        return all;
    }
}
