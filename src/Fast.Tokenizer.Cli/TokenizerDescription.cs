using System.Text.Json.Serialization;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Cli;

/// <summary>What <c>inspect</c> reports.</summary>
internal sealed record TokenizerDescription
{
    private const int LongestShown = 5;

    /// <summary>Quantiser steps per normalised unit.</summary>
    public required double Scale { get; init; }

    /// <summary><c>frequency</c> or <c>dimension</c>.</summary>
    public required string Order { get; init; }

    /// <summary>What coefficients are decoded as: <c>integer</c> or <c>centroid</c>.</summary>
    public required string Reconstruction { get; init; }

    /// <summary><c>integer</c> or <c>byte-level</c>.</summary>
    public required string Alphabet { get; init; }

    /// <summary>Symbols of the alphabet.</summary>
    public required int AlphabetSize { get; init; }

    /// <summary>Smallest coefficient that can be expressed.</summary>
    public required int MinCoefficient { get; init; }

    /// <summary>Largest coefficient that can be expressed.</summary>
    public required int MaxCoefficient { get; init; }

    /// <summary>Token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Symbols in the shortest token.</summary>
    public required int MinTokenLength { get; init; }

    /// <summary>Symbols in the middle one by length, the lower of two.</summary>
    public required int MedianTokenLength { get; init; }

    /// <summary>Symbols in the longest token.</summary>
    public required int MaxTokenLength { get; init; }

    /// <summary>The normalisation; null where the input is taken as normalised.</summary>
    public required string? Normalization { get; init; }

    /// <summary>Whether values outside the range are clipped.</summary>
    public required bool Clip { get; init; }

    /// <summary>Time steps where the statistics are per time step; null where they are the same for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StatisticsHorizon { get; init; }

    /// <summary>A row per dimension; empty without a normalisation and an action space.</summary>
    public required IReadOnlyList<DescribedDimension> Dimensions { get; init; }

    /// <summary>What the actions are.</summary>
    public required ActionMetadata Actions { get; init; }

    /// <summary>The robots that share the vocabulary, by name; empty where there is one only.</summary>
    public required IReadOnlyList<DescribedEmbodiment> Embodiments { get; init; }

    /// <summary>How it was trained; null where it is not known.</summary>
    public required TrainingFacts? Training { get; init; }

    /// <summary>The longest tokens, longest first.</summary>
    public required IReadOnlyList<DescribedToken> LongestTokens { get; init; }

    /// <summary>Describes a tokenizer.</summary>
    public static TokenizerDescription Of(FastTokenizerDefinition definition)
    {
        BpeVocabulary vocabulary = definition.Vocabulary;
        int first = definition.Alphabet is IntegerAlphabet alphabet ? alphabet.MinCoefficient : 0;
        // Stable, so that the lower id comes first among tokens of one length.
        int[] byLength = [.. Enumerable.Range(0, vocabulary.Count).OrderByDescending(token => vocabulary.GetSymbols(token).Length)];
        int Length(int rank) => vocabulary.GetSymbols(byLength[rank]).Length;
        return new TokenizerDescription
        {
            Scale = definition.Scale,
            Order = definition.Order == CoefficientOrder.FrequencyMajor ? "frequency" : "dimension",
            Reconstruction = definition.Reconstruction is null ? "integer" : "centroid",
            Alphabet = definition.Alphabet is IntegerAlphabet ? "integer" : "byte-level",
            AlphabetSize = definition.Alphabet.SymbolCount,
            MinCoefficient = definition.Alphabet.MinCoefficient,
            MaxCoefficient = definition.Alphabet.MaxCoefficient,
            VocabularySize = vocabulary.Count,
            MinTokenLength = Length(byLength.Length - 1),
            MedianTokenLength = Length(byLength.Length / 2),
            MaxTokenLength = Length(0),
            Normalization = definition.Normalizer is { } normalizer ? NormalizationName.Of(normalizer.Options) : null,
            Clip = definition.Normalizer?.Options.Clip ?? false,
            Dimensions = Describe(definition),
            Actions = definition.Metadata,
            Embodiments =
            [
                .. definition.Embodiments.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new DescribedEmbodiment(
                    entry.Key,
                    entry.Value.Normalizer is { } own ? NormalizationName.Of(own.Options) : null,
                    entry.Value.Metadata)),
            ],
            StatisticsHorizon = definition.Normalizer?.Horizon,
            Training = definition.Training,
            LongestTokens = [.. byLength.Take(LongestShown).Select(token =>
            {
                int[] symbols = vocabulary.GetSymbols(token).ToArray();
                return new DescribedToken(token, symbols.Length, [.. symbols.Select(symbol => symbol + first)]);
            })],
        };
    }

    // Of statistics per time step those of the first step are shown.
    private static DescribedDimension[] Describe(FastTokenizerDefinition definition)
    {
        (ActionNormalizer? normalizer, ActionSpace? space) = (definition.Normalizer, definition.ActionSpace);
        if (normalizer is null && space is null) return [];
        var dimensions = new DescribedDimension[space?.Dimensions.Count ?? normalizer!.Dimensions];
        for (int i = 0, column = 0; i < dimensions.Length; i++)
        {
            bool normalized = normalizer is not null && space?.Dimensions[i].Encoded != false;
            dimensions[i] = new(
                definition.Metadata.DimensionNames?[i] ?? $"dim_{i}",
                definition.Metadata.DimensionUnits?[i] ?? "",
                normalized ? normalizer!.Center[column] : 0,
                normalized ? normalizer!.HalfRange[column] : 1,
                normalized ? normalizer!.Options.Weights?[column] ?? 1 : 1,
                normalized && (normalizer!.Options.Mask?[column] ?? true),
                space is null ? null : ActionDimensionText.Of(space.Dimensions[i], i));
            if (normalized) column++;
        }

        return dimensions;
    }
}
