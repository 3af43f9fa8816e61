using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Training.Tests;

public sealed class RateDistortionSweepTests
{
    private static readonly RateDistortionSweepOptions _options = new()
    {
        Training = new TrainingOptions { Horizon = 20, Stride = 3, HoldoutFraction = 0.25 },
        Scales = [8, 12],
        Lambdas = [0, 0.7, 1.5],
        VocabularySizes = [400, 600],
    };

    private static readonly EpisodeList _episodes = new(ScriptedEpisodes.Smooth(2, 90, 120, 15, 140, 101, 77, 130, 95, 88));

    [Fact]
    public async Task Every_point_is_what_a_training_of_its_own_reports_on_the_held_out_episodes()
    {
        RateDistortionSweepResult result = await Run(_options);

        Assert.Equal((20, 2), (result.Horizon, result.Dimensions));
        Assert.Equal((6, 2, 1), (result.TrainingEpisodes, result.HeldOutEpisodes, result.SkippedEpisodes));
        Assert.Equal(((95 - 20) / 3) + 1 + ((88 - 20) / 3) + 1, result.Windows);
        Assert.Equal(2 * 2 * 3, result.Points.Count);
        Assert.Equal((2 * 2 * 2) + 1, result.Baselines.Count);
        Assert.Empty(result.Skipped);
        foreach (RateDistortionSweepPoint point in result.Points.Concat(result.Baselines.Where(point => point.Scale is not null)))
        {
            var training = _options.Training with
            {
                Scale = point.Scale!.Value,
                Vocabulary = new() { VocabularySize = point.VocabularySize },
                Alphabet = point.Scheme == RateDistortionSweepScheme.Published ? AlphabetKind.ByteLevel : AlphabetKind.Integer,
                HeldOutEncoding = new EncodeOptions
                {
                    Mode = point.Lambda switch
                    {
                        null => EncodeMode.Canonical,
                        0 => EncodeMode.Shortest,
                        { } lambda => EncodeMode.RateDistortion(lambda),
                    },
                    OutOfRange = OutOfRangePolicy.Clamp,
                },
            };
            FidelityReport report = (await new ActionTokenizerTrainer(training).TrainAsync(
                _episodes, null, TestContext.Current.CancellationToken)).HeldOut!;
            Assert.Equal(
                (report.MeanTokens, report.P99Tokens, report.RmseNormalized, report.MaxErrorNormalized),
                (point.MeanTokens, point.P99Tokens, point.RmseNormalized, point.MaxErrorNormalized));
        }
    }

    [Fact]
    public async Task Binning_takes_a_token_per_value()
    {
        RateDistortionSweepResult result = await Run(_options);
        RateDistortionSweepPoint binning = Assert.Single(
            result.Baselines, point => point.Scheme == RateDistortionSweepScheme.Binning);

        Assert.Equal((256, null, null), (binning.VocabularySize, binning.Scale, binning.Lambda));
        Assert.Equal((40, 40), (binning.MeanTokens, binning.P99Tokens));
        Assert.True(binning.RmseNormalized > 0);
    }

    [Fact]
    public async Task Weights_are_ours_alone()
    {
        RateDistortionSweepResult plain = await Run(_options), weighted = await Run(_options with
        {
            Training = _options.Training with { Normalization = new() { Weights = [1, 0.5] } },
        });

        Assert.Equal(Foreign(plain), Foreign(weighted));
        Assert.All(plain.Points.Zip(weighted.Points), pair => Assert.NotEqual(pair.First.RmseNormalized, pair.Second.RmseNormalized));

        static IEnumerable<RateDistortionSweepPoint> Foreign(RateDistortionSweepResult result) => result.Baselines
            .Where(point => point.Scheme is RateDistortionSweepScheme.Published or RateDistortionSweepScheme.Binning);
    }

    [Fact]
    public async Task Points_are_sorted_and_marked_where_nothing_beats_them()
    {
        RateDistortionSweepResult result = await Run(_options);

        Assert.Equal(result.Points.OrderBy(point => (point.VocabularySize, point.MeanTokens)), result.Points);
        Assert.Contains(result.Points, point => point.IsParetoOptimal);
        foreach (RateDistortionSweepPoint point in result.Points)
        {
            bool isBeaten = result.Points.Any(other =>
                (other.MeanTokens != point.MeanTokens
                    || other.RmseNormalized != point.RmseNormalized
                    || other.VocabularySize != point.VocabularySize)
                && other.MeanTokens <= point.MeanTokens
                && other.RmseNormalized <= point.RmseNormalized
                && other.VocabularySize <= point.VocabularySize);
            Assert.Equal(!isBeaten, point.IsParetoOptimal);
        }

        Assert.DoesNotContain(result.Baselines, point => point.IsParetoOptimal);
    }

    [Fact]
    public async Task The_same_episodes_give_the_same_result_and_values_given_twice_are_tried_once()
    {
        RateDistortionSweepResult first = await Run(_options);
        RateDistortionSweepResult second = await Run(
            _options with { Scales = [12, 8, 12], Lambdas = [1.5, 0, 0.7, 0], VocabularySizes = [600, 400, 400] });

        Assert.Equal(first.Points, second.Points);
        Assert.Equal(first.Baselines, second.Baselines);
    }

    [Fact]
    public async Task A_vocabulary_smaller_than_the_alphabet_is_left_out_and_said()
    {
        int symbols = (await new ActionTokenizerTrainer(_options.Training with { Scale = 12 }).TrainAsync(
            _episodes, null, TestContext.Current.CancellationToken)).Tokenizer.Definition.Alphabet.SymbolCount;
        RateDistortionSweepResult result = await Run(_options with { VocabularySizes = [symbols - 1, symbols] });

        RateDistortionSweepSkip skip = Assert.Single(result.Skipped, skip => skip.Scheme == RateDistortionSweepScheme.Canonical);
        Assert.Equal((symbols - 1, 12), (skip.VocabularySize, skip.Scale));
        Assert.All(result.Skipped, left => Assert.Equal(12, left.Scale));
        Assert.StartsWith($"a vocabulary of {symbols - 1} tokens is smaller than", skip.Reason, StringComparison.Ordinal);
        Assert.Contains($" the alphabet of {symbols} ", skip.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", skip.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Points, point => point.Scale == 12 && point.VocabularySize == symbols - 1);
        Assert.Equal(3 * 3, result.Points.Count);
    }

    [Fact]
    public async Task No_vocabulary_that_holds_an_alphabet_is_an_error()
    {
        var refused = await Assert.ThrowsAsync<VocabularyTooSmallException>(() => Run(_options with { VocabularySizes = [5, 6] }));
        Assert.StartsWith("a vocabulary of 5 tokens is smaller than the alphabet of", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_holdout_the_training_episodes_are_measured_on()
    {
        var all = _options with { Training = _options.Training with { HoldoutFraction = 0 }, Windows = 7 };
        RateDistortionSweepResult result = await Run(all);

        Assert.Equal((8, 0, 7), (result.TrainingEpisodes, result.HeldOutEpisodes, result.Windows));
    }

    [Fact]
    public async Task Episodes_in_which_nothing_moves_are_refused()
    {
        Episode[] still = [.. Enumerable.Range(0, 4).Select(i => new Episode($"e{i}", new double[200], 2))];
        var refused = await Assert.ThrowsAsync<InvalidDataException>(
            () => new RateDistortionSweep(_options).RunAsync(new EpisodeList(still), null, TestContext.Current.CancellationToken));
        Assert.Contains("no dimension moves", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_tells_how_far_it_is_and_stops_when_told()
    {
        var told = new List<RateDistortionSweepProgress>();
        await new RateDistortionSweep(_options).RunAsync(_episodes, new Telling(told.Add), TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, 8).Select(done => new RateDistortionSweepProgress(done, 8)), told);

        using var stop = new CancellationTokenSource();
        int reports = 0;
        var stopping = new Telling(_ =>
        {
            reports++;
            stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new RateDistortionSweep(_options).RunAsync(_episodes, stopping, stop.Token));
        Assert.Equal(1, reports);
    }

    [Fact]
    public void Options_that_mean_nothing_are_refused()
    {
        Refused(_options with { Scales = [] }, "no scale");
        Refused(_options with { Scales = [10, 0] }, "scale");
        Refused(_options with { Scales = [-1] }, "scale");
        Refused(_options with { Lambdas = [] }, "no price");
        Refused(_options with { Lambdas = [0.5, -0.5] }, "(lambda) of -0.5");
        Refused(_options with { Lambdas = [double.NaN] }, "(lambda) of NaN");
        Refused(_options with { Lambdas = [double.PositiveInfinity] }, "(lambda) of");
        Refused(_options with { VocabularySizes = [] }, "no vocabulary size");
        Refused(_options with { VocabularySizes = [0] }, "a vocabulary of 0 tokens");
        Refused(_options with { VocabularySizes = [65_536] }, "a vocabulary of 65536 tokens");
        Refused(_options with { Windows = 0 }, "0 windows");

        static void Refused(RateDistortionSweepOptions options, string says) => Assert.Contains(
            says, Assert.ThrowsAny<ArgumentException>(() => new RateDistortionSweep(options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(100)]
    [InlineData(1000)]
    public async Task Windows_are_spread_as_over_a_list_of_all(int most)
    {
        var options = new TrainingOptions { Horizon = 20, Stride = 3, EncodedDimensions = [1] };
        var all = new List<(string, int, double[])>();
        await foreach (Episode episode in _episodes.ReadEpisodesAsync(TestContext.Current.CancellationToken))
        {
            double[] column = [.. Enumerable.Range(0, episode.Steps).Select(step => episode.Actions.Span[(2 * step) + 1])];
            for (int step = 0; step + 20 <= episode.Steps; step += 3) all.Add((episode.Name, step, column[step..(step + 20)]));
        }

        int kept = Math.Min(most, all.Count);
        IReadOnlyList<SpreadWindow> windows =
            await SpreadWindows.ReadAsync(_episodes, new ActionShape(20, 1), options, most, TestContext.Current.CancellationToken);
        Assert.Equal(
            Enumerable.Range(0, kept).Select(i => all[i * all.Count / kept]),
            windows.Select(window => (window.Episode, window.Step, window.Values)));
    }

    private static Task<RateDistortionSweepResult> Run(RateDistortionSweepOptions options) =>
        new RateDistortionSweep(options).RunAsync(_episodes, null, TestContext.Current.CancellationToken);

    private sealed class Telling(Action<RateDistortionSweepProgress> told) : IProgress<RateDistortionSweepProgress>
    {
        public void Report(RateDistortionSweepProgress value) => told(value);
    }
}
