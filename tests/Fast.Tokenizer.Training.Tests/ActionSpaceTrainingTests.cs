using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training.Tests;

/// <summary>Training where the robot's own actions go through an action space.</summary>
public sealed class ActionSpaceTrainingTests
{
    private const int Horizon = 12;

    // An arm that goes far and is told relative to where it is, an angle that turns and turns, a gripper, and padding.
    private static readonly EpisodeList _episodes = new([.. Enumerable.Range(0, 9).Select(Episode)], "robot");

    private static readonly ActionSpace _space = new(
        new() { Reference = ActionReference.State },
        new() { Reference = ActionReference.Previous, StateIndex = 0 },
        new() { Period = 2 * Math.PI },
        new() { Binary = new(-1, 1) },
        new() { Encoded = false, Fill = 3 },
        new ActionDimension());

    private static readonly TrainingOptions _options = new()
    {
        Horizon = Horizon,
        Stride = 2,
        Scale = 50,
        ActionSpace = _space,
        Vocabulary = new() { VocabularySize = 700 },
        HoldoutFraction = 0.3,
    };

    [Fact]
    public async Task Statistics_are_of_what_is_encoded()
    {
        TrainingResult result = await Train(_options);
        ActionStatistics statistics = result.Tokenizer.Definition.Normalizer!.Statistics;
        Assert.Equal(5, statistics.Dimensions);

        var windows = new StatisticsAccumulator(5);
        var steps = new StatisticsAccumulator(6);
        foreach (Episode episode in await EpisodesOf(6))
        {
            double[] actions = episode.Actions.ToArray();
            for (int start = 0; start + Horizon <= episode.Steps; start += 2)
            {
                var encoded = new double[Horizon * 5];
                _space.Transform(actions.AsSpan(start * 6, Horizon * 6), new(episode.States.Span.Slice(start * 2, 2)), encoded);
                windows.Add(encoded);
            }

            for (int i = 0; i < actions.Length; i++) actions[i] = i % 6 == 4 ? 0 : i % 6 == 3 ? (actions[i] < 0 ? -1 : 1) : actions[i];
            steps.Add(actions);
        }

        ActionStatistics ofWindows = windows.ToStatistics(), ofSteps = steps.ToStatistics();
        foreach (Func<ActionStatistics, IReadOnlyList<double>?> field in (Func<ActionStatistics, IReadOnlyList<double>?>[])
            [s => s.Min, s => s.Max, s => s.Mean, s => s.Std, s => s.Q01, s => s.Q10, s => s.Q50, s => s.Q90, s => s.Q99])
        {
            Assert.Equal(field(ofWindows)!.Take(3), field(statistics)!.Take(3));
            Assert.Equal([field(ofSteps)![3], field(ofSteps)![5]], field(statistics)!.Skip(3));
        }

        // What is relative to the state is small, though the arm goes far.
        Assert.True(statistics.Max![0] - statistics.Min![0] < (ofSteps.Max![0] - ofSteps.Min![0]) / 3);
    }

    [Fact]
    public async Task Estimated_statistics_are_near_the_exact_ones()
    {
        ActionStatistics exact = (await Train(_options)).Tokenizer.Definition.Normalizer!.Statistics;
        ActionStatistics estimate = (await Train(_options with { EstimateStatistics = true })).Tokenizer.Definition.Normalizer!.Statistics;
        for (int d = 0; d < exact.Dimensions; d++)
        {
            Assert.Equal(exact.Min![d], estimate.Min![d]);
            Assert.Equal(exact.Q99![d], estimate.Q99![d], 0.01 * Math.Max(Math.Abs(exact.Max![d]), Math.Abs(exact.Min![d])));
        }
    }

    [Fact]
    public async Task The_report_of_held_out_episodes_is_of_the_robots_own_dimensions()
    {
        TrainingResult result = await Train(_options);
        FidelityReport report = result.HeldOut!;
        Assert.Equal(6, report.Dimensions);
        FidelityDimension[] rows = [.. report.PerDimension];
        Assert.Equal([false, false, false, false, true, false], rows.Select(row => row.IsNotCounted));
        Assert.Equal([null, null, null, 0L, null, null], rows.Select(row => row.Flips));
        Assert.Null(rows[4].RmseNormalized);
        Assert.Equal(0, rows[4].Rmse);

        // Half a turn would be the error of an angle that was subtracted as a number.
        Assert.InRange(rows[2].MaxError, 1e-6, 1);
        double[] counted = [.. rows.Where(row => !row.IsNotCounted).Select(row => row.Rmse * row.Rmse)];
        Assert.Equal(Math.Sqrt(counted.Average()), report.Rmse, 1e-9);
        double[] normalized = [.. rows.Where(row => !row.IsNotCounted).Select(row => row.RmseNormalized!.Value * row.RmseNormalized.Value)];
        Assert.Equal(Math.Sqrt(normalized.Average()), report.RmseNormalized!.Value, 1e-9);
        Assert.Equal(Horizon * 5 / report.MeanTokens, report.CompressionRatio, 1e-9);

        ActionMetadata metadata = result.Tokenizer.Definition.Metadata;
        Assert.Equal((Horizon, 6), (metadata.Horizon!.Value, metadata.Dimensions!.Value));
    }

    [Fact]
    public async Task A_mask_of_an_episode_keeps_its_padding_out_of_statistics_and_report()
    {
        Episode whole = Masked(Episode(0), 4), padded = Masked(Episode(1), 2, 4);
        TrainingOptions options = new() { Horizon = Horizon, Stride = 2, Vocabulary = new() { VocabularySize = 600 } };
        var trainer = new ActionTokenizerTrainer(options);
        CancellationToken stop = TestContext.Current.CancellationToken;
        FastActionTokenizer both = (await trainer.TrainAsync(new EpisodeList([whole, padded]), null, stop)).Tokenizer;
        FastActionTokenizer first = (await trainer.TrainAsync(new EpisodeList([whole]), null, stop)).Tokenizer;
        Assert.Equal(first.Definition.Normalizer!.Statistics.Q99![2], both.Definition.Normalizer!.Statistics.Q99![2]);
        Assert.NotEqual(first.Definition.Normalizer.Statistics.Q99[0], both.Definition.Normalizer.Statistics.Q99[0]);

        var evaluator = new FidelityEvaluator(both, new(Horizon, 6), both.Definition.Normalizer);
        for (int start = 0; start + Horizon <= padded.Steps; start += Horizon)
            evaluator.Add(ChunkWindows.Slice(padded, start, Horizon), "padded", start, ChunkWindows.Context(padded, start));
        FidelityReport report = evaluator.ToReport();
        Assert.True(report.PerDimension[2].IsNotCounted);
        Assert.True(double.IsFinite(report.Rmse));

        static Episode Masked(Episode episode, params int[] hidden)
        {
            double[] actions = episode.Actions.ToArray();
            for (int i = 0; i < actions.Length; i++) actions[i] = hidden.Contains(i % 6) ? double.NaN : actions[i];
            return new Episode(episode.Name, actions, 6) { Masked = Enumerable.Range(0, 6).Select(d => hidden.Contains(d)).ToArray() };
        }
    }

    [Theory]
    [InlineData(AlphabetKind.Integer)]
    [InlineData(AlphabetKind.ByteLevel)]
    public async Task Statistics_per_time_step_are_of_that_step(AlphabetKind alphabet)
    {
        TrainingOptions options = _options with { Normalization = new() { PerTimestep = true }, Alphabet = alphabet };
        FastActionTokenizer tokenizer = (await Train(options)).Tokenizer;
        ActionNormalizer normalizer = tokenizer.Definition.Normalizer!;
        Assert.Equal((Horizon, 5, Horizon * 5), (normalizer.Horizon!.Value, normalizer.Dimensions, normalizer.Center.Length));

        var rows = new StatisticsAccumulator(Horizon * 5);
        foreach (Episode episode in await EpisodesOf(6))
        {
            for (int start = 0; start + Horizon <= episode.Steps; start += 2)
            {
                var encoded = new double[Horizon * 5];
                _space.Transform(ChunkWindows.Slice(episode, start, Horizon), ChunkWindows.Context(episode, start), encoded);
                rows.Add(encoded);
            }
        }

        Assert.Equal(rows.ToStatistics().Q01!, normalizer.Statistics.Q01!);
        Assert.Equal(rows.ToStatistics().Q99!, normalizer.Statistics.Q99!);
        Assert.True(normalizer.HalfRange[0] < normalizer.HalfRange[(Horizon - 1) * 5] / 2, "what is relative spreads with time");
        Assert.Contains("per time step of 12", Assert.Throws<ArgumentException>(() =>
            tokenizer.Encode(new double[60], new(10, 6), new int[1000], new ActionContext(new double[2]))).Message, StringComparison.Ordinal);

        using var folder = new TemporaryFolder();
        tokenizer.Save(folder["t"]);
        Assert.False(File.Exists(Path.Combine(folder["t"], "norm_stats.json")));
        Assert.False(File.Exists(Path.Combine(folder["t"], "stats.json")));
        FastActionTokenizer loaded = FastActionTokenizer.Load(folder["t"]);
        Episode last = Episode(8);
        int[] ids = new int[2000], again = new int[2000];
        var shape = new ActionShape(Horizon, 6);
        tokenizer.Encode(ChunkWindows.Slice(last, 3, Horizon), shape, ids, ChunkWindows.Context(last, 3));
        loaded.Encode(ChunkWindows.Slice(last, 3, Horizon), shape, again, ChunkWindows.Context(last, 3));
        Assert.Equal(ids, again);
    }

    [Fact]
    public async Task Pruning_points_sweep_and_tuner_take_an_action_space_too()
    {
        TrainingOptions options = _options with
        {
            Pruning = new() { Candidates = 1.3, Windows = 60 },
            Reconstruction = EncodeMode.RateDistortion(1),
            HeldOutEncoding = new() { Mode = EncodeMode.MaxError(2) },
        };
        TrainingResult result = await Train(options);
        Assert.Equal(new ActionShape(Horizon, 5), result.Tokenizer.Definition.Reconstruction!.Shape);
        Assert.All(result.HeldOut!.PerDimension, row => Assert.InRange(row.MaxError, 0, 2));

        CancellationToken stop = TestContext.Current.CancellationToken;
        RateDistortionSweepResult sweep = await new RateDistortionSweep(new()
        {
            Training = _options,
            Scales = [50],
            VocabularySizes = [700],
            Lambdas = [1],
            Windows = 40,
        }).RunAsync(_episodes, null, stop);
        Assert.NotEmpty(sweep.Points);
        Assert.Contains(sweep.Baselines, point => point.Scheme == RateDistortionSweepScheme.Binning);

        TuneResult tuned = await new ActionTokenizerTuner(new() { Training = _options, Scales = [50], MeanTokens = 60, ValidationWindows = 30 })
            .TuneAsync(_episodes, null, stop);
        Assert.InRange(tuned.Chosen.MeanTokens, 1, 60);
    }

    [Fact]
    public async Task The_same_training_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["a", "b"]) (await Train(_options)).Tokenizer.Save(folder[name]);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder["a"], "fast_tokenizer.json")), File.ReadAllBytes(Path.Combine(folder["b"], "fast_tokenizer.json")));
    }

    [Fact]
    public async Task What_the_episodes_lack_is_named()
    {
        async Task Refused<T>(string text, TrainingOptions options, params Episode[] episodes)
            where T : Exception
        {
            Exception problem = await Assert.ThrowsAsync<T>(() => new ActionTokenizerTrainer(options).TrainAsync(
                new EpisodeList(episodes), null, TestContext.Current.CancellationToken));
            Assert.Contains(text, problem.Message, StringComparison.Ordinal);
        }

        Episode whole = Episode(0);
        var stateless = new Episode("bare", whole.Actions, 6);
        await Refused<InvalidDataException>("episode 'bare' has no states, and dimension 0 is relative", _options, stateless, whole);
        var narrow = new Episode("narrow", whole.Actions, 6) { States = new double[whole.Steps], StateDimensions = 1 };
        ActionSpace wide = new([new() { Reference = ActionReference.State, StateIndex = 4 }, .. Enumerable.Repeat(new ActionDimension(), 5)]);
        await Refused<InvalidDataException>("'narrow' has 1 state values per step, and the action space refers to value 4", _options with { ActionSpace = wide }, narrow);
        var cut = new Episode("cut", whole.Actions, 6) { States = new double[3], StateDimensions = 2 };
        await Refused<InvalidDataException>("episode 'cut' has 3 state values", _options, cut);
        double[] states = new double[whole.Steps * 2];
        states[28] = double.NaN;
        await Refused<InvalidDataException>(
            "episode 'broken', window at step 14: value 0 of the robot's state is NaN", _options with { HoldoutFraction = 0, Stride = 14 },
            new Episode("broken", whole.Actions, 6) { States = states, StateDimensions = 2 });
        await Refused<ArgumentException>("the action space is of 2 dimensions, episode", _options with { ActionSpace = new(new(), new ActionDimension()) }, whole);
        await Refused<InvalidDataException>("a mask of 2 flags for 6", _options with { ActionSpace = null, HoldoutFraction = 0 },
            new Episode("m", whole.Actions, 6) { Masked = new bool[2] });
        Assert.Contains("leave out the dimensions", Assert.Throws<ArgumentException>(() =>
            new ActionTokenizerTrainer(_options with { EncodedDimensions = [0] })).Message, StringComparison.Ordinal);
    }

    // Both robots are told where their joints are to be, which is near where they are. With the same steps in radians, so that the error
    // stays, the first coefficients become small.
    [Theory]
    [InlineData("aloha_sim_insertion_human", 50, 0.95)]
    [InlineData("aloha_sim_insertion_human", 10, 0.75)]
    [InlineData("g1_inspire", 30, 0.95)]
    public async Task Actions_relative_to_the_state_take_fewer_tokens_at_the_same_error(string name, int horizon, double share)
    {
        Npz actions = Npz.Open(TestData.Locate("actions", name + ".npz")), states = Npz.Open(TestData.Locate("states", name + ".npz"));
        int dimensions = actions[actions.Names.First()].Shape[1];
        var episodes = new EpisodeList([.. actions.Names.Take(20).Select(key => new Episode(key, actions[key].Values, dimensions)
        {
            States = states[key].Values,
            StateDimensions = states[key].Shape[1],
        })], name);
        TrainingOptions options = new() { Horizon = horizon, Stride = 5, HoldoutFraction = 0.2, Vocabulary = new() { VocabularySize = 1024 } };
        TrainingResult absolute = await Train(options);
        options = options with { ActionSpace = new([.. Enumerable.Repeat(new ActionDimension { Reference = ActionReference.State }, dimensions)]) };
        ActionNormalizer before = absolute.Tokenizer.Definition.Normalizer!, after = (await Train(options)).Tokenizer.Definition.Normalizer!;
        double[] End(int sign) => [.. Enumerable.Range(0, dimensions).Select(d => after.Center[d] + (sign * before.HalfRange[d]))];
        TrainingResult relative = await Train(options with
        {
            Normalizer = new(new(min: End(-1), max: End(1)), new() { Method = NormalizationMethod.MinMax }),
        });

        FidelityReport own = relative.HeldOut!, plain = absolute.HeldOut!;
        Assert.InRange(own.Rmse / plain.Rmse, 0.95, 1.05);
        Assert.True(own.MeanTokens < share * plain.MeanTokens, $"{own.MeanTokens:F1} tokens relative, {plain.MeanTokens:F1} absolute");

        Task<TrainingResult> Train(TrainingOptions own) =>
            new ActionTokenizerTrainer(own).TrainAsync(episodes, null, TestContext.Current.CancellationToken);
    }

    private static Task<TrainingResult> Train(TrainingOptions options) =>
        new ActionTokenizerTrainer(options).TrainAsync(_episodes, null, TestContext.Current.CancellationToken);

    private static async Task<Episode[]> EpisodesOf(int count) =>
        await _episodes.ReadEpisodesAsync(TestContext.Current.CancellationToken).Take(count).ToArrayAsync(TestContext.Current.CancellationToken);

    private static Episode Episode(int number)
    {
        var random = new Random(100 + number);
        int steps = 60 + (3 * number);
        double[] actions = new double[steps * 6], states = new double[steps * 2];
        double place = (random.NextDouble() - 0.5) * 60, angle = random.NextDouble() * 6;
        for (int t = 0; t < steps; t++)
        {
            double speed = 0.3 + (0.2 * Math.Sin(t * 0.2));
            (states[2 * t], states[(2 * t) + 1]) = (place, -place);
            place += speed;
            angle += 0.5 * speed;
            double[] row = [place, place + 0.1, Math.IEEERemainder(angle, 2 * Math.PI), t % 40 < 20 ? -0.9 : 0.8, double.NaN, Math.Sin(t * 0.1)];
            row.CopyTo(actions, t * 6);
        }

        return new Episode($"episode_{number}", actions, 6) { States = states, StateDimensions = 2 };
    }
}
