using System.Text.Json.Serialization;
using System.Text.Json;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary><c>manifest.json</c> beside the files of an encoded data set: what they were made with, and which of them are whole.</summary>
internal sealed record ShardManifest
{
    /// <summary>Its name in the folder.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The only version of this layout.</summary>
    public const int CurrentSchema = 1;

    private const int MaxFileLength = 256 << 20;

    public required int SchemaVersion { get; init; }

    /// <summary>See <see cref="FastActionTokenizer.Checksum"/>.</summary>
    public required string Tokenizer { get; init; }

    public required int VocabularySize { get; init; }

    public required int Horizon { get; init; }

    public required int Stride { get; init; }

    /// <summary>The mode, its numbers included.</summary>
    public required string Mode { get; init; }

    public required string OutOfRange { get; init; }

    public required string Format { get; init; }

    public required int ShardChunks { get; init; }

    /// <summary>Whether the last episode was reached.</summary>
    public required bool Complete { get; init; }

    public required IReadOnlyList<Shard> Shards { get; init; }

    /// <summary>Reads the manifest of a folder; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is no manifest, or of a newer version.</exception>
    public static ShardManifest? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        if (new FileInfo(path).Length > MaxFileLength) throw new InvalidDataException($"{path} is larger than any manifest");
        try
        {
            ShardManifest? manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), ShardManifestJson.Default.ShardManifest);
            return manifest is { SchemaVersion: CurrentSchema }
                ? manifest
                : throw new InvalidDataException($"{path} has another schema version than {CurrentSchema}: choose another folder");
        }
        catch (Exception problem) when (JsonProblem.Is(problem))
        {
            throw new InvalidDataException(
                $"{path} is no manifest of an encoded data set: {JsonProblem.Describe(problem)}; choose another folder", problem);
        }
    }

    /// <summary>Writes the manifest of a folder, whole or not at all.</summary>
    public void Write(string folder)
    {
        using var file = new ReplacedFile(Path.Combine(folder, FileName));
        JsonSerializer.Serialize(file.Stream, this, ShardManifestJson.Default.ShardManifest);
        file.Stream.WriteByte((byte)'\n');
        file.Commit();
    }

    /// <summary>What differs between this and what is wanted, apart from the files; null where nothing does.</summary>
    public string? DifferenceFrom(ShardManifest wanted)
    {
        (string What, object Had, object Wants)[] facts =
        [
            ("tokenizer", Tokenizer, wanted.Tokenizer),
            ("horizon", Horizon, wanted.Horizon),
            ("stride", Stride, wanted.Stride),
            ("mode", Mode, wanted.Mode),
            ("policy for values out of range", OutOfRange, wanted.OutOfRange),
            ("format", Format, wanted.Format),
            ("chunks of a shard", ShardChunks, wanted.ShardChunks),
        ];
        foreach ((string what, object had, object wants) in facts)
        {
            if (!had.Equals(wants)) return FormattableString.Invariant($"the {what} was {had} and is {wants}");
        }

        return null;
    }

    /// <summary>A whole file.</summary>
    /// <param name="File">Its name.</param>
    /// <param name="Episodes">Episodes in it.</param>
    /// <param name="ShortEpisodes">Episodes that were shorter than a chunk, left out.</param>
    /// <param name="Chunks">Rows.</param>
    /// <param name="Tokens">Ids.</param>
    /// <param name="Clipped">Values that could not be expressed.</param>
    /// <param name="Data">SHA-256 over the recorded episodes.</param>
    /// <param name="Checksum">SHA-256 of the file.</param>
    internal sealed record Shard(
        string File, int Episodes, int ShortEpisodes, int Chunks, long Tokens, long Clipped, string Data, string Checksum);
}

/// <summary>Reads and writes the manifest without reflection, refusing what it does not know.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true,
    NewLine = "\n",
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(ShardManifest))]
internal sealed partial class ShardManifestJson : JsonSerializerContext;
