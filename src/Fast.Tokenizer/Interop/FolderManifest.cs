using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Interop;

/// <summary><c>fast_tokenizer.json</c>: what the Hugging Face files cannot hold, and the checksums over all of them.</summary>
internal sealed class FolderManifest
{
    /// <summary>The newest version of this layout; readers refuse a newer one.</summary>
    public const int CurrentSchema = ActionSpaceSchema;

    /// <summary>The version of folders that every reader decodes alike.</summary>
    public const int FirstSchema = 1;

    /// <summary>
    /// The version that came with reconstruction points. Only folders that have them say it: a reader that does not know them must refuse
    /// the folder, since it would decode other actions, and all others stay readable.
    /// </summary>
    public const int ReconstructionSchema = 2;

    /// <summary>
    /// The version that came with action spaces, embodiments and statistics per time step, which only folders that have them say, for the
    /// same reason.
    /// </summary>
    public const int ActionSpaceSchema = 3;

    public required int SchemaVersion { get; init; }

    /// <summary>SHA-256 of this file, with this value itself taken as 64 zeros.</summary>
    public required string Checksum { get; init; }

    /// <summary>SHA-256 of each other file of the folder.</summary>
    public required SortedDictionary<string, string> Files { get; init; }

    public required AlphabetEntry Alphabet { get; init; }

    public required double Scale { get; init; }

    public required string Order { get; init; }

    /// <summary>What coefficients are decoded as; null for their integers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReconstructionEntry? Reconstruction { get; init; }

    public required NormalizationEntry? Normalization { get; init; }

    public required ActionMetadata Actions { get; init; }

    /// <summary>How each dimension of the robot's own actions is encoded; null for all as they are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DimensionEntry>? ActionSpace { get; init; }

    /// <summary>Robots that share the vocabulary; null where there is one only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, EmbodimentEntry>? Embodiments { get; init; }

    public required TrainingFacts? Training { get; init; }

    internal sealed class AlphabetEntry
    {
        public required string Type { get; init; }

        public required int MinCoefficient { get; init; }

        public required int MaxCoefficient { get; init; }
    }

    /// <summary>One dimension; what is left out is as in <see cref="Tokenizer.Actions.ActionDimension"/>.</summary>
    internal sealed class DimensionEntry
    {
        public required bool Encoded { get; init; }

        /// <summary>The value that comes back for a dimension that is not encoded or is masked; null for the caller's own.</summary>
        public required double? Fill { get; init; }

        public required string Reference { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? StateIndex { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? Period { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? PeriodStart { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public BinaryEntry? Binary { get; init; }
    }

    internal sealed class BinaryEntry
    {
        public required double Low { get; init; }

        public required double High { get; init; }

        public required double Threshold { get; init; }
    }

    /// <summary>What is a robot's own; null where it has none.</summary>
    internal sealed class EmbodimentEntry
    {
        public required NormalizationEntry? Normalization { get; init; }

        public required ActionMetadata Actions { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<DimensionEntry>? ActionSpace { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ReconstructionEntry? Reconstruction { get; init; }
    }

    /// <summary>Offsets of magnitudes in quantiser steps, row-major [frequency, dimension, magnitude].</summary>
    internal sealed class ReconstructionEntry
    {
        public required int Horizon { get; init; }

        public required int Dimensions { get; init; }

        public required int Magnitudes { get; init; }

        public required IReadOnlyList<double> Offsets { get; init; }
    }

    internal sealed class NormalizationEntry
    {
        public required string Method { get; init; }

        public required string Formula { get; init; }

        public required bool Clip { get; init; }

        public required IReadOnlyList<bool>? Mask { get; init; }

        /// <summary>Left out where there are none, as in folders of before; a reader that does not know them refuses.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<double>? Weights { get; init; }

        /// <summary>Time steps where the statistics are per time step, row-major [T,D]; left out where they are not.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Horizon { get; init; }

        public required StatisticsEntry Statistics { get; init; }
    }

    internal sealed class StatisticsEntry
    {
        public required long? Count { get; init; }

        public required IReadOnlyList<double>? Min { get; init; }

        public required IReadOnlyList<double>? Max { get; init; }

        public required IReadOnlyList<double>? Mean { get; init; }

        public required IReadOnlyList<double>? Std { get; init; }

        public required IReadOnlyList<double>? Q01 { get; init; }

        public required IReadOnlyList<double>? Q10 { get; init; }

        public required IReadOnlyList<double>? Q50 { get; init; }

        public required IReadOnlyList<double>? Q90 { get; init; }

        public required IReadOnlyList<double>? Q99 { get; init; }
    }
}

/// <summary>Reads and writes the manifest without reflection, refusing what it does not know.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true,
    NewLine = "\n",
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(FolderManifest))]
internal sealed partial class FolderManifestJson : JsonSerializerContext;
