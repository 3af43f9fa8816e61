using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Training.Tests.Parts;

public sealed class CorpusPartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CountedShards _shards;

    public CorpusPartTests() => _shards = new CountedShards(_folder.FullPath);

    public static TheoryData<string> Trainings => new(_trainings.Keys);

    private static readonly Dictionary<string, TrainingOptions> _trainings = new()
    {
        ["plain"] = CountedShards.Options,
        ["dimensions"] = CountedShards.Options with { EncodedDimensions = [2, 0], Scale = 3, Order = CoefficientOrder.DimensionMajor },
        ["masks"] = CountedShards.Options with { Stride = 1 },
        ["relative"] = CountedShards.Options with
        {
            ActionSpace = new ActionSpace(
                new ActionDimension(),
                new ActionDimension { Reference = ActionReference.State },
                new ActionDimension { Encoded = false, Fill = 0.5 },
                new ActionDimension { Period = 1, Reference = ActionReference.Previous }),
        },
        ["per time step"] = CountedShards.Options with
        {
            Normalization = new() { PerTimestep = true, Method = NormalizationMethod.MinMax },
        },
        ["clipped"] = CountedShards.Options with
        {
            Normalization = new() { Clip = true, Mask = [false, true, true, true], Weights = [1, 2, 0.5, 1] },
        },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Trainings))]
    public async Task Shards_count_what_one_machine_counts(string name)
    {
        TrainingOptions options = _trainings[name];
        for (int seed = 0; seed < 4; seed++)
        {
            Episode[] episodes = CountedShards.Episodes(seed, 12, 4, withStates: name == "relative", withMasks: name == "masks");
            RecordingInTraining one = await RecordingInTraining.OpenAsync(
                new EpisodeList(episodes) { Rate = 10 }, 8, options, Token);
            ActionNormalizer normalizer = await one.NormalizerAsync(null, Token);
            SequenceCorpus corpus = await one.CoefficientsAsync(normalizer, null, Token);

            (CorpusPart statistics, CorpusPart coefficients) =
                await _shards.CountAsync(CountedShards.Deal(episodes, 1 + (seed * 2), seed), options, memory: 2000);

            AssertSameBits(normalizer.Statistics, statistics.ReadStatistics(Token));
            AssertSameBits(normalizer.Statistics, coefficients.Normalizer!.Statistics);
            ICountedSequences expected = corpus, actual = coefficients.Sequences;
            Assert.Equal(CountedShards.Counts(expected), CountedShards.Counts(actual));
            Assert.Equal(
                (expected.DistinctCount, expected.TotalCount, expected.ValueCount, expected.Mass, expected.MinValue, expected.MaxValue),
                (actual.DistinctCount, actual.TotalCount, actual.ValueCount, actual.Mass, actual.MinValue, actual.MaxValue));
            TrainingFacts facts = one.Facts(corpus);
            Assert.Equal(
                (facts.Episodes, facts.SkippedEpisodes, facts.Windows, facts.DistinctWindows, facts.MinCoefficient, facts.MaxCoefficient),
                (coefficients.Episodes, coefficients.SkippedEpisodes, coefficients.Windows, coefficients.DistinctWindows,
                    coefficients.MinCoefficient, coefficients.MaxCoefficient));
            Assert.Equal((one.Windows, one.Episodes), (statistics.Windows, statistics.Episodes));
            Assert.Equal((options.Scale, options.Order, options.Stride), (coefficients.Scale, coefficients.Order, coefficients.Stride));
            Assert.Equal((one.Shape, one.Metadata.Rate), (coefficients.Shape, coefficients.Metadata.Rate));
            Assert.Equal(options.ActionSpace?.Dimensions, coefficients.ActionSpace?.Dimensions);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Merging_gives_the_same_bytes_in_any_order_and_grouping(int seed)
    {
        EpisodeList[] shards = CountedShards.Deal(CountedShards.Episodes(seed, 20, 3), 7, seed);
        TrainingOptions options = CountedShards.Options with { EstimateStatistics = seed == 3 };
        var statistics = new List<CorpusPart>();
        foreach (EpisodeList shard in shards) statistics.Add(await _shards.StatisticsAsync(shard, options));

        CorpusPart all = await _shards.MergeAsync(statistics);
        byte[] expected = File.ReadAllBytes(all.Name);
        for (int again = 0; again < 5; again++)
            Assert.Equal(expected, File.ReadAllBytes((await _shards.MergeAtRandomAsync(statistics, again)).Name));

        var coefficients = new List<CorpusPart>();
        foreach (EpisodeList shard in shards) coefficients.Add(await _shards.CoefficientsAsync(shard, all));
        expected = File.ReadAllBytes((await _shards.MergeAsync(coefficients)).Name);
        for (int again = 0; again < 5; again++)
            Assert.Equal(expected, File.ReadAllBytes((await _shards.MergeAtRandomAsync(coefficients, again)).Name));
    }

    [Fact]
    public async Task What_a_part_holds_does_not_depend_on_the_memory()
    {
        EpisodeList shard = new(CountedShards.Episodes(1, 30, 3)) { Rate = 10 };
        CorpusPart statistics = await _shards.StatisticsAsync(shard), coefficients = await _shards.CoefficientsAsync(shard, statistics);

        // 1 byte makes a run of each value and each sequence, more than are merged at once.
        foreach (long memory in (long[])[1, 100, 1000, 10_000, 100_000])
        {
            CorpusPart one = await _shards.StatisticsAsync(shard, null, memory);
            Assert.Equal(File.ReadAllBytes(statistics.Name), File.ReadAllBytes(one.Name));
            one = await _shards.CoefficientsAsync(shard, statistics, null, memory);
            Assert.Equal(File.ReadAllBytes(coefficients.Name), File.ReadAllBytes(one.Name));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task More_parts_than_are_read_at_once_are_merged_in_groups(int fanIn)
    {
        EpisodeList[] shards = CountedShards.Deal(CountedShards.Episodes(10, 14, 2), 11, 0);
        CorpusPart[] parts = [.. await Task.WhenAll(shards.Select(shard => _shards.StatisticsAsync(shard)))];
        PartFile[] files = [.. parts.Select(part => PartFile.Open(() => File.OpenRead(part.Name), part.Name))];
        string path = _shards.NewPath();

        PartMerger.Merge(files, [.. files.Select(file => new PartSettings(file))], path, fanIn, null, Token);

        Assert.Equal(File.ReadAllBytes((await _shards.MergeAsync(parts)).Name), File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Counting_and_merging_leave_nothing_but_the_part()
    {
        EpisodeList[] shards = CountedShards.Deal(CountedShards.Episodes(1, 10, 3), 2, 1);

        await _shards.CountAsync(shards, CountedShards.Options, memory: 1000);

        Assert.All(Directory.GetFiles(_folder.FullPath), path => Assert.EndsWith(".part", path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Counting_again_gives_the_same_bytes_and_what_a_killed_process_left_is_cleared()
    {
        EpisodeList shard = new(CountedShards.Episodes(2, 8, 3));
        string path = _folder["counted.part"];
        await CorpusPart.CountStatisticsAsync(shard, CountedShards.Options, path, cancellationToken: Token);
        byte[] expected = File.ReadAllBytes(path);
        string leftover = $"{path}.{Path.GetRandomFileName()}.tmp";
        File.WriteAllText(leftover, "half a part");

        await CorpusPart.CountStatisticsAsync(shard, CountedShards.Options, path, cancellationToken: Token);

        Assert.Equal(expected, File.ReadAllBytes(path));
        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public async Task A_shard_without_a_long_enough_episode_is_a_part_and_changes_nothing()
    {
        EpisodeList full = new(CountedShards.Episodes(3, 6, 3), "full") { Rate = 10 };
        EpisodeList empty = new([new Episode("short", new double[9], 3)], "empty") { Rate = 10 };
        CorpusPart one = await _shards.StatisticsAsync(full), none = await _shards.StatisticsAsync(empty);
        Assert.Equal((0L, 0L, 1L), (none.Windows, none.Episodes, none.SkippedEpisodes));

        CorpusPart all = await _shards.MergeAsync(none, one);

        AssertSameBits(one.ReadStatistics(Token), all.ReadStatistics(Token));
        CorpusPart counted = await _shards.CoefficientsAsync(full, all), nothing = await _shards.CoefficientsAsync(empty, all);
        Assert.Equal((0L, 0L, 0, 0), (nothing.Windows, nothing.DistinctWindows, nothing.MinCoefficient, nothing.MaxCoefficient));
        CorpusPart merged = await _shards.MergeAsync(nothing, counted);
        Assert.Equal(CountedShards.Counts(counted.Sequences), CountedShards.Counts(merged.Sequences));
        Assert.Equal(
            (counted.MinCoefficient, counted.MaxCoefficient, counted.SkippedEpisodes + 1),
            (merged.MinCoefficient, merged.MaxCoefficient, merged.SkippedEpisodes));
    }

    [Fact]
    public async Task Names_that_a_shard_does_not_say_are_taken_from_those_that_do()
    {
        Episode[] episodes = CountedShards.Episodes(4, 6, 2);
        EpisodeList silent = new(episodes[..2], "silent"), named = new(episodes[2..4], "named") { DimensionNames = ["x", "y"] };
        EpisodeList rated = new(episodes[4..], "rated") { Rate = 5, DimensionUnits = ["m", "rad"] };
        CorpusPart[] parts =
            [await _shards.StatisticsAsync(silent), await _shards.StatisticsAsync(named), await _shards.StatisticsAsync(rated)];

        CorpusPart all = await _shards.MergeAsync(parts);

        Assert.Equal(5, all.Metadata.Rate);
        Assert.Equal(["x", "y"], all.Metadata.DimensionNames);
        Assert.Equal(["m", "rad"], all.Metadata.DimensionUnits);
        Assert.Equal(
            File.ReadAllBytes(all.Name),
            File.ReadAllBytes((await _shards.MergeAsync(await _shards.MergeAsync(parts[0], parts[2]), parts[1])).Name));
    }

    [Fact]
    public async Task A_part_can_stand_anywhere_that_can_be_read_from_its_end()
    {
        EpisodeList[] shards = CountedShards.Deal(CountedShards.Episodes(5, 9, 3), 2, 0);
        (CorpusPart statistics, CorpusPart coefficients) = await _shards.CountAsync(shards, CountedShards.Options);
        byte[] bytes = File.ReadAllBytes(coefficients.Name);

        CorpusPart opened = CorpusPart.Open(() => new MemoryStream(bytes, writable: false), "object 7");

        Assert.Equal("object 7", opened.Name);
        Assert.Equal(CountedShards.Counts(coefficients.Sequences), CountedShards.Counts(opened.Sequences));
        Assert.Equal(bytes, File.ReadAllBytes((await _shards.MergeAsync(opened)).Name));
        Assert.Equal(shards.Select(shard => shard.Name).Order(), opened.Shards.Select(shard => shard.Name).Order());
        Assert.Empty(opened.MissingShards);
        Assert.Contains($"{opened.Windows} windows of [8,3]", opened.ToString(), StringComparison.Ordinal);
        Assert.Contains("statistics", statistics.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Estimates_are_within_their_error_of_the_exact_statistics()
    {
        Episode[] episodes = CountedShards.Episodes(6, 40, 3);
        TrainingOptions options = CountedShards.Options with { EstimateStatistics = true };

        (CorpusPart estimated, CorpusPart coefficients) = await _shards.CountAsync(CountedShards.Deal(episodes, 4, 0), options);
        (CorpusPart exact, _) = await _shards.CountAsync(CountedShards.Deal(episodes, 4, 0), CountedShards.Options);

        ActionStatistics estimate = estimated.ReadStatistics(Token), truth = exact.ReadStatistics(Token);
        Assert.Null(exact.RelativeError);
        Assert.Equal((estimated.RelativeError, truth.Count), (coefficients.RelativeError, estimate.Count));
        Assert.Equal(truth.Min, estimate.Min);
        Assert.Equal(truth.Max, estimate.Max);
        for (int d = 0; d < 3; d++)
        {
            Assert.Equal(truth.Mean![d], estimate.Mean![d], 1e-12);
            Assert.Equal(truth.Std![d], estimate.Std![d], 1e-12);
            Assert.Equal(truth.Q01![d], estimate.Q01![d], estimated.RelativeError!.Value * Math.Max(Math.Abs(truth.Q01[d]), 1));
            Assert.Equal(truth.Q99![d], estimate.Q99![d], estimated.RelativeError!.Value * Math.Max(Math.Abs(truth.Q99[d]), 1));
        }

        // All in one shard it is what the accumulator itself says.
        var accumulator = new StreamingStatisticsAccumulator(3);
        foreach (Episode episode in episodes.Where(episode => episode.Steps >= 8)) accumulator.Add(episode.Actions.Span);
        AssertSameBits(
            accumulator.ToStatistics(),
            (await _shards.StatisticsAsync(new EpisodeList(episodes), options)).ReadStatistics(Token));
    }

    [Fact]
    public async Task Missing_shards_are_named()
    {
        EpisodeList[] shards = CountedShards.Deal(CountedShards.Episodes(7, 9, 3), 3, 0);
        CorpusPart[] statistics = [.. await Task.WhenAll(shards.Select(shard => _shards.StatisticsAsync(shard)))];
        CorpusPart all = await _shards.MergeAsync(statistics);

        CorpusPart last = await _shards.CoefficientsAsync(shards[2], all);
        CorpusPart merged = await _shards.MergeAsync(last, await _shards.CoefficientsAsync(shards[0], all));

        Assert.Equal(["shard 1"], merged.MissingShards);
    }

    [Fact]
    public async Task Exact_statistics_from_runs_have_the_bits_of_the_accumulator()
    {
        var random = new Random(8);
        for (int trial = 0; trial < 60; trial++)
        {
            // Few values many times, or many; far from zero, denormal and huge ones.
            int count = random.Next(1, trial < 30 ? 12 : 400), kinds = random.Next(1, count + 1);
            double scale = Math.Pow(10, random.Next(-310, 99)), offset = random.Next(3) == 0 ? scale * 1000 : 0;
            double[] choices = [.. Enumerable.Range(0, kinds).Select(_ => offset + (scale * ((random.NextDouble() * 2) - 1)))];
            double[] values = [.. Enumerable.Range(0, count).Select(_ => choices[random.Next(kinds)])];
            var accumulator = new StatisticsAccumulator(1);
            accumulator.Add(values);

            CorpusPart part = await _shards.StatisticsAsync(
                new EpisodeList([new Episode("e", values, 1)]), new TrainingOptions { Horizon = 1 }, random.Next(1, 5000));

            AssertSameBits(accumulator.ToStatistics(), part.ReadStatistics(Token));
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertSameBits(ActionStatistics expected, ActionStatistics actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach ((IReadOnlyList<double>? one, IReadOnlyList<double>? other) in Fields(expected).Zip(Fields(actual)))
            Assert.Equal(one!.Select(BitConverter.DoubleToInt64Bits), other!.Select(BitConverter.DoubleToInt64Bits));

        static IReadOnlyList<double>?[] Fields(ActionStatistics s) => [s.Min, s.Max, s.Mean, s.Std, s.Q01, s.Q10, s.Q50, s.Q90, s.Q99];
    }
}
