using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Training.Parts;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Tests.Training;

public sealed class CountedTrainingTests : IDisposable
{
    private static readonly Dictionary<string, TrainingOptions> _trainings = new()
    {
        ["plain"] = CountedShards.Options,
        ["byte-level"] = CountedShards.Options with { Alphabet = AlphabetKind.ByteLevel, Stride = 1 },
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
        ["per time step"] = CountedShards.Options with { Normalization = new() { PerTimestep = true, Method = NormalizationMethod.MinMax } },
        ["clipped"] = CountedShards.Options with
        {
            Normalization = new() { Clip = true, Mask = [false, true, true, true], Weights = [1, 2, 0.5, 1] },
            AlphabetMargin = 0,
        },
    };

    private static readonly string[] _names = ["a", "b", "c", "d"];

    private readonly TemporaryFolder _folder = new();
    private readonly CountedShards _shards;

    public CountedTrainingTests() => _shards = new CountedShards(_folder.FullPath);

    public static TheoryData<string> Trainings => new(_trainings.Keys);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Trainings))]
    public async Task The_folder_is_that_of_one_machine_whatever_the_partition_the_grouping_and_the_memory(string name)
    {
        TrainingOptions options = _trainings[name];
        for (int seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            Episode[] episodes =
                CountedShards.Episodes(seed, random.Next(3, 20), 4, withStates: name == "relative", withMasks: name == "masks");
            TrainingResult one = await new ActionTokenizerTrainer(options).TrainAsync(
                new EpisodeList(episodes) { Rate = 10, DimensionNames = _names }, null, Token);
            Assert.True(one.Tokenizer.Definition.Vocabulary.Merges.Length > 20);
            SortedDictionary<string, string> expected = Saved(one);

            CorpusPart counts = await CountAsync(episodes, random.Next(1, Math.Min(8, episodes.Length)), options, seed);
            foreach (long? memory in (long?[])[null, 1, 5000])
            {
                TrainingResult counted =
                    await new ActionTokenizerTrainer(OfVocabulary(options) with { MemoryLimit = memory }).TrainAsync(counts, null, Token);

                Assert.Null(counted.HeldOut);
                Assert.Equal(expected, Saved(counted));
            }

            // The same options as for episodes are no contradiction.
            Assert.Equal(expected, Saved(await new ActionTokenizerTrainer(options).TrainAsync(counts, null, Token)));
        }
    }

    [Fact]
    public async Task What_differs_from_what_was_counted_with_is_refused_by_name()
    {
        CorpusPart counts = await CountAsync(CountedShards.Episodes(1, 6, 4), 2, CountedShards.Options, 1);

        await RefusedAsync("a horizon of 9 is given", "counted with 8", new() { Horizon = 9 });
        await RefusedAsync("a horizon in seconds of 0.5 is given", "a horizon of 8 steps at 10 per second", new() { HorizonSeconds = 0.5 });
        await RefusedAsync("a rate of 20 is given", "counted with 10", new() { Rate = 20 });
        await RefusedAsync("a stride of 3 is given", "counted with 2", new() { Stride = 3 });
        await RefusedAsync("a scale of 11 is given", "counted with 10", new() { Scale = 11 });
        await RefusedAsync("the order DimensionMajor is given", "FrequencyMajor", new() { Order = CoefficientOrder.DimensionMajor });
        await RefusedAsync("estimating statistics True is given", "counted with False", new() { EstimateStatistics = true });
        await RefusedAsync("encoded dimensions 1, 0 is given", "counted with none", new() { EncodedDimensions = [1, 0] });
        await RefusedAsync("an action space is given", "was not counted in", new() { ActionSpace = _trainings["relative"].ActionSpace });
        await RefusedAsync(
            "the normalization MinMax is given", "Quantile01To99", new() { Normalization = new() { Method = NormalizationMethod.MinMax } });
        await RefusedAsync("the formula OpenPi", "Exact", new() { Normalization = new() { Formula = NormalizationFormula.OpenPi } });
        await RefusedAsync("clipping True", "False", new() { Normalization = new() { Clip = true } });
        await RefusedAsync("statistics per time step True", "False", new() { Normalization = new() { PerTimestep = true } });
        await RefusedAsync("a mask of True, False", "none", new() { Normalization = new() { Mask = [true, false] } });
        await RefusedAsync("weights of 1, 0.5", "none", new() { Normalization = new() { Weights = [1, 0.5] } });
        await RefusedAsync("a normalizer is given", "one of their own", new() { Normalizer = ActionNormalizer.Identity(4) });

        // What is the same is no contradiction.
        await new ActionTokenizerTrainer(new() { HorizonSeconds = 0.8, Rate = 10, Stride = 2, Normalization = new() }).TrainAsync(
            counts, null, Token);

        Task RefusedAsync(string given, string counted, TrainingOptions options) => CountedTrainingTests.RefusedAsync<ArgumentException>(
            () => new ActionTokenizerTrainer(options).TrainAsync(counts, null, Token), given, counted);
    }

    [Fact]
    public async Task What_needs_episodes_is_refused_with_the_reason()
    {
        CorpusPart counts = await CountAsync(CountedShards.Episodes(1, 6, 4), 2, CountedShards.Options, 1);

        await RefusedAsync("a share to hold out", "hold out whole shards", new() { HoldoutFraction = 0.1 });
        await RefusedAsync("pruning is asked for", "encoding windows of the episodes", new() { Pruning = new() });
        await RefusedAsync("reconstruction points are asked for", "means over windows", new() { Reconstruction = EncodeMode.Canonical });

        Task RefusedAsync(string what, string why, TrainingOptions options) => CountedTrainingTests.RefusedAsync<ArgumentException>(
            () => new ActionTokenizerTrainer(options).TrainAsync(counts, null, Token), what, why);
    }

    [Fact]
    public async Task Counts_that_no_tokenizer_can_be_trained_on_are_refused()
    {
        EpisodeList[] shards = CountedShards.Deal(CountedShards.Episodes(1, 6, 4), 3, 1);
        CorpusPart statistics = await _shards.MergeAsync(
            await _shards.StatisticsAsync(shards[0]), await _shards.StatisticsAsync(shards[1]), await _shards.StatisticsAsync(shards[2]));
        CorpusPart first = await _shards.CoefficientsAsync(shards[0], statistics);
        var brief = new EpisodeList([new Episode("e", new double[12], 4)], "brief") { Rate = 10 };
        CorpusPart ofBrief = await _shards.StatisticsAsync(brief);
        CorpusPart empty = await _shards.CoefficientsAsync(brief, ofBrief);

        await RefusedAsync(statistics, statistics.Name, "holds statistics: count the coefficients");
        await RefusedAsync(first, first.Name, "lacks shard 'shard ", "and 1 more");
        await RefusedAsync(await _shards.MergeAsync(first, await _shards.CoefficientsAsync(shards[1], statistics)), "lacks shard 'shard 2',");
        await RefusedAsync(empty, empty.Name, "holds no window", "8 steps");

        Task RefusedAsync(CorpusPart counts, params string[] says) => CountedTrainingTests.RefusedAsync<InvalidDataException>(
            () => new ActionTokenizerTrainer(new()).TrainAsync(counts, null, Token), says);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1L)]
    public async Task Counts_that_were_changed_after_they_were_opened_are_refused(long? memory)
    {
        CorpusPart counts = await CountAsync(CountedShards.Episodes(3, 12, 4), 2, CountedShards.Options, 1);
        byte[] bytes = File.ReadAllBytes(counts.Name);
        for (int place = 20; place < counts.Length - 2000; place += 97)
        {
            byte[] edited = [.. bytes];
            edited[place] ^= 4;
            CorpusPart part = CorpusPart.Open(() => new MemoryStream(edited), "edited.part");

            await RefusedAsync<InvalidDataException>(
                () => new ActionTokenizerTrainer(new() { MemoryLimit = memory }).TrainAsync(part, null, Token), "edited.part");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static TrainingOptions OfVocabulary(TrainingOptions options) => new()
    {
        Vocabulary = options.Vocabulary,
        Alphabet = options.Alphabet,
        AlphabetMargin = options.AlphabetMargin,
    };

    private static async Task RefusedAsync<T>(Func<Task<TrainingResult>> work, params string[] says)
        where T : Exception
    {
        T problem = await Assert.ThrowsAsync<T>(work);
        foreach (string text in says) Assert.Contains(text, problem.Message, StringComparison.Ordinal);
    }

    private static SortedDictionary<string, string> Saved(TrainingResult result)
    {
        using var folder = new TemporaryFolder();
        result.Tokenizer.Save(folder.FullPath);
        return folder.Snapshot();
    }

    private async Task<CorpusPart> CountAsync(Episode[] episodes, int shards, TrainingOptions options, int seed)
    {
        EpisodeList[] dealt = CountedShards.Deal(episodes, shards, seed, _names);
        var statistics = new List<CorpusPart>();
        foreach (EpisodeList shard in dealt) statistics.Add(await _shards.StatisticsAsync(shard, options, memory: 3000));
        CorpusPart all = await _shards.MergeAtRandomAsync(statistics, seed);
        var counting = new CoefficientCountOptions { Scale = options.Scale, Normalization = options.Normalization, Order = options.Order };
        var coefficients = new List<CorpusPart>();
        foreach (EpisodeList shard in dealt) coefficients.Add(await _shards.CoefficientsAsync(shard, all, counting, memory: 3000));
        return await _shards.MergeAtRandomAsync(coefficients, seed + 1);
    }
}
