using System.Security.Cryptography;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A part that another machine counted; its checksum is made to fit, since no other input would be read far.</summary>
internal sealed class CountedParts() : FuzzTarget("part")
{
    private const string Called = "hostile.part";
    private const int TrailerLength = 52;
    private const int HashStart = 12;

    private readonly Lazy<ScratchFolder> _folder = new(() => new());

    public override int Cases => 2000;

    public override IReadOnlyList<string> Words { get; } =
    [
        "\"entries\":", "\"counted\":", "\"chunks\":{", "\"coefficients\":{", "\"shards\":[", "\"statistics\":", "\"moments\":[", "null",
        "FASTPART",
    ];

    public override void Prepare() => _ = _folder.Value;

    public override IEnumerable<byte[]> Seeds()
    {
        var folder = new ScratchFolder();
        double[] values = [.. Enumerable.Range(0, 60).Select(i => Math.Sin(i * 0.7))];
        var shard = new EpisodeList([new Episode("e", values, 2), new Episode("short", values.AsMemory(0, 4), 2)]) { Rate = 5 };
        var options = new TrainingOptions { Horizon = 6, Stride = 2 };
        CorpusPart statistics = CorpusPart.CountStatisticsAsync(shard, options, folder.PathOf("statistics")).GetAwaiter().GetResult();
        TrainingOptions estimate = options with { EstimateStatistics = true };
        CorpusPart.CountStatisticsAsync(shard, estimate, folder.PathOf("estimate")).GetAwaiter().GetResult();
        CorpusPart.CountCoefficientsAsync(shard, statistics, new(), folder.PathOf("coefficients")).GetAwaiter().GetResult();
        return [.. ((string[])["statistics", "estimate", "coefficients"]).Select(name => File.ReadAllBytes(folder.PathOf(name)))];
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        byte[] part = input.ToArray();
        if (part.Length >= TrailerLength)
        {
            int hash = part.Length - TrailerLength + HashStart;
            SHA256.HashData(part.AsSpan(0, hash), part.AsSpan(hash));
        }

        CorpusPart opened = CorpusPart.Open(() => new MemoryStream(part, writable: false), Called);
        CorpusPart merged = CorpusPart.MergeAsync([opened], _folder.Value.PathOf("merged")).GetAwaiter().GetResult();
        if (merged.Windows != opened.Windows) throw new FuzzFailure("merging a part alone changes its windows");
        if (merged.Kind == CorpusPartKind.Statistics)
        {
            merged.ReadStatistics();
            return;
        }

        using ICountedSequenceReader sequences = merged.Sequences.Read();
        while (sequences.Next())
        {
            if (sequences.Head.Length > sequences.Length) throw new FuzzFailure("a sequence is longer than its part says");
        }
    }
}
