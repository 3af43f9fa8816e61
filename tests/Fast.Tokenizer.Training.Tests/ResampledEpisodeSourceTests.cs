using Fast.Tokenizer.Actions;

namespace Fast.Tokenizer.Training.Tests;

public sealed class ResampledEpisodeSourceTests
{
    [Theory]
    [InlineData(50, 10)]
    [InlineData(30, 10)]
    [InlineData(100, 100)]
    [InlineData(0.3, 0.1)]
    [InlineData(29.97, 9.99)]
    public async Task Where_the_recorded_rate_is_a_multiple_every_so_many_steps_are_taken_exactly(double recorded, double rate)
    {
        int ratio = (int)Math.Round(recorded / rate);
        Episode episode = ScriptedEpisodes.Smooth("e", 100_001, 2, 1);

        Episode resampled = await OneAsync(episode, recorded, rate);

        Assert.Equal(((episode.Steps - 1) / ratio) + 1, resampled.Steps);
        for (int step = 0; step < resampled.Steps; step++)
            Assert.True(Row(resampled, step).SequenceEqual(Row(episode, step * ratio)), $"step {step}");
    }

    [Theory]
    [InlineData(10, 50)]
    [InlineData(10, 30)]
    [InlineData(7, 49)]
    public async Task At_a_multiple_of_the_rate_recorded_steps_stay_and_those_between_lie_on_the_line(double recorded, double rate)
    {
        int ratio = (int)(rate / recorded);
        Episode episode = ScriptedEpisodes.Smooth("e", 400, 3, 2);

        Episode resampled = await OneAsync(episode, recorded, rate);

        Assert.Equal(((episode.Steps - 1) * ratio) + 1, resampled.Steps);
        for (int step = 0; step < resampled.Steps; step++)
        {
            (int before, int part) = Math.DivRem(step, ratio);
            ReadOnlySpan<double> from = Row(episode, before), to = Row(episode, Math.Min(before + 1, episode.Steps - 1));
            if (part == 0) Assert.True(Row(resampled, step).SequenceEqual(from));
            for (int d = 0; d < 3; d++) Assert.Equal(from[d] + ((to[d] - from[d]) * part / ratio), Row(resampled, step)[d], 1e-12);
        }
    }

    [Fact]
    public async Task A_line_stays_a_line_at_any_rate_and_ends_at_or_before_the_last_sample()
    {
        var random = new Random(4);
        for (int trial = 0; trial < 100; trial++)
        {
            double recorded = 1 + (99 * random.NextDouble()), rate = 1 + (99 * random.NextDouble());
            int steps = 1 + random.Next(200);
            var line = new Episode("e", Enumerable.Range(0, steps).Select(i => 5 - (3 * i / recorded)).ToArray(), 1);

            Episode resampled = await OneAsync(line, recorded, rate);

            double last = (resampled.Steps - 1) / rate, end = (steps - 1) / recorded;
            Assert.InRange(last, end - (1 / rate), end + 1e-6);
            for (int j = 0; j < resampled.Steps; j++)
                Assert.Equal(5 - (3 * Math.Min(j / rate, end)), resampled.Actions.Span[j], 1e-5);
            Assert.InRange(resampled.Actions.Span[^1], line.Actions.Span[^1], 5);
        }
    }

    [Fact]
    public async Task No_value_lies_beyond_those_beside_it_and_a_constant_stays_its_very_value()
    {
        var random = new Random(5);
        double[] values = [.. Enumerable.Range(0, 500).Select(
            i => i % 2 == 0 ? 0.1 : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 90)))];

        Episode resampled = await OneAsync(new Episode("e", values, 2), 10, 37);

        for (int j = 0; j < resampled.Steps; j++)
        {
            int before = (int)Math.Floor(j * 10.0 / 37), after = Math.Min(before + 1, 249);
            (double a, double b) = (values[(2 * before) + 1], values[(2 * after) + 1]);
            Assert.Equal(0.1, resampled.Actions.Span[2 * j]);
            Assert.InRange(resampled.Actions.Span[(2 * j) + 1], Math.Min(a, b), Math.Max(a, b));
        }
    }

    [Fact]
    public async Task Held_dimensions_keep_the_last_value_in_actions_and_in_states()
    {
        double[] actions = [0, 0, 1, 1, 2, 0], states = [7, 0, 8, 4, 9, 8];
        var episode = new Episode("e", actions, 2) { States = states, StateDimensions = 2 };

        Episode resampled = await OneAsync(episode, 1, 4, new ResamplingOptions { HeldDimensions = [1], HeldStates = [0] });

        Assert.Equal(
            [0, 0, 0.25, 0, 0.5, 0, 0.75, 0, 1, 1, 1.25, 1, 1.5, 1, 1.75, 1, 2, 0],
            resampled.Actions.ToArray());
        Assert.Equal([7, 0, 7, 1, 7, 2, 7, 3, 8, 4, 8, 5, 8, 6, 8, 7, 9, 8], resampled.States.ToArray());
        Assert.Equal(2, resampled.StateDimensions);
    }

    [Fact]
    public async Task Angles_go_the_shorter_way_round()
    {
        double[] degrees = [170, -170, -150, 190];

        Episode resampled = await OneAsync(
            new Episode("e", degrees, 1), 1, 4, new ResamplingOptions { Periods = new Dictionary<int, double> { [0] = 360 } });

        double[] expected = [170, 175, 180, -175, -170, -165, -160, -155, -150, -155, -160, 195, 190];
        Assert.Equal(expected.Length, resampled.Steps);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], resampled.Actions.Span[i], 1e-9);
    }

    [Fact]
    public async Task An_action_space_says_what_is_held_and_what_turns()
    {
        var space = new ActionSpace(
            new ActionDimension { Binary = new() },
            new ActionDimension { Period = 360, Reference = ActionReference.State, StateIndex = 2 },
            new ActionDimension { Period = 360 },
            new ActionDimension());
        double[] actions = [0, 170, 170, 170, 1, -170, -170, -170], states = [170, 170, 170, -170, -170, -170];
        var episode = new Episode("e", actions, 4) { States = states, StateDimensions = 3, Masked = new[] { false, false, false, true } };

        Episode resampled = await OneAsync(episode, 1, 4, ResamplingOptions.Of(space));

        Assert.Equal([0, 175, 175, 85], Row(resampled, 1).ToArray());
        Assert.Equal([0, -175, -175, -85], Row(resampled, 3).ToArray());
        Assert.Equal([85, 85, 175], resampled.States.Span.Slice(3, 3).ToArray());
        Assert.Equal([false, false, false, true], resampled.Masked.ToArray());
    }

    [Fact]
    public async Task What_the_recording_says_of_itself_stays_but_for_the_rate()
    {
        Episode[] recorded =
            [ScriptedEpisodes.Smooth("one", 11, 2, 1), new("none", Array.Empty<double>(), 2), ScriptedEpisodes.Smooth("single", 1, 2, 1)];
        var source = new EpisodeList(recorded, "here")
        {
            DimensionNames = ["a", "b"],
            DimensionUnits = ["m", "rad"],
            StateNames = ["s"],
            Rate = 20,
        };
        var resampled = new ResampledEpisodeSource(source, 10);

        Assert.Equal(("here", 10.0), (resampled.Name, resampled.Rate));
        Assert.Equal(source.DimensionNames, resampled.DimensionNames);
        Assert.Equal(source.DimensionUnits, resampled.DimensionUnits);
        Assert.Equal(source.StateNames, resampled.StateNames);
        List<Episode> episodes = await resampled.ReadEpisodesAsync(TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["one", "none", "single"], episodes.Select(episode => episode.Name));
        Assert.Equal([6, 0, 1], episodes.Select(episode => episode.Steps));
    }

    [Fact]
    public void A_rate_that_is_none_or_missing_is_refused()
    {
        var rated = new EpisodeList([], "here") { Rate = 10 };
        foreach (double rate in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            string message = Assert.Throws<ArgumentException>(() => new ResampledEpisodeSource(rated, rate)).Message;
            Assert.Contains("not a positive number", message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => new ResampledEpisodeSource(rated, 10, new() { RecordedRate = rate }));
            ResamplingOptions turned = new() { Periods = new Dictionary<int, double> { [0] = rate } };
            Assert.Throws<ArgumentException>(() => new ResampledEpisodeSource(rated, 10, turned));
        }

        Assert.Contains(
            "here does not say its rate",
            Assert.Throws<ArgumentException>(() => new ResampledEpisodeSource(new EpisodeList([], "here"), 10)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dimension_that_is_not_there_and_an_episode_that_would_not_fit_are_named()
    {
        Episode episode = ScriptedEpisodes.Smooth("long one", 100, 2, 1);

        var unknown = await Assert.ThrowsAsync<ArgumentException>(() => OneAsync(episode, 1, 4, new() { HeldDimensions = [2] }));
        Assert.Contains("there is no dimension 2", unknown.Message, StringComparison.Ordinal);
        var negative = await Assert.ThrowsAsync<ArgumentException>(
            () => OneAsync(episode, 1, 4, new ResamplingOptions { Periods = new Dictionary<int, double> { [-1] = 1 } }));
        Assert.Contains("there is no dimension -1", negative.Message, StringComparison.Ordinal);
        foreach (double rate in (double[])[1e9, 1e300])
        {
            var large = await Assert.ThrowsAsync<InvalidDataException>(() => OneAsync(episode, 1, rate));
            Assert.Contains("'long one' of 100 steps", large.Message, StringComparison.Ordinal);
        }
    }

    private static async Task<Episode> OneAsync(Episode episode, double recorded, double rate, ResamplingOptions? options = null) =>
        await new ResampledEpisodeSource(new EpisodeList([episode]), rate, (options ?? new()) with { RecordedRate = recorded })
            .ReadEpisodesAsync(TestContext.Current.CancellationToken)
            .SingleAsync(TestContext.Current.CancellationToken);

    private static ReadOnlySpan<double> Row(Episode episode, int step) =>
        episode.Actions.Span.Slice(step * episode.Dimensions, episode.Dimensions);
}
