using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training.Parts;
using Fast.Tokenizer.Training.Tests.Parts;

namespace Fast.Tokenizer.Training.Tests;

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

    [Theory]
    [InlineData(AlphabetKind.Integer, CorpusShares.Size)]
    [InlineData(AlphabetKind.Integer, CorpusShares.Equal)]
    [InlineData(AlphabetKind.ByteLevel, CorpusShares.Equal)]
    public async Task The_folder_for_several_robots_is_that_of_one_machine(AlphabetKind alphabet, CorpusShares shares)
    {
        TrainingOptions options = CountedShards.Options with { Alphabet = alphabet };
        for (int seed = 0; seed < 3; seed++)
        {
            (string Name, double Weight, Episode[] Episodes)[] robots =
            [
                ("arm", 1, CountedShards.Episodes(seed, 9, 4)), ("hand", 2.5, CountedShards.Episodes(seed + 10, 5, 2)),
                ("base", 3, CountedShards.Episodes(seed + 20, 3, 1)),
            ];
            UniversalTrainingResult one = await new UniversalTrainer(new() { Training = options, Shares = shares }).TrainAsync(
                [
                    .. robots.Select(robot => new EmbodimentSource
                    {
                        Name = robot.Name, Source = new EpisodeList(robot.Episodes) { Rate = 10 }, Weight = robot.Weight,
                    }),
                ],
                null, Token);
            var counts = new List<EmbodimentCounts>();
            foreach ((string name, double weight, Episode[] episodes) in robots)
            {
                CorpusPart part = (await _shards.CountAsync(CountedShards.Deal(episodes, 1 + (seed % 3), seed), options)).Coefficients;
                counts.Add(new EmbodimentCounts { Name = name, Counts = part, Weight = weight });
            }

            foreach (long? memory in (long?[])[null, 1])
            {
                var trainer = new UniversalTrainer(new() { Training = OfVocabulary(options) with { MemoryLimit = memory }, Shares = shares });
                UniversalTrainingResult counted = await trainer.TrainAsync(counts, null, Token);

                Assert.Equal(Saved(one.Tokenizer), Saved(counted.Tokenizer));
                Assert.Equal(one.Embodiments.Select(robot => robot.Training), counted.Embodiments.Select(robot => robot.Training));
                Assert.Equal(one.Embodiments.Select(robot => robot.Repetitions), counted.Embodiments.Select(robot => robot.Repetitions));
                Assert.Equal(1, counted.Embodiments.Sum(robot => robot.Share), 1e-12);
            }
        }
    }

    [Fact]
    public async Task Robots_that_were_counted_differently_are_refused_by_name()
    {
        EpisodeList[] arms = CountedShards.Deal(CountedShards.Episodes(1, 6, 4), 1, 1);
        EpisodeList[] hands = CountedShards.Deal(CountedShards.Episodes(2, 6, 3), 1, 1);
        EmbodimentCounts named = new() { Name = "arm", Counts = (await _shards.CountAsync(arms, CountedShards.Options)).Coefficients };

        await RefusedAsync(CountedShards.Options with { Scale = 11 }, "data set 'hand': the scale of another data set 10 is given, but ", "11");
        await RefusedAsync(CountedShards.Options with { Stride = 3 }, "data set 'hand': the stride of another data set 2 is given, but ", "3");
        await RefusedAsync(
            CountedShards.Options with { Order = CoefficientOrder.DimensionMajor }, "data set 'hand': the order of another data set");
        await Assert.ThrowsAsync<ArgumentException>(() => Trainer().TrainAsync([named, named], null, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Trainer().TrainAsync([named with { Weight = 0 }], null, Token));
        await Assert.ThrowsAsync<ArgumentException>(
            () => new UniversalTrainer(new() { LeftOut = ["arm"] }).TrainAsync([named, named with { Name = "b" }], null, Token));

        async Task RefusedAsync(TrainingOptions options, params string[] says)
        {
            CorpusPart hand = (await _shards.CountAsync(hands, options)).Coefficients;
            var problem = await Assert.ThrowsAsync<ArgumentException>(
                () => Trainer().TrainAsync([named, new EmbodimentCounts { Name = "hand", Counts = hand }], null, Token));
            foreach (string text in says) Assert.Contains(text, problem.Message, StringComparison.Ordinal);
        }

        static UniversalTrainer Trainer() => new(new() { Training = OfVocabulary(CountedShards.Options) });
    }

    [Fact]
    public void Weighted_parts_are_one_corpus_with_each_sequence_once()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var expected = new SequenceCorpus();
            var parts = new List<(ICountedSequences, long)>();
            for (int part = random.Next(1, 5); part > 0; part--)
            {
                // Parts have chunks of two lengths: with short ones, sequences often differ in the zeros at their ends alone.
                var corpus = new SequenceCorpus();
                int length = random.Next(2, 4);
                for (int i = random.Next(1, 30); i > 0; i--)
                    corpus.Add([.. Enumerable.Range(0, length).Select(_ => random.Next(-2, 2))], random.Next(1, 4));
                long repetitions = random.Next(1, 4);
                expected.Add(corpus, repetitions);
                parts.Add((new AscendingSequences(corpus), repetitions));
            }

            var weighted = new WeightedSequences(parts, Token);

            ICountedSequences same = expected;
            Assert.Equal(CountedShards.Counts(same), CountedShards.Counts(weighted));
            Assert.Equal(
                (same.DistinctCount, same.TotalCount, same.ValueCount, same.Mass, same.MinValue, same.MaxValue),
                (weighted.DistinctCount, weighted.TotalCount, weighted.ValueCount, weighted.Mass, weighted.MinValue, weighted.MaxValue));
        }

        var large = new SequenceCorpus();
        large.Add([1, 2], 1L << 40);
        Assert.Throws<ArgumentException>("parts", () => new WeightedSequences([(large, 1L << 22)], Token));
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

    private static SortedDictionary<string, string> Saved(TrainingResult result) => Saved(result.Tokenizer);

    private static SortedDictionary<string, string> Saved(FastActionTokenizer tokenizer)
    {
        using var folder = new TemporaryFolder();
        tokenizer.Save(folder.FullPath);
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

    // In the order in which a part has them.
    private sealed class AscendingSequences(SequenceCorpus corpus) : ICountedSequences
    {
        private readonly ICountedSequences _corpus = corpus;

        public long DistinctCount => _corpus.DistinctCount;

        public long ValueCount => _corpus.ValueCount;

        public long TotalCount => _corpus.TotalCount;

        public long Mass => _corpus.Mass;

        public int MinValue => _corpus.MinValue;

        public int MaxValue => _corpus.MaxValue;

        public ICountedSequenceReader Read()
        {
            var all = new List<(string Key, short[] Head, int Length, long Count)>();
            using ICountedSequenceReader reader = _corpus.Read();
            while (reader.Next())
            {
                var key = new byte[SequenceKey.MaxLength(reader.Length)];
                all.Add((Convert.ToHexString(key, 0, SequenceKey.Write(reader.Head, key)), reader.Head.ToArray(), reader.Length, reader.Count));
            }

            return new Reader([.. all.OrderBy(one => one.Key, StringComparer.Ordinal)]);
        }

        private sealed class Reader((string Key, short[] Head, int Length, long Count)[] all) : ICountedSequenceReader
        {
            private int _at = -1;

            public ReadOnlySpan<short> Head => all[_at].Head;

            public int Length => all[_at].Length;

            public long Count => all[_at].Count;

            public bool Next() => ++_at < all.Length;

            public void Dispose()
            {
            }
        }
    }
}
