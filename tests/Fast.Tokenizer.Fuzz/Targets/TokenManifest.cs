using Fast.Tokenizer.Datasets.Tokens;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>The <c>manifest.json</c> of an encoded data set that a run is to go on with.</summary>
internal sealed class TokenManifest() : FuzzTarget("token-manifest")
{
    private readonly Lazy<ScratchFolder> _folder = new(() => new());
    private readonly Lazy<DatasetTokenizer> _tokenizer = new(() => new(new FastActionTokenizer(SampleFolders.Small)));

    public override IReadOnlyList<string> Words { get; } =
        ["\"shards\"", "\"file\": \"shard-00001.parquet\"", "\"complete\": true", "\"data\""];

    public override IEnumerable<byte[]> Seeds()
    {
        var folder = new ScratchFolder();
        var manifest = new ShardManifest
        {
            SchemaVersion = ShardManifest.CurrentSchema,
            Tokenizer = new FastActionTokenizer(SampleFolders.Small).Checksum(),
            VocabularySize = 14,
            Horizon = 6,
            Stride = 1,
            Mode = EncodeMode.Canonical.ToString(),
            OutOfRange = nameof(OutOfRangePolicy.Published),
            Format = "parquet",
            ShardChunks = 50_000,
            Complete = false,
            Shards = [new("shard-00000.parquet", 1, 0, 2, 30, 0, "sha256:00", "sha256:11")],
        };
        manifest.Write(folder.FullPath);
        yield return File.ReadAllBytes(folder.PathOf(ShardManifest.FileName));
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        _folder.Value.Write(ShardManifest.FileName, input);
        _tokenizer.Value.RequireFolder(_folder.Value.FullPath);
    }
}
