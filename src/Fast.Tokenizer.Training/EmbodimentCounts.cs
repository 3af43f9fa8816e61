using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Training;

/// <summary>One of several data sets that a vocabulary is trained on, as it was counted.</summary>
public sealed record EmbodimentCounts
{
    /// <summary>What the robot is called in the tokenizer; no two data sets have the same name.</summary>
    public required string Name { get; init; }

    /// <summary>The merged coefficients of all its shards; may be larger than memory.</summary>
    public required CorpusPart Counts { get; init; }

    /// <summary>How much the data set counts beside the others, a positive number; see <see cref="EmbodimentSource.Weight"/>.</summary>
    public double Weight { get; init; } = 1;
}
