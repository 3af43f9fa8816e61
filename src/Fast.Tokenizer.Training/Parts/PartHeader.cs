using System.Text.Json.Serialization;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>What a part says of itself; stands behind the counts.</summary>
internal sealed record PartHeader
{
    /// <summary>Different strings of the body.</summary>
    public required long Entries { get; init; }

    /// <summary>Sum of their counts.</summary>
    public required long Counted { get; init; }

    /// <summary>Which values were counted.</summary>
    public required ChunkEntry Chunks { get; init; }

    /// <summary>How they were quantised; null where statistics were counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CoefficientsEntry? Coefficients { get; init; }

    /// <summary>
    /// Statistics of the values, where those are exact and were counted. They follow from the counts, which are many more: a machine of the
    /// second pass need not read them.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FolderManifest.StatisticsEntry? Statistics { get; init; }

    /// <summary>What was counted, ascending by id.</summary>
    public required IReadOnlyList<ShardEntry> Shards { get; init; }

    internal sealed record ChunkEntry
    {
        public required int Stride { get; init; }

        /// <summary>Dimensions that are encoded, E.</summary>
        public required int Encoded { get; init; }

        public required bool PerTimestep { get; init; }

        /// <summary>Bound on the error of a quantile, where the statistics are estimated; null where they are exact.</summary>
        public required double? RelativeError { get; init; }

        public required ActionMetadata Actions { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<FolderManifest.DimensionEntry>? ActionSpace { get; init; }
    }

    internal sealed record CoefficientsEntry
    {
        public required double Scale { get; init; }

        public required string Order { get; init; }

        public required FolderManifest.NormalizationEntry Normalization { get; init; }

        /// <summary>SHA-256 of the statistics part.</summary>
        public required string Statistics { get; init; }

        /// <summary>Shards of the statistics part, ascending by id.</summary>
        public required IReadOnlyList<ShardName> StatisticsShards { get; init; }

        /// <summary>See <see cref="SequenceCorpus.Mass"/>.</summary>
        public required long Mass { get; init; }

        public required int MinCoefficient { get; init; }

        public required int MaxCoefficient { get; init; }
    }

    internal sealed record ShardName(string Id, string Name);

    internal sealed record ShardEntry
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public required long Episodes { get; init; }

        public required long Skipped { get; init; }

        public required long Windows { get; init; }

        /// <summary>What estimated statistics need beside the counts, one of each column; null where they are exact.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<MomentsEntry>? Moments { get; init; }
    }

    internal sealed record MomentsEntry(long Count, double Min, double Max, double Mean, double Squares);
}

/// <summary>Reads and writes the header without reflection, refusing what it does not know.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(PartHeader))]
[JsonSerializable(typeof(IReadOnlyList<FolderManifest.DimensionEntry>))]
internal sealed partial class PartHeaderJson : JsonSerializerContext;
