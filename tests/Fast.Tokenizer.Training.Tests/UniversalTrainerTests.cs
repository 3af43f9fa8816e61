using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training.Tests;

public sealed class UniversalTrainerTests
{
    private static readonly TrainingOptions _training = new() { HorizonSeconds = 1, Vocabulary = new() { VocabularySize = 300 } };

    [Fact]
    public async Task Each_data_set_has_its_own_chunks_and_statistics_and_all_have_one_vocabulary()
    {
        EmbodimentSource[] sources = [Source("arm", 3, 10, 60, 45), Source("hand", 7, 20, 80), Source("base", 1, 5, 33, 4)];

        UniversalTrainingResult result = await TrainAsync(_training, sources);

        Assert.Equal(["arm", "hand", "base"], result.Embodiments.Select(embodiment => embodiment.Name));
        foreach (EmbodimentSource source in sources)
        {
            TrainingResult alone = await new ActionTokenizerTrainer(_training).TrainAsync(source.Source, null, Token);
            FastActionTokenizer tokenizer = result.Tokenizer.For(source.Name);
            Assert.Equal(alone.Tokenizer.Definition.Metadata, tokenizer.Definition.Metadata);
            Assert.Equal(alone.Tokenizer.Definition.Normalizer!.Statistics.Q99, tokenizer.Definition.Normalizer!.Statistics.Q99);
            Assert.Same(result.Tokenizer.Definition.Vocabulary, tokenizer.Definition.Vocabulary);
            EmbodimentResult embodiment = result.Embodiments.Single(one => one.Name == source.Name);
            Assert.Equal(alone.Tokenizer.Definition.Training, embodiment.Training);
            Assert.Equal((1L, null), (embodiment.Repetitions, embodiment.HeldOut));
        }

        TrainingFacts facts = result.Tokenizer.Definition.Training!;
        Assert.Equal((4, 1, 0), (facts.Episodes, facts.SkippedEpisodes, facts.HeldOutEpisodes));
        Assert.Equal(51 + 36 + 61 + 29, facts.Windows);
        Assert.Equal(result.Embodiments.Min(embodiment => embodiment.Training.MinCoefficient), facts.MinCoefficient);
        Assert.Equal(result.Embodiments.Max(embodiment => embodiment.Training.MaxCoefficient), facts.MaxCoefficient);
        Assert.Equal(1, result.Embodiments.Sum(embodiment => embodiment.Share), 1e-12);
    }

    [Fact]
    public async Task The_vocabulary_is_that_of_the_coefficients_of_all_data_sets()
    {
        EmbodimentSource[] sources = [Source("arm", 3, 10, 60, 45), Source("hand", 5, 20, 80)];

        FastTokenizerDefinition definition = (await TrainAsync(_training, sources)).Tokenizer.Definition;

        var corpus = new SequenceCorpus();
        foreach (EmbodimentSource source in sources) await AddAsync(corpus, source, 1);
        Assert.Equal(
            BpeTrainer.Train(
                corpus, definition.Alphabet.MinCoefficient, definition.Alphabet.SymbolCount, _training.Vocabulary, null, Token).Merges,
            definition.Vocabulary.Merges);
        Assert.InRange(definition.Vocabulary.Merges.Length, 50, 300);
    }

    [Theory]
    [InlineData(2, 1, 3, AlphabetKind.Integer)]
    [InlineData(1, 5, 1, AlphabetKind.Integer)]
    [InlineData(3, 1, 2, AlphabetKind.ByteLevel)]
    public async Task A_weight_is_so_many_recordings_of_the_same_episodes(int arm, int hand, int third, AlphabetKind alphabet)
    {
        TrainingOptions training = _training with { Alphabet = alphabet };
        (string Name, int Weight, Episode[] Episodes, double Rate)[] sets =
        [
            ("arm", arm, ScriptedEpisodes.Smooth(3, 30, 25), 10), ("hand", hand, ScriptedEpisodes.Smooth(5, 40), 20),
            ("base", third, ScriptedEpisodes.Smooth(1, 50, 12), 5),
        ];

        UniversalTrainingResult weighted = await TrainAsync(
            training, [.. sets.Select(set => Source(set.Name, set.Episodes, set.Rate) with { Weight = set.Weight })]);

        // Statistics of repeated episodes differ in their quantiles, which are of more steps.
        UniversalTrainingResult repeated = await TrainAsync(training, [.. sets.Select(set =>
            Source(set.Name, [.. Enumerable.Repeat(set.Episodes, set.Weight).SelectMany(episodes => episodes)], set.Rate) with
            {
                Normalizer = weighted.Tokenizer.For(set.Name).Definition.Normalizer,
            })]);

        Assert.Equal(repeated.Tokenizer.Definition.Vocabulary.Merges, weighted.Tokenizer.Definition.Vocabulary.Merges);
        Assert.Equal(sets.Select(set => (long)set.Weight), weighted.Embodiments.Select(embodiment => embodiment.Repetitions));
        for (int i = 0; i < sets.Length; i++) Assert.Equal(repeated.Embodiments[i].Share, weighted.Embodiments[i].Share, 1e-12);
    }

    [Fact]
    public async Task Weights_in_one_proportion_are_the_same_weights()
    {
        EmbodimentSource arm = Source("arm", 3, 10, 30, 25), hand = Source("hand", 5, 20, 40);

        BpeMerge[] small = await MergesAsync(arm with { Weight = 0.5 }, hand with { Weight = 0.75 });
        BpeMerge[] large = await MergesAsync(arm with { Weight = 200 }, hand with { Weight = 300 });
        BpeMerge[] other = await MergesAsync(arm with { Weight = 200 }, hand with { Weight = 301 });

        Assert.Equal(small, large);
        Assert.NotEqual(small, await MergesAsync(arm, hand));
        Assert.NotEqual(small, other);

        // What must occur twice still must in the data set that weighs least, where 2 and 3 stand for once.
        Assert.Equal(2, (await TrainAsync(_training, arm with { Weight = 0.5 }, hand with { Weight = 0.75 })).Embodiments[0].Repetitions);

        async Task<BpeMerge[]> MergesAsync(params EmbodimentSource[] sources) =>
            (await TrainAsync(_training, sources)).Tokenizer.Definition.Vocabulary.Merges.ToArray();
    }

    [Fact]
    public async Task The_least_frequency_counts_windows_of_the_data_set_that_weighs_least()
    {
        // One window: no pair that occurs once is merged, whatever the common factor of the weights.
        var only = new Episode("e", new double[] { 0, 0.9, -0.4, 0.2, 0.7, -1, 0.3, 1 }, 1);
        TrainingOptions training = _training with { Horizon = 8, HorizonSeconds = null };
        EmbodimentSource one = Source("one", [only], 10) with { Weight = 2 }, other = Source("other", [only], 10) with { Weight = 3 };
        UniversalTrainingResult apart = await TrainAsync(
            training with { Vocabulary = training.Vocabulary with { MinFrequency = 3 } }, one, other);

        // Together the two are 2.5 of the lesser one.
        Assert.Equal([2L, 3L], apart.Embodiments.Select(embodiment => embodiment.Repetitions));
        Assert.Equal(0, apart.Tokenizer.Definition.Vocabulary.Merges.Length);
        Assert.NotEqual(0, (await TrainAsync(training, one, other)).Tokenizer.Definition.Vocabulary.Merges.Length);
    }

    [Fact]
    public async Task Equal_shares_are_equal_and_weights_divide_them()
    {
        EmbodimentSource[] sources = [Source("large", 4, 20, 500, 400), Source("small", 2, 5, 12), Source("third", 3, 10, 90)];

        UniversalTrainingResult equal = await RunAsync(new() { Training = _training, Shares = CorpusShares.Equal }, sources);
        UniversalTrainingResult weighted = await RunAsync(
            new() { Training = _training, Shares = CorpusShares.Equal },
            [sources[0], sources[1] with { Weight = 2 }, sources[2] with { Weight = 0.5 }]);
        UniversalTrainingResult bySize = await RunAsync(new() { Training = _training }, sources);

        foreach (EmbodimentResult embodiment in equal.Embodiments) Assert.Equal(1 / 3.0, embodiment.Share, 1e-3);
        foreach ((double share, EmbodimentResult embodiment) in new[] { 1, 2, 0.5 }.Zip(weighted.Embodiments))
            Assert.Equal(share / 3.5, embodiment.Share, 1e-3);
        Assert.InRange(bySize.Embodiments[1].Share, 0.0001, 0.05);
        Assert.NotEqual(equal.Tokenizer.Definition.Vocabulary.Merges.ToArray(), bySize.Tokenizer.Definition.Vocabulary.Merges.ToArray());
    }

    [Fact]
    public async Task Left_out_data_sets_are_compared_with_the_vocabularies_that_were_trained_by_hand()
    {
        TrainingOptions training = _training with { HoldoutFraction = 0.3, AlphabetMargin = 0.3 };
        EmbodimentSource arm = Source("arm", 3, 10, 60, 45, 50), hand = Source("hand", 5, 20, 80, 70, 90);
        EmbodimentSource third = Source("base", 1, 5, 33, 40);

        UniversalTrainingResult result = await RunAsync(new() { Training = training, LeftOut = ["hand", "arm"] }, arm, hand, third);

        UniversalTrainingResult without = await TrainAsync(training, arm, third);
        foreach ((EmbodimentSource source, EmbodimentResult embodiment) in new[] { arm, hand, third }.Zip(result.Embodiments))
        {
            TrainingResult alone = await new ActionTokenizerTrainer(training).TrainAsync(source.Source, null, Token);
            if (source == third)
            {
                Assert.Null(embodiment.LeftOut);
                Assert.Null(embodiment.Own);
            }
            else
            {
                Assert.Equal(alone.HeldOut!.ToJson(), embodiment.Own!.ToJson());
                Assert.Equal(embodiment.HeldOut!.Chunks, embodiment.LeftOut!.Chunks);
            }

            Assert.Equal(alone.HeldOut!.Chunks, embodiment.HeldOut!.Chunks);
        }

        // The statistics are of the data set itself, the vocabulary of the others.
        FastTokenizerDefinition definition = result.Tokenizer.For("hand").Definition;
        var carried = new FastActionTokenizer(new FastTokenizerDefinition
        {
            Scale = definition.Scale,
            Alphabet = without.Tokenizer.Definition.Alphabet,
            Vocabulary = without.Tokenizer.Definition.Vocabulary,
            Normalizer = definition.Normalizer,
            Metadata = definition.Metadata,
        });
        List<Episode> episodes = await hand.Source.ReadEpisodesAsync(Token).ToListAsync(Token);
        var evaluator = new FidelityEvaluator(carried, new(20, 5), definition.Normalizer, definition.Metadata);
        for (int start = 0; start + 20 <= episodes[2].Steps; start++)
            evaluator.Add(ChunkWindows.Slice(episodes[2], start, 20), episodes[2].Name, start);
        Assert.Equal(evaluator.ToReport().ToJson(), result.Embodiments[1].LeftOut!.ToJson());
        Assert.True(result.Embodiments[1].LeftOut!.MeanTokens > result.Embodiments[1].HeldOut!.MeanTokens);
    }

    [Fact]
    public async Task Leaving_out_does_not_change_the_tokenizer()
    {
        using var folder = new TemporaryFolder();
        EmbodimentSource[] sources = [Source("arm", 3, 10, 60, 45), Source("hand", 5, 20, 80, 70)];
        TrainingOptions training = _training with { HoldoutFraction = 0.5 };

        (await TrainAsync(training, sources)).Tokenizer.Save(folder["plain"]);
        (await RunAsync(new() { Training = training, LeftOut = ["arm", "hand"] }, sources)).Tokenizer.Save(folder["compared"]);

        AssertSameBytes(folder, 2, "plain");
    }

    [Fact]
    public async Task What_is_trained_does_not_depend_on_who_is_ready_first()
    {
        using var folder = new TemporaryFolder();
        string[] names = ["arm", "hand", "base", "leg", "head"];
        for (int trial = 0; trial < 6; trial++)
        {
            EmbodimentSource[] sources = [.. names.Select((name, i) => new EmbodimentSource
            {
                Name = name,
                Weight = 1 + (i % 3),
                Source = new LateEpisodes(ScriptedEpisodes.Smooth(i + 1, 60, 40 + i, 50), (trial * (i + 1)) % 4) { Rate = 5 + (5 * i) },
            })];
            (await TrainAsync(_training with { HoldoutFraction = 0.3 }, sources)).Tokenizer.Save(folder[$"{trial}"]);
        }

        AssertSameBytes(folder, 6, "0");
    }

    [Fact]
    public async Task A_saved_folder_gives_the_same_tokens_for_every_robot()
    {
        using var folder = new TemporaryFolder();
        EmbodimentSource[] sources = [Source("arm", 3, 10, 60, 45), Source("hand", 5, 20, 80, 70)];
        FastActionTokenizer trained = (await TrainAsync(_training, sources)).Tokenizer;

        trained.Save(folder["t"]);
        FastActionTokenizer loaded = FastActionTokenizer.Load(folder["t"]);

        foreach (EmbodimentSource source in sources)
        {
            FastActionTokenizer before = trained.For(source.Name), after = loaded.For(source.Name);
            var shape = new ActionShape(before.Definition.Metadata.Horizon!.Value, before.Definition.Metadata.Dimensions!.Value);
            await foreach (Episode episode in source.Source.ReadEpisodesAsync(Token))
            {
                for (int start = 0; start + shape.Horizon <= episode.Steps; start++)
                {
                    ReadOnlySpan<double> chunk = ChunkWindows.Slice(episode, start, shape.Horizon);
                    int[] tokens = before.Encode(chunk, shape);
                    Assert.Equal(tokens, after.Encode(chunk, shape));
                    Assert.Equal(before.Decode(tokens), after.Decode(tokens));
                }
            }
        }
    }

    [Fact]
    public async Task A_data_set_says_what_is_its_own()
    {
        var normalization = new NormalizationOptions { Method = NormalizationMethod.MinMax };
        EmbodimentSource arm = Source("arm", 4, null, 60, 45, 50) with
        {
            Horizon = 7, Rate = 25, Stride = 3, EncodedDimensions = [2, 0], Normalization = normalization, HoldoutFraction = 0.3,
        };

        UniversalTrainingResult result = await TrainAsync(_training, arm, Source("hand", 5, 20, 80) with { HorizonSeconds = 0.5 });

        FastTokenizerDefinition definition = result.Tokenizer.For("arm").Definition;
        Assert.Equal((7, 2, 25.0), (definition.Metadata.Horizon, definition.Metadata.Dimensions, definition.Metadata.Rate));
        Assert.Equal([2, 0], definition.Metadata.EncodedDimensions!);
        Assert.Equal(NormalizationMethod.MinMax, definition.Normalizer!.Options.Method);
        TrainingFacts facts = result.Embodiments[0].Training;
        Assert.Equal((3, 2, 1), (facts.Stride, facts.Episodes, facts.HeldOutEpisodes));
        Assert.Equal(15, result.Embodiments[0].HeldOut!.Chunks);
        Assert.Equal(10, result.Tokenizer.For("hand").Definition.Metadata.Horizon);
        Assert.Null(result.Embodiments[1].HeldOut);
    }

    [Fact]
    public async Task Each_robot_has_its_own_action_space_and_statistics_of_what_is_encoded()
    {
        TrainingOptions training = _training with { HoldoutFraction = 0.5 };
        var space = new ActionSpace(
            new ActionDimension { Reference = ActionReference.State }, new ActionDimension { Encoded = false, Fill = 7 }, new ActionDimension());
        Episode[] episodes = [.. ScriptedEpisodes.Smooth(3, 60, 45).Select(episode =>
            new Episode(episode.Name, episode.Actions, 3) { States = episode.Actions, StateDimensions = 3 })];
        EmbodimentSource arm = Source("arm", episodes, 10) with { ActionSpace = space };

        UniversalTrainingResult result = await RunAsync(
            new() { Training = training, LeftOut = ["arm"] }, arm, Source("hand", 5, 20, 80, 70));

        TrainingResult alone = await new ActionTokenizerTrainer(training with { ActionSpace = space }).TrainAsync(arm.Source, null, Token);
        FastActionTokenizer tokenizer = result.Tokenizer.For("arm");
        Assert.Same(space, tokenizer.Definition.ActionSpace);
        Assert.Null(result.Tokenizer.For("hand").Definition.ActionSpace);
        Assert.Equal(2, tokenizer.Definition.Normalizer!.Dimensions);
        Assert.Equal(alone.Tokenizer.Definition.Normalizer!.Statistics.Q01, tokenizer.Definition.Normalizer.Statistics.Q01);
        Assert.Equal(alone.HeldOut!.ToJson(), result.Embodiments[0].Own!.ToJson());
        Assert.Equal(alone.HeldOut.Rmse, result.Embodiments[0].HeldOut!.Rmse, 0.02);
    }

    [Fact]
    public async Task Reconstruction_points_are_of_each_robot()
    {
        TrainingOptions training = _training with { Reconstruction = EncodeMode.Canonical, HoldoutFraction = 0.5 };
        EmbodimentSource[] sources = [Source("arm", 3, 10, 90, 45, 60, 50), Source("hand", 5, 20, 80, 70)];

        UniversalTrainingResult result = await RunAsync(new() { Training = training, LeftOut = ["arm"] }, sources);

        Assert.Equal(new(10, 3), result.Tokenizer.For("arm").Definition.Reconstruction!.Shape);
        Assert.Equal(new(20, 5), result.Tokenizer.For("hand").Definition.Reconstruction!.Shape);
        TrainingResult alone = await new ActionTokenizerTrainer(training).TrainAsync(sources[0].Source, null, Token);
        Assert.Equal(alone.HeldOut!.ToJson(), result.Embodiments[0].Own!.ToJson());
    }

    [Fact]
    public async Task Progress_counts_episodes_of_all_data_sets_and_ends_full()
    {
        var seen = new List<TrainingProgress>();
        EmbodimentSource[] sources = [Source("arm", 3, 10, 60, 45, 50), Source("hand", 5, 20, 80, 70)];

        await new UniversalTrainer(new() { Training = _training with { HoldoutFraction = 0.3 }, LeftOut = ["arm", "hand"] })
            .TrainAsync(sources, new Reports(seen), Token);

        foreach (IGrouping<TrainingStage, TrainingProgress> stage in seen.GroupBy(one => one.Stage))
        {
            Assert.Equal(stage.Select(one => one.Done).Order(), stage.Select(one => one.Done));
            Assert.Equal(stage.Last().Total, stage.Last().Done);
        }

        Assert.Equal(
            [(TrainingStage.Statistics, 3L), (TrainingStage.Coefficients, 3), (TrainingStage.Evaluation, 2), (TrainingStage.Comparison, 4)],
            seen.Where(one => one.Stage != TrainingStage.Vocabulary)
                .GroupBy(one => one.Stage)
                .Select(stage => (stage.Key, stage.Last().Done))
                .OrderBy(stage => stage.Key));
    }

    [Fact]
    public async Task Wrong_names_and_weights_are_refused_before_anything_is_read()
    {
        var script = new ScriptedEpisodes(_ => throw new InvalidOperationException("read")) { Rate = 10 };
        EmbodimentSource arm = new() { Name = "arm", Source = script };

        await RefusedAsync(new(), [], "no data set");
        await RefusedAsync(new(), [arm, arm with { Weight = 2 }], "two data sets are called 'arm'");
        await RefusedAsync(new(), [arm with { Name = " " }], "has no name");
        foreach (double weight in (double[])[0, -1, double.NaN, double.PositiveInfinity])
            await RefusedAsync(new(), [arm with { Weight = weight }], "'arm' has a weight of ");
        await RefusedAsync(
            new() { LeftOut = ["leg"] }, [arm, arm with { Name = "hand" }], "no data set 'leg' to leave out: there are arm, hand");
        await RefusedAsync(new() { LeftOut = ["arm"] }, [arm], "without 'arm' there is no data set left");
        Assert.Contains(
            "twice",
            Assert.Throws<ArgumentException>(() => new UniversalTrainer(new() { LeftOut = ["a", "b", "a"] })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "pruning",
            Assert.Throws<ArgumentException>(() => new UniversalTrainer(new() { Training = new() { Pruning = new() } })).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new UniversalTrainer(new() { Shares = (CorpusShares)7 }));
        Assert.Throws<ArgumentException>(() => new UniversalTrainer(new() { Training = new() { Stride = 0 } }));
        Assert.Equal(0, script.Readings);

        static async Task RefusedAsync(UniversalTrainingOptions options, EmbodimentSource[] sources, string says)
        {
            ArgumentException problem = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(options, sources));
            Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_data_set_that_cannot_be_trained_on_is_named()
    {
        EmbodimentSource arm = Source("arm", 3, 10, 60, 45), bad = Source("hand", 5, 20, 19, 12);

        var brief = await Assert.ThrowsAsync<InvalidDataException>(() => TrainAsync(_training, arm, bad));
        Assert.Contains("data set 'hand': none of the 2 episodes", brief.Message, StringComparison.Ordinal);

        var unrated = await Assert.ThrowsAsync<ArgumentException>(() => TrainAsync(_training, arm, Source("hand", 5, null, 80)));
        Assert.Contains("data set 'hand': episodes in memory does not say its rate", unrated.Message, StringComparison.Ordinal);

        var undivided = await Assert.ThrowsAsync<InvalidDataException>(
            () => TrainAsync(_training with { HoldoutFraction = 0.2 }, arm, Source("hand", 5, 20, 80)));
        Assert.Contains("data set 'hand': 1 episode(s)", undivided.Message, StringComparison.Ordinal);

        var unheld = await Assert.ThrowsAsync<ArgumentException>(
            () => RunAsync(new() { Training = _training, LeftOut = ["hand"] }, arm, Source("hand", 5, 20, 80)));
        Assert.Contains("nothing is held out of data set 'hand'", unheld.Message, StringComparison.Ordinal);

        var twice = await Assert.ThrowsAsync<ArgumentException>(() => TrainAsync(_training, arm with { Horizon = 5, HorizonSeconds = 1 }));
        Assert.Contains("data set 'arm': give the horizon either in steps or in seconds", twice.Message, StringComparison.Ordinal);

        var apart = await Assert.ThrowsAsync<ArgumentException>(
            () => TrainAsync(_training, arm with { Weight = 1e-5 }, Source("hand", 5, 20, 80) with { Weight = 1e5 }));
        Assert.Contains("1000000 times apart", apart.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Training_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        EmbodimentSource[] sources = [Source("arm", 3, 10, 60, 45), Source("hand", 5, 20, 80)];
        var progress = new Stopping(stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new UniversalTrainer(new() { Training = _training }).TrainAsync(sources, progress, stop.Token));
    }

    private static void AssertSameBytes(TemporaryFolder folder, int folders, string first)
    {
        SortedDictionary<string, string> files = folder.Snapshot();
        Assert.Equal(folders * files.Keys.Count(path => path.StartsWith(first, StringComparison.Ordinal)), files.Count);
        foreach ((string path, string bytes) in files) Assert.Equal(files[Path.Combine(first, Path.GetFileName(path))], bytes);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<UniversalTrainingResult> TrainAsync(TrainingOptions training, params EmbodimentSource[] sources) =>
        RunAsync(new UniversalTrainingOptions { Training = training }, sources);

    private static Task<UniversalTrainingResult> RunAsync(UniversalTrainingOptions options, params EmbodimentSource[] sources) =>
        new UniversalTrainer(options).TrainAsync(sources, null, Token);

    private static EmbodimentSource Source(string name, int dimensions, double? rate, params int[] steps) =>
        Source(name, ScriptedEpisodes.Smooth(dimensions, steps), rate);

    private static EmbodimentSource Source(string name, Episode[] episodes, double? rate) =>
        new() { Name = name, Source = new EpisodeList(episodes) { Rate = rate } };

    private static async Task AddAsync(SequenceCorpus corpus, EmbodimentSource source, long count)
    {
        // A trained tokenizer's own coefficients, found by decoding what it encodes.
        TrainingResult alone = await new ActionTokenizerTrainer(_training).TrainAsync(source.Source, null, Token);
        FastTokenizerDefinition definition = alone.Tokenizer.Definition;
        var shape = new ActionShape(definition.Metadata.Horizon!.Value, definition.Metadata.Dimensions!.Value);
        await foreach (Episode episode in source.Source.ReadEpisodesAsync(Token))
        {
            for (int start = 0; start + shape.Horizon <= episode.Steps; start++)
            {
                var coefficients = new List<int>();
                foreach (int token in alone.Tokenizer.Encode(ChunkWindows.Slice(episode, start, shape.Horizon), shape))
                {
                    foreach (int symbol in definition.Vocabulary.GetSymbols(token))
                        coefficients.Add(symbol + definition.Alphabet.MinCoefficient);
                }

                corpus.Add(coefficients.ToArray(), count);
            }
        }
    }

    private sealed class LateEpisodes(Episode[] episodes, int milliseconds) : IEpisodeSource
    {
        public string Name => "late";

        public IReadOnlyList<string>? DimensionNames => null;

        public double? Rate { get; init; }

        public async IAsyncEnumerable<Episode> ReadEpisodesAsync(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (Episode episode in episodes)
            {
                await Task.Delay(milliseconds, cancellationToken);
                yield return episode;
            }
        }
    }

    private sealed class Reports(List<TrainingProgress> seen) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => seen.Add(value);
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Stage == TrainingStage.Vocabulary) stop.Cancel();
        }
    }
}
