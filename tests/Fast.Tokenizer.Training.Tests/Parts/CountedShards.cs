using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Training.Tests.Parts;

/// <summary>Made-up episodes, divided over shards and counted in a folder.</summary>
internal sealed class CountedShards(string folder)
{
    private int _files;

    public static readonly TrainingOptions Options = new() { Horizon = 8, Stride = 2, Vocabulary = new() { VocabularySize = 300 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A file that there is not yet.</summary>
    public string NewPath() => Path.Combine(folder, $"p{_files++}.part");

    /// <summary>
    /// Episodes of all lengths, some too short; dimension 0 is a gripper with zeros of both signs, some windows are there several times.
    /// </summary>
    public static Episode[] Episodes(int seed, int count, int dimensions, bool withStates = false, bool withMasks = false)
    {
        var random = new Random(seed);
        var episodes = new Episode[count];
        for (int i = 0; i < count; i++)
        {
            int steps = random.Next(10) == 0 ? random.Next(1, 8) : random.Next(8, 60);
            double[] values = new double[steps * dimensions];
            for (int k = 0; k < values.Length; k++)
            {
                int step = k / dimensions, d = k % dimensions;
                values[k] = d == 0
                    ? (step / 7 % 2 == 0 ? -0.0 : random.Next(2) * 0.0) + (step / 15 % 2)
                    : Math.Round(Math.Sin((step * 0.3) + d + (i % 3)), random.Next(1, 9));
            }

            double[] states = [.. values.Take(withStates ? values.Length : 0).Select(value => value + 0.25)];
            bool[] masked = new bool[withMasks && i % 2 == 0 ? dimensions : 0];
            if (masked.Length > 0) masked[^1] = true;
            episodes[i] = new Episode($"e{i}", values, dimensions)
            {
                States = states,
                StateDimensions = withStates ? dimensions : 0,
                Masked = masked,
            };
        }

        return episodes;
    }

    /// <summary>Episodes dealt over shards at random; none is empty.</summary>
    public static EpisodeList[] Deal(Episode[] episodes, int shards, int seed, string[]? names = null)
    {
        var random = new Random(seed);
        List<Episode>[] dealt = [.. Enumerable.Range(0, shards).Select(_ => new List<Episode>())];
        foreach ((int i, Episode episode) in episodes.Index()) dealt[i < shards ? i : random.Next(shards)].Add(episode);
        return [.. dealt.Select((list, i) => new EpisodeList(list, $"shard {i}") { Rate = 10, DimensionNames = names })];
    }

    public async Task<CorpusPart> StatisticsAsync(IEpisodeSource shard, TrainingOptions? options = null, long? memory = null) =>
        await CorpusPart.CountStatisticsAsync(shard, options ?? Options, NewPath(), Counting(memory), null, Token);

    public async Task<CorpusPart> CoefficientsAsync(
        IEpisodeSource shard, CorpusPart statistics, CoefficientCountOptions? options = null, long? memory = null) =>
        await CorpusPart.CountCoefficientsAsync(shard, statistics, options ?? new(), NewPath(), Counting(memory), null, Token);

    public async Task<CorpusPart> MergeAsync(params IReadOnlyList<CorpusPart> parts) =>
        await CorpusPart.MergeAsync(parts, NewPath(), null, Token);

    /// <summary>Merges parts in a random tree and order.</summary>
    public async Task<CorpusPart> MergeAtRandomAsync(IEnumerable<CorpusPart> parts, int seed)
    {
        var random = new Random(seed);
        List<CorpusPart> left = [.. parts];
        do
        {
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(left));
            int taken = random.Next(1, left.Count + 1);
            CorpusPart merged = await MergeAsync([.. left.Take(taken)]);
            left.RemoveRange(0, taken);
            left.Add(merged);
        }
        while (left.Count > 1);
        return left[0];
    }

    /// <summary>Both passes over shards.</summary>
    public async Task<(CorpusPart Statistics, CorpusPart Coefficients)> CountAsync(
        IEpisodeSource[] shards, TrainingOptions options, long? memory = null)
    {
        var statistics = new List<CorpusPart>();
        foreach (IEpisodeSource shard in shards) statistics.Add(await StatisticsAsync(shard, options, memory));
        CorpusPart all = await MergeAsync(statistics);
        var counting = new CoefficientCountOptions { Scale = options.Scale, Normalization = options.Normalization, Order = options.Order };
        var coefficients = new List<CorpusPart>();
        foreach (IEpisodeSource shard in shards) coefficients.Add(await CoefficientsAsync(shard, all, counting, memory));
        return (all, await MergeAsync(coefficients));
    }

    /// <summary>Sequences with their counts, in a form that can be compared.</summary>
    public static SortedDictionary<string, long> Counts(ICountedSequences sequences)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using ICountedSequenceReader reader = sequences.Read();
        while (reader.Next()) counts.Add($"{reader.Length}: {string.Join(' ', reader.Head.ToArray())}", reader.Count);
        return counts;
    }

    private static CorpusPartOptions? Counting(long? memory) => memory is { } limit ? new CorpusPartOptions { MemoryLimit = limit } : null;
}
