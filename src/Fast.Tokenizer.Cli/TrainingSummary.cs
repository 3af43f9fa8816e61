using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli;

/// <summary>What <c>train</c> reports.</summary>
internal sealed record TrainingSummary
{
    /// <summary>The folder written.</summary>
    public required string Output { get; init; }

    /// <summary>Episodes trained on.</summary>
    public required int Episodes { get; init; }

    /// <summary>Episodes shorter than the horizon, left out.</summary>
    public required int SkippedEpisodes { get; init; }

    /// <summary>Episodes kept back for the report.</summary>
    public required int HeldOutEpisodes { get; init; }

    /// <summary>Windows trained on.</summary>
    public required long Windows { get; init; }

    /// <summary>Different coefficient sequences among them.</summary>
    public required long DistinctWindows { get; init; }

    /// <summary>Steps between the starts of two windows.</summary>
    public required int Stride { get; init; }

    /// <summary>Time steps in a chunk.</summary>
    public required int Horizon { get; init; }

    /// <summary>Encoded action dimensions.</summary>
    public required int Dims { get; init; }

    /// <summary>Steps per second; null where it is not known.</summary>
    public required double? Rate { get; init; }

    /// <summary>Quantiser steps per normalised unit.</summary>
    public required double Scale { get; init; }

    /// <summary>Smallest coefficient seen.</summary>
    public required int MinCoefficient { get; init; }

    /// <summary>Largest coefficient seen.</summary>
    public required int MaxCoefficient { get; init; }

    /// <summary>Token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Token ids that are single symbols of the alphabet.</summary>
    public required int AlphabetSize { get; init; }

    /// <summary>How long the training took.</summary>
    public required double Seconds { get; init; }

    /// <summary>How the scale was chosen; null where no target was given.</summary>
    public TuningSummary? Tuning { get; init; }

    /// <summary>How well held-out episodes survive; null where none were kept back.</summary>
    public required FidelityReport? HeldOut { get; init; }

    /// <summary>Summarises a training.</summary>
    public static TrainingSummary Of(TrainingResult result, string output, TimeSpan elapsed)
    {
        FastTokenizerDefinition definition = result.Tokenizer.Definition;
        TrainingFacts facts = definition.Training!;
        return new TrainingSummary
        {
            Output = output,
            Episodes = facts.Episodes,
            SkippedEpisodes = facts.SkippedEpisodes,
            HeldOutEpisodes = facts.HeldOutEpisodes,
            Windows = facts.Windows,
            DistinctWindows = facts.DistinctWindows,
            Stride = facts.Stride,
            Horizon = definition.Metadata.Horizon!.Value,
            Dims = definition.Metadata.Dimensions!.Value,
            Rate = definition.Metadata.Rate,
            Scale = definition.Scale,
            MinCoefficient = facts.MinCoefficient,
            MaxCoefficient = facts.MaxCoefficient,
            VocabularySize = definition.Vocabulary.Count,
            AlphabetSize = definition.Vocabulary.SymbolCount,
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            HeldOut = result.HeldOut,
        };
    }
}
