using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Interop;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Transform;

namespace Fast.Tokenizer.Training.Tests;

public sealed class ActionTokenizerTrainerTests
{
    private static readonly TrainingOptions _options = new() { Horizon = 10, Vocabulary = new() { VocabularySize = 300 } };
    private static readonly NormalizationOptions _identity = new() { Method = NormalizationMethod.Identity };

    // The published form drops characters whose bytes the training never saw.
    [Fact]
    public async Task Held_out_episodes_of_which_nothing_decodes_are_named()
    {
        Episode[] episodes = [new("still", new double[4], 1), new("moved", new double[] { 5, 5, 5, 5 }, 1)];
        var trainer = new ActionTokenizerTrainer(new()
        {
            Horizon = 2,
            Alphabet = AlphabetKind.ByteLevel,
            Normalization = new() { Method = NormalizationMethod.Identity },
            HoldoutFraction = 0.5,
        });
        var problem = await Assert.ThrowsAsync<InvalidDataException>(() => trainer.TrainAsync(
            new EpisodeList(episodes), cancellationToken: TestContext.Current.CancellationToken));
        Assert.StartsWith("held-out episodes of episodes in memory: none of 3 chunks decodes", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_are_of_every_step_of_the_training_episodes_and_of_no_other()
    {
        // The two last of those long enough are held out, and e1 is too short.
        Episode[] episodes = ScriptedEpisodes.Smooth(3, 30, 9, 41, 25, 33);

        TrainingResult result = await Train(_options with { HoldoutFraction = 0.5 }, episodes);

        var expected = new StatisticsAccumulator(3);
        expected.Add(episodes[0].Actions.Span);
        expected.Add(episodes[2].Actions.Span);
        AssertEqual(expected.ToStatistics(), result.Tokenizer.Definition.Normalizer!.Statistics);
        Assert.Equal(71, result.Tokenizer.Definition.Normalizer.Statistics.Count);
    }

    [Fact]
    public async Task The_facts_count_what_was_done()
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(2, 30, 9, 41, 10, 5, 25);

        TrainingResult result = await Train(_options with { Stride = 3, HoldoutFraction = 0.25, AlphabetMargin = 0 }, episodes);

        // 30, 41 and 10 steps have (30-10)/3+1 = 7, (41-10)/3+1 = 11 and 1 windows.
        FastTokenizerDefinition definition = result.Tokenizer.Definition;
        int[] seen = Coefficients(definition, [episodes[0], episodes[2], episodes[3]], 3);
        Assert.Equal(
            new TrainingFacts
            {
                Episodes = 3,
                SkippedEpisodes = 2,
                HeldOutEpisodes = 1,
                Windows = 19,
                DistinctWindows = 19,
                Stride = 3,
                MinCoefficient = seen.Min(),
                MaxCoefficient = seen.Max(),
            },
            definition.Training);
        Assert.Equal((seen.Min(), seen.Max()), (definition.Alphabet.MinCoefficient, definition.Alphabet.MaxCoefficient));
    }

    [Fact]
    public async Task Equal_windows_are_counted_and_distinguished()
    {
        Episode one = ScriptedEpisodes.Smooth("one", 10, 2, 1), other = ScriptedEpisodes.Smooth("other", 10, 2, 2);

        TrainingFacts facts = (await Train(_options, one, other, one, one)).Tokenizer.Definition.Training!;

        Assert.Equal((4, 4L, 2), (facts.Episodes, facts.Windows, facts.DistinctWindows));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.37)]
    [InlineData(1)]
    public async Task The_alphabet_reaches_beyond_what_was_seen_by_the_margin(double margin)
    {
        FastTokenizerDefinition definition = (await Train(
            _options with { AlphabetMargin = margin }, ScriptedEpisodes.Smooth(3, 60, 60))).Tokenizer.Definition;

        (int low, int high) = (definition.Training!.MinCoefficient, definition.Training.MaxCoefficient);
        int more = (int)Math.Ceiling(margin * (high - low));
        Assert.True(low < 0 && high > 0);
        Assert.Equal((low - more, high + more), (definition.Alphabet.MinCoefficient, definition.Alphabet.MaxCoefficient));
    }

    [Fact]
    public async Task Zero_is_in_the_alphabet_even_where_it_was_never_seen()
    {
        // One step a window, and normalisation leaves the values as they are: coefficients 30 to 50.
        double[] above = [3, 4, 5], below = [-3, -4, -5];
        TrainingOptions options = _options with { Horizon = 1, AlphabetMargin = 0, Normalization = _identity };

        FastTokenizerDefinition positive = (await Train(options, new Episode("e", above, 1))).Tokenizer.Definition;
        FastTokenizerDefinition negative = (await Train(options, new Episode("e", below, 1))).Tokenizer.Definition;

        Assert.Equal((0, 50), (positive.Alphabet.MinCoefficient, positive.Alphabet.MaxCoefficient));
        Assert.Equal((-50, 0), (negative.Alphabet.MinCoefficient, negative.Alphabet.MaxCoefficient));
    }

    [Fact]
    public async Task Every_training_window_is_encoded_without_clipping()
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(4, 80, 50);
        foreach (CoefficientOrder order in Enum.GetValues<CoefficientOrder>())
        {
            FastActionTokenizer tokenizer = (await Train(_options with { Order = order, AlphabetMargin = 0 }, episodes)).Tokenizer;
            var tokens = new int[40];
            foreach (Episode episode in episodes)
            {
                for (int start = 0; start + 10 <= episode.Steps; start++)
                    Assert.Equal(0, tokenizer.Encode(ChunkWindows.Slice(episode, start, 10), new(10, 4), tokens).Clipped);
            }

            Assert.Equal(order, tokenizer.Definition.Order);
        }
    }

    [Fact]
    public async Task The_vocabulary_is_that_of_the_coefficients_of_all_windows()
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(3, 60, 45);

        FastTokenizerDefinition definition = (await Train(_options with { Stride = 2 }, episodes)).Tokenizer.Definition;

        var corpus = new SequenceCorpus();
        foreach (int[] window in Coefficients(definition, episodes, 2).Chunk(30)) corpus.Add(window);
        (int min, int count) = (definition.Alphabet.MinCoefficient, definition.Alphabet.SymbolCount);
        Assert.Equal(
            BpeTrainer.Train(corpus, min, count, _options.Vocabulary, null, TestContext.Current.CancellationToken).Merges,
            definition.Vocabulary.Merges);
        Assert.InRange(definition.Vocabulary.Merges.Length, 50, 300);
    }

    [Fact]
    public async Task Training_twice_or_from_a_stream_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        Episode[] episodes = ScriptedEpisodes.Smooth(3, 60, 9, 45, 30, 51);
        TrainingOptions options = _options with { HoldoutFraction = 0.3, Seed = 5, Normalization = new() { Clip = true } };
        var stream = new ScriptedEpisodes(_ => ScriptedEpisodes.Smooth(3, 60, 9, 45, 30, 51));

        (await Train(options, episodes)).Tokenizer.Save(folder["first"]);
        (await Train(options, episodes)).Tokenizer.Save(folder["second"]);
        (await Train(options, stream)).Tokenizer.Save(folder["third"]);

        SortedDictionary<string, string> files = folder.Snapshot();
        Assert.Equal(3 * SavedFolder.Names.Length, files.Count);
        foreach ((string path, string bytes) in files) Assert.Equal(files[Path.Combine("first", Path.GetFileName(path))], bytes);
    }

    [Theory]
    [InlineData(0.5, 20, null, 10)]
    [InlineData(0.52, 20, null, 10)]
    [InlineData(0.53, 20, null, 11)]
    [InlineData(1, 50, 7.0, 7)]
    [InlineData(0.7, null, 10.0, 7)]
    [InlineData(0.06, 10, null, 1)]
    public async Task A_horizon_in_seconds_is_rounded_to_steps_at_the_rate(double seconds, int? recorded, double? given, int horizon)
    {
        TrainingOptions options = _options with { Horizon = null, HorizonSeconds = seconds, Rate = given };
        var source = new EpisodeList(ScriptedEpisodes.Smooth(2, 60)) { Rate = recorded };

        ActionMetadata metadata = (await Train(options, source)).Tokenizer.Definition.Metadata;

        Assert.Equal(horizon, metadata.Horizon);
        Assert.Equal(given ?? recorded, metadata.Rate);
    }

    [Fact]
    public async Task A_horizon_in_seconds_needs_a_rate_and_a_whole_step()
    {
        TrainingOptions options = _options with { Horizon = null, HorizonSeconds = 0.04 };
        Episode[] episodes = ScriptedEpisodes.Smooth(2, 60);

        await Refused<ArgumentException>("does not say its rate: give the rate", options, new EpisodeList(episodes));
        var slow = new EpisodeList(episodes) { Rate = 10 };
        await Refused<ArgumentException>("0.04 seconds at 10 steps per second are 0 steps", options, slow);
        await Refused<ArgumentException>("between 1 and", options with { HorizonSeconds = 1e12 }, slow);
    }

    [Fact]
    public async Task The_last_episodes_are_held_out_without_a_seed()
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(2, 20, 21, 22, 9, 23, 24, 8);

        // A third of the five that are long enough, rounded up: e4 and e5.
        TrainingResult result = await Train(_options with { HoldoutFraction = 1 / 3.0 }, episodes);

        Assert.Equal((3, 2, 2), Counts(result));
        Assert.Equal(20 + 21 + 22, result.Tokenizer.Definition.Normalizer!.Statistics.Count);
        Assert.Equal(23 - 9 + 24 - 9, result.HeldOut!.Chunks);
    }

    [Fact]
    public async Task A_seed_draws_the_held_out_episodes_and_draws_them_again()
    {
        // Each length tells which episodes were used: all sums of three differ.
        Episode[] episodes = ScriptedEpisodes.Smooth(1, 10, 11, 13, 17, 25, 41, 73);
        var drawn = new HashSet<long>();
        for (int seed = 0; seed < 12; seed++)
        {
            TrainingOptions options = _options with { HoldoutFraction = 4 / 7.0, Seed = seed };
            TrainingResult first = await Train(options, episodes), second = await Train(options, episodes);

            Assert.Equal((3, 0, 4), Counts(first));
            AssertEqual(first.Tokenizer.Definition.Normalizer!.Statistics, second.Tokenizer.Definition.Normalizer!.Statistics);
            drawn.Add(first.Tokenizer.Definition.Normalizer.Statistics.Count!.Value);
        }

        Assert.InRange(drawn.Count, 5, 12);
    }

    [Fact]
    public async Task Nothing_is_held_out_where_nothing_is_asked_for()
    {
        TrainingResult result = await Train(_options, ScriptedEpisodes.Smooth(2, 30));

        Assert.Null(result.HeldOut);
        Assert.Equal((1, 0, 0), Counts(result));
    }

    [Fact]
    public async Task One_episode_cannot_be_divided()
    {
        const string Message = "1 episode(s) long enough cannot be divided with a holdout of 0.1: use a holdout of 0, or more episodes";
        await Refused<InvalidDataException>(
            Message, _options with { HoldoutFraction = 0.1 }, new EpisodeList(ScriptedEpisodes.Smooth(2, 30, 9, 8)));
    }

    [Fact]
    public async Task Episodes_that_are_missing_or_too_short_are_named()
    {
        await Refused<InvalidDataException>("nothing at all holds no episodes", _options, new EpisodeList([], "nothing at all"));
        await Refused<InvalidDataException>(
            "none of the 3 episodes of episodes in memory has 10 steps, the longest has 9: choose a shorter horizon",
            _options,
            new EpisodeList(ScriptedEpisodes.Smooth(2, 4, 9, 7)));
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(1e101, "1E+101")]
    public async Task A_value_that_cannot_be_is_named_by_episode_step_and_dimension(double value, string written)
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(3, 30, 9, 30);
        foreach (int bad in new[] { 1, 2 })
        {
            double[] actions = episodes[bad].Actions.ToArray();
            actions[(7 * 3) + 2] = value;
            Episode[] changed = [.. episodes];
            changed[bad] = new Episode($"e{bad}", actions, 3);

            await Refused<InvalidDataException>(
                $"episode 'e{bad}', step 7, dimension 2 is {written}: remove or repair", _options, new EpisodeList(changed));
        }
    }

    [Fact]
    public async Task Episodes_of_other_dimensions_are_named()
    {
        Episode[] episodes = [ScriptedEpisodes.Smooth("arm", 30, 3, 1), ScriptedEpisodes.Smooth("hand", 30, 4, 2)];

        await Refused<InvalidDataException>(
            "episode 'hand' has 4 dimensions, episode 'arm' has 3: train on episodes of one robot", _options, new EpisodeList(episodes));
    }

    [Fact]
    public async Task Selected_dimensions_are_trained_on_and_named()
    {
        Episode[] all = ScriptedEpisodes.Smooth(4, 30, 40);
        Episode[] selected = [.. all.Select(episode => ChunkWindows.Select(episode, [3, 1]))];
        var source = new EpisodeList(all) { DimensionNames = ["a", "b", "c", "d"], DimensionUnits = ["m", "rad", "m", "N"], Rate = 5 };

        FastTokenizerDefinition definition = (await Train(_options with { EncodedDimensions = [3, 1] }, source)).Tokenizer.Definition;
        FastTokenizerDefinition plain = (await Train(_options, selected)).Tokenizer.Definition;

        Assert.Equal(plain.Vocabulary.Merges, definition.Vocabulary.Merges);
        AssertEqual(plain.Normalizer!.Statistics, definition.Normalizer!.Statistics);
        Assert.Equal(2, definition.Metadata.Dimensions);
        Assert.Equal([3, 1], definition.Metadata.EncodedDimensions);
        Assert.Equal(["d", "b"], definition.Metadata.DimensionNames);
        Assert.Equal(["N", "rad"], definition.Metadata.DimensionUnits);
        Assert.Null(plain.Metadata.EncodedDimensions);
    }

    [Fact]
    public async Task The_options_may_change_after_the_training()
    {
        int[] dimensions = [1, 0];

        TrainingResult result = await Train(_options with { EncodedDimensions = dimensions }, ScriptedEpisodes.Smooth(2, 30));
        dimensions[0] = 77;

        Assert.Equal([1, 0], result.Tokenizer.Definition.Metadata.EncodedDimensions);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    public async Task A_dimension_that_is_not_there_is_named(int dimension) => await Refused<ArgumentException>(
        $"there is no dimension {dimension}: the episodes have dimensions 0 to 3",
        _options with { EncodedDimensions = [0, dimension] },
        new EpisodeList(ScriptedEpisodes.Smooth(4, 30)));

    [Fact]
    public async Task A_description_of_other_dimensions_is_named()
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(3, 30);

        await Refused<InvalidDataException>(
            "gives 2 names, but its episodes have 3 dimensions", _options, new EpisodeList(episodes) { DimensionNames = ["a", "b"] });
        await Refused<InvalidDataException>(
            "gives 4 units, but its episodes have 3", _options, new EpisodeList(episodes) { DimensionUnits = ["m", "m", "m", "m"] });
    }

    [Fact]
    public async Task A_vocabulary_smaller_than_the_alphabet_names_both()
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(3, 60);
        int symbols = (await Train(_options, episodes)).Tokenizer.Definition.Alphabet.SymbolCount;

        await Refused<VocabularyTooSmallException>(
            $"a vocabulary of {symbols - 1} tokens is smaller than the alphabet of {symbols} coefficients: ask for more than",
            _options with { Vocabulary = new() { VocabularySize = symbols - 1 } },
            new EpisodeList(episodes));

        TrainingOptions exact = _options with { Vocabulary = new() { VocabularySize = symbols } };
        Assert.Equal(0, (await Train(exact, episodes)).Tokenizer.Definition.Vocabulary.Merges.Length);
    }

    [Fact]
    public async Task A_scale_that_gives_coefficients_beyond_16_bits_names_the_window_and_the_remedy()
    {
        // The jump of e1 from step 24 on reaches the windows that start at step 15 and later.
        double[] calm = new double[60], jump = new double[60];
        for (int i = 0; i < 60; i++) (calm[i], jump[i]) = (Math.Sin(i) * 0.001, i < 24 ? Math.Sin(i) * 0.001 : 1);
        TrainingOptions options = _options with { Scale = 2e4, Normalization = _identity };
        var source = new EpisodeList([new("e0", calm, 1), new("e1", jump, 1)]);

        var problem = await Assert.ThrowsAsync<InvalidDataException>(() => Train(options, source));

        Assert.StartsWith("episode 'e1', window at step ", problem.Message, StringComparison.Ordinal);
        Assert.Contains("does not fit 16 bits: lower the scale, or clip outliers", problem.Message, StringComparison.Ordinal);
        int step = int.Parse(problem.Message.Split("step ")[1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(FirstTooLarge(jump, 2e4), step);
    }

    [Fact]
    public async Task More_coefficients_than_the_alphabet_may_have_name_the_remedy()
    {
        // From -12,000 to 12,000: each fits 16 bits, all together are more than 20,992.
        var normalization = new NormalizationOptions { Method = NormalizationMethod.MinMax };
        TrainingOptions options = _options with { Horizon = 1, Scale = 12_000, Normalization = normalization };
        var source = new EpisodeList([new("e", new double[] { -1, 0.3, 1 }, 1)]);

        var problem = await Assert.ThrowsAnyAsync<ArgumentException>(() => Train(options, source));

        Assert.Contains("at most 20992 are possible: lower the scale, or clip outliers", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_source_that_changes_between_readings_is_named(int changedReading)
    {
        Episode[] before = ScriptedEpisodes.Smooth(4, 30, 40, 35);
        Episode[][] changes =
        [
            before[..2],
            [.. before, ScriptedEpisodes.Smooth("e3", 30, 4, 3)],
            [before[0], ScriptedEpisodes.Smooth("e1", 41, 4, 1), before[2]],
            [before[0], before[1], ScriptedEpisodes.Smooth("e2", 35, 8, 2)],
            [],
        ];
        foreach (Episode[] changed in changes)
        {
            var source = new ScriptedEpisodes(reading => reading < changedReading ? before : changed);

            await Refused<InvalidDataException>("the script changed while it was read", _options with { HoldoutFraction = 0.3 }, source);

            Assert.Equal(changedReading + 1, source.Readings);
        }
    }

    [Fact]
    public async Task Episodes_are_read_once_a_stage()
    {
        var source = new ScriptedEpisodes(_ => ScriptedEpisodes.Smooth(2, 30, 40, 35));
        await Train(_options, source);
        Assert.Equal(3, source.Readings);
        await Train(_options with { HoldoutFraction = 0.3 }, source);
        Assert.Equal(7, source.Readings);
    }

    [Fact]
    public async Task A_training_that_is_stopped_before_it_starts_reads_nothing()
    {
        var source = new ScriptedEpisodes(_ => ScriptedEpisodes.Smooth(2, 30));
        var trainer = new ActionTokenizerTrainer(_options);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.TrainAsync(source, null, new(canceled: true)));

        Assert.Equal(0, source.Readings);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_training_stops_at_the_next_episode_even_where_the_source_does_not_listen(int reading)
    {
        using var stop = new CancellationTokenSource();
        int given = 0;
        IEnumerable<Episode> Read(int current)
        {
            for (int i = 0; i < 20; i++)
            {
                if (current == reading && ++given == 13) stop.Cancel();
                yield return ScriptedEpisodes.Smooth($"e{i}", 12, 2, i);
            }
        }

        var trainer = new ActionTokenizerTrainer(_options with { HoldoutFraction = 0.5 });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.TrainAsync(new ScriptedEpisodes(Read), null, stop.Token));

        Assert.Equal(13, given);
    }

    [Fact]
    public async Task A_training_stops_while_it_merges()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Recorder(report =>
        {
            if (report is { Stage: TrainingStage.Vocabulary, Done: >= 20 }) stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ActionTokenizerTrainer(_options)
            .TrainAsync(new EpisodeList(ScriptedEpisodes.Smooth(4, 200)), progress, stop.Token));

        Assert.InRange(progress.Reports[^1].Done, 20, 25);
    }

    [Fact]
    public async Task Progress_tells_each_stage_in_order_and_to_its_end()
    {
        var progress = new Recorder(_ => { });
        TrainingOptions options = _options with { HoldoutFraction = 0.4 };

        TrainingResult result = await new ActionTokenizerTrainer(options).TrainAsync(
            new EpisodeList(ScriptedEpisodes.Smooth(3, 30, 9, 40, 35, 33, 50)), progress, TestContext.Current.CancellationToken);

        Assert.Equal(progress.Reports.Select(report => report.Stage).Order(), progress.Reports.Select(report => report.Stage));
        foreach (var stage in progress.Reports.GroupBy(report => report.Stage))
        {
            long[] done = [.. stage.Select(report => report.Done)];
            Assert.Equal(done.Order(), done);
            Assert.Equal(stage.Last().Total, stage.Last().Done);
        }

        IEnumerable<TrainingProgress> Of(TrainingStage stage) => progress.Reports.Where(report => report.Stage == stage);
        Assert.Equal([new(TrainingStage.Statistics, 1, 3), new(TrainingStage.Statistics, 2, 3), new(TrainingStage.Statistics, 3, 3)],
            Of(TrainingStage.Statistics));
        Assert.Equal([1, 2, 3], Of(TrainingStage.Coefficients).Select(report => report.Done));
        Assert.Equal([(1, 2), (2, 2)], Of(TrainingStage.Evaluation).Select(report => (report.Done, report.Total)));
        Assert.Equal(result.Tokenizer.Definition.Vocabulary.Merges.Length, Of(TrainingStage.Vocabulary).Last().Done);
    }

    [Fact]
    public async Task Estimated_statistics_are_close_to_exact_ones()
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(4, 500, 700, 300);

        FastTokenizerDefinition exact = (await Train(_options, episodes)).Tokenizer.Definition;
        FastTokenizerDefinition estimated = (await Train(_options with { EstimateStatistics = true }, episodes)).Tokenizer.Definition;

        (ActionStatistics e, ActionStatistics s) = (exact.Normalizer!.Statistics, estimated.Normalizer!.Statistics);
        Assert.Equal(e.Count, s.Count);
        Assert.Equal([e.Min, e.Max], [s.Min, s.Max]);
        double[] Flat(ActionStatistics x) => [.. x.Q01!, .. x.Q10!, .. x.Q50!, .. x.Q90!, .. x.Q99!, .. x.Mean!, .. x.Std!];
        (double[] one, double[] other) = (Flat(e), Flat(s));
        for (int i = 0; i < one.Length; i++) Assert.InRange(Math.Abs(one[i] - other[i]), 0, 0.0005);
        Assert.NotEqual(e.Q01, s.Q01);
        Assert.Equal(exact.Metadata, estimated.Metadata);
    }

    [Fact]
    public async Task The_report_is_of_the_held_out_windows_in_physical_units()
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(3, 60, 45, 52);
        TrainingOptions options = _options with { HoldoutFraction = 0.3, Stride = 4 };

        TrainingResult result = await Train(options, episodes);

        var evaluator = new Fast.Tokenizer.Fidelity.FidelityEvaluator(
            result.Tokenizer, new(10, 3), result.Tokenizer.Definition.Normalizer, result.Tokenizer.Definition.Metadata);
        for (int start = 0; start + 10 <= 52; start += 4) evaluator.Add(ChunkWindows.Slice(episodes[2], start, 10), "e2", start);
        Fast.Tokenizer.Fidelity.FidelityReport expected = evaluator.ToReport();
        Assert.Equal((11, expected.Rmse, expected.MaxError), (result.HeldOut!.Chunks, result.HeldOut.Rmse, result.HeldOut.MaxError));
        Assert.Equal(expected.MaxErrorAt, result.HeldOut.MaxErrorAt);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        void Refused(string message, TrainingOptions options) => Assert.Contains(
            message, Assert.ThrowsAny<ArgumentException>(() => new ActionTokenizerTrainer(options)).Message, StringComparison.Ordinal);

        Refused("a memory limit of 0 bytes", _options with { MemoryLimit = 0 });
        Refused("either in steps or in seconds", _options with { HorizonSeconds = 1 });
        Refused("a horizon of 0 steps", _options with { Horizon = 0 });
        foreach (double bad in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            Refused("seconds is not a positive length", _options with { Horizon = null, HorizonSeconds = bad });
            Refused("steps per second is not a positive number", _options with { Rate = bad });
        }

        Refused("a stride of 0", _options with { Stride = 0 });
        Refused("an alphabet margin of -0.1", _options with { AlphabetMargin = -0.1 });
        Refused("an alphabet margin of NaN", _options with { AlphabetMargin = double.NaN });
        Refused("an alphabet margin of 1.1", _options with { AlphabetMargin = 1.1 });
        Refused("a holdout of 1 ", _options with { HoldoutFraction = 1 });
        Refused("a holdout of NaN", _options with { HoldoutFraction = double.NaN });
        Refused("no dimension is selected", _options with { EncodedDimensions = [] });
        Refused("the scale is 0", _options with { Scale = 0 });
        Refused("the coefficient order 9", _options with { Order = (CoefficientOrder)9 });
        Assert.Contains(
            "either in steps or in seconds",
            Assert.Throws<ArgumentException>("options", () => { _ = Train(new(), ScriptedEpisodes.Smooth(1, 5)); }).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("options", () => new ActionTokenizerTrainer(null!));
        Assert.Throws<ArgumentNullException>("source", () => { _ = Train(_options, (IEpisodeSource)null!); });
    }

    private static Task<TrainingResult> Train(TrainingOptions options, params Episode[] episodes) =>
        Train(options, new EpisodeList(episodes));

    private static Task<TrainingResult> Train(TrainingOptions options, IEpisodeSource source) =>
        new ActionTokenizerTrainer(options).TrainAsync(source, null, TestContext.Current.CancellationToken);

    private static async Task Refused<T>(string message, TrainingOptions options, IEpisodeSource source) where T : Exception =>
        Assert.Contains(message, (await Assert.ThrowsAsync<T>(() => Train(options, source))).Message, StringComparison.Ordinal);

    private static (int, int, int) Counts(TrainingResult result)
    {
        TrainingFacts facts = result.Tokenizer.Definition.Training!;
        return (facts.Episodes, facts.SkippedEpisodes, facts.HeldOutEpisodes);
    }

    // The coefficients of all windows of ten steps, one after the other.
    private static int[] Coefficients(FastTokenizerDefinition definition, Episode[] episodes, int stride)
    {
        var plan = new DctPlan(10);
        var quantizer = new CoefficientQuantizer(definition.Scale, definition.Order);
        var all = new List<int>();
        foreach (Episode episode in episodes)
        {
            var shape = new ActionShape(10, episode.Dimensions);
            for (int start = 0; start + 10 <= episode.Steps; start += stride)
            {
                var values = new double[shape.Count];
                var coefficients = new int[shape.Count];
                definition.Normalizer!.Normalize(ChunkWindows.Slice(episode, start, 10), values);
                plan.Forward(values, episode.Dimensions, values);
                quantizer.Quantize(values, shape, coefficients);
                all.AddRange(coefficients);
            }
        }

        return [.. all];
    }

    // A sum of ten values over the square root of ten is the lowest coefficient; of a step up it is the largest.
    private static int FirstTooLarge(double[] values, double scale)
    {
        int start = 0;
        while (values.AsSpan(start, 10).ToArray().Sum() / Math.Sqrt(10) * scale < short.MaxValue + 0.5) start++;
        return start;
    }

    private static void AssertEqual(ActionStatistics expected, ActionStatistics actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(
            [expected.Min, expected.Max, expected.Mean, expected.Std, expected.Q01, expected.Q10, expected.Q50, expected.Q90, expected.Q99],
            [actual.Min, actual.Max, actual.Mean, actual.Std, actual.Q01, actual.Q10, actual.Q50, actual.Q90, actual.Q99]);
    }

    // Progress<T> reports on other threads and in any order.
    private sealed class Recorder(Action<TrainingProgress> then) : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Reports { get; } = [];

        public void Report(TrainingProgress value)
        {
            Reports.Add(value);
            then(value);
        }
    }
}
