using System.Text.Json.Serialization;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Cli;

/// <summary>What <c>count</c>, <c>merge</c> and <c>inspect</c> report of a part.</summary>
internal sealed record PartSummary
{
    /// <summary>The file.</summary>
    public required string Output { get; init; }

    /// <summary>The pass that the part is of.</summary>
    public required string Pass { get; init; }

    /// <summary>Shards counted.</summary>
    public required int Shards { get; init; }

    /// <summary>Names of the shards of the statistics that are not in the part.</summary>
    public required IReadOnlyList<string> MissingShards { get; init; }

    /// <summary>Episodes that gave chunks.</summary>
    public required long Episodes { get; init; }

    /// <summary>Episodes shorter than the horizon, left out.</summary>
    public required long SkippedEpisodes { get; init; }

    /// <summary>Time steps in a chunk.</summary>
    public required int Horizon { get; init; }

    /// <summary>Dimensions of the actions.</summary>
    public required int Dims { get; init; }

    /// <summary>Steps between the starts of two chunks.</summary>
    public required int Stride { get; init; }

    /// <summary>Chunks.</summary>
    public required long Windows { get; init; }

    /// <summary>Different coefficient sequences; null where statistics were counted.</summary>
    public required long? DistinctWindows { get; init; }

    /// <summary>Quantiser steps per normalised unit; null where statistics were counted.</summary>
    public required double? Scale { get; init; }

    /// <summary>Smallest coefficient; null where statistics were counted.</summary>
    public required int? MinCoefficient { get; init; }

    /// <summary>Largest coefficient; null where statistics were counted.</summary>
    public required int? MaxCoefficient { get; init; }

    /// <summary>Size of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the file.</summary>
    public required string Checksum { get; init; }

    /// <summary>How long it took; null where nothing was counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required double? Seconds { get; init; }

    /// <summary>Summarises a part.</summary>
    public static PartSummary Of(CorpusPart part, TimeSpan? elapsed) => new()
    {
        Output = part.Name,
        Pass = part.Kind == CorpusPartKind.Statistics ? "statistics" : "coefficients",
        Shards = part.Shards.Count,
        MissingShards = part.MissingShards,
        Episodes = part.Episodes,
        SkippedEpisodes = part.SkippedEpisodes,
        Horizon = part.Shape.Horizon,
        Dims = part.Shape.Dimensions,
        Stride = part.Stride,
        Windows = part.Windows,
        DistinctWindows = part.DistinctWindows,
        Scale = part.Scale,
        MinCoefficient = part.MinCoefficient,
        MaxCoefficient = part.MaxCoefficient,
        Bytes = part.Length,
        Checksum = part.Checksum,
        Seconds = elapsed is { } time ? Math.Round(time.TotalSeconds, 3) : null,
    };

    /// <summary>Writes it as a table.</summary>
    public void Write(ToolConsole console) => console.Tables.Write(FigureTable.Of(
    [
        (Seconds is null ? "part" : "saved to", Output),
        ("holds", Pass),
        ("shards", MissingShards.Count == 0 ? FigureTable.Text(Shards) : $"{Shards}, {MissingShards.Count} of the statistics missing"),
        ("episodes", $"{Episodes}, {SkippedEpisodes} too short"),
        ("chunks", $"{Windows} of {new ActionShape(Horizon, Dims)}{(DistinctWindows is { } distinct ? $", {distinct} different" : "")}"),
        .. Scale is { } scale
            ? (IEnumerable<(string, string)>)[("coefficients", $"{MinCoefficient} to {MaxCoefficient} at scale {FigureTable.Text(scale)}")]
            : [],
        ("bytes", FigureTable.Text(Bytes)),
        ("checksum", Checksum),
        .. Seconds is { } seconds ? (IEnumerable<(string, string)>)[("seconds", FigureTable.Text(seconds))] : [],
    ]));
}
