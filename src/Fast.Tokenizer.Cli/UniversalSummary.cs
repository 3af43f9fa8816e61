using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli;

/// <summary>What <c>train</c> reports of several data sets under one vocabulary.</summary>
internal sealed record UniversalSummary
{
    /// <summary>The folder written.</summary>
    public required string Output { get; init; }

    /// <summary>What all data sets together were.</summary>
    public required TrainingFacts Training { get; init; }

    /// <summary>Quantiser steps per normalised unit.</summary>
    public required double Scale { get; init; }

    /// <summary>Token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Token ids that are single symbols of the alphabet.</summary>
    public required int AlphabetSize { get; init; }

    /// <summary>How long the training took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The data sets, in the order given, each with its reports.</summary>
    public required IReadOnlyList<EmbodimentResult> Embodiments { get; init; }

    /// <summary>Summarises a training.</summary>
    public static UniversalSummary Of(UniversalTrainingResult result, string output, TimeSpan elapsed)
    {
        FastTokenizerDefinition definition = result.Tokenizer.Definition;
        return new UniversalSummary
        {
            Output = output,
            Training = definition.Training!,
            Scale = definition.Scale,
            VocabularySize = definition.Vocabulary.Count,
            AlphabetSize = definition.Vocabulary.SymbolCount,
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            Embodiments = result.Embodiments,
        };
    }
}
