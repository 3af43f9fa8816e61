
namespace Fast.Tokenizer.Training.Tests;

public sealed class ActionTokenizerTunerTests
{
    private static readonly TuneOptions _options = new()
    {
        Training = new TrainingOptions { Horizon = 20, Stride = 4, HoldoutFraction = 0.2, Vocabulary = new() { VocabularySize = 400 } },
        Scales = [6, 10, 14],
        ValidationWindows = 60,
    };

    [Fact]
    public async Task The_target_is_met_with_fewer_tokens_than_plain_encoding_takes()
    {
        EpisodeList episodes = Episodes();
        const double Target = 0.03;
        TuneResult tuned = await new ActionTokenizerTuner(_options with { RmseNormalized = Target }).TuneAsync(
            episodes, null, TestContext.Current.CancellationToken);

        Assert.True(tuned.Chosen.IsMet);
        Assert.InRange(tuned.Chosen.RmseNormalized, 0, Target);
        Assert.All(tuned.Curve.Where(point => point.IsMet), point => Assert.True(point.MeanTokens >= tuned.Chosen.MeanTokens));
        Assert.Equal(tuned.Chosen.Scale, tuned.Tokenizer.Definition.Scale);
        Assert.Equal(400, tuned.Chosen.VocabularySize);
        Assert.InRange(tuned.Tokenizer.VocabularySize, 300, 400);
        Assert.NotNull(tuned.HeldOut);

        // Any plain tokenizer within the target takes more.
        foreach (double scale in _options.Scales)
        {
            TrainingResult plain = await new ActionTokenizerTrainer(_options.Training with { Scale = scale }).TrainAsync(
                episodes, null, TestContext.Current.CancellationToken);
            if (plain.HeldOut!.RmseNormalized <= Target) Assert.True(plain.HeldOut.MeanTokens > tuned.HeldOut.MeanTokens);
        }
    }

    [Fact]
    public async Task A_token_budget_is_kept_with_the_smallest_error()
    {
        TuneResult tuned = await new ActionTokenizerTuner(_options with { MeanTokens = 14 }).TuneAsync(
            Episodes(), null, TestContext.Current.CancellationToken);

        Assert.InRange(tuned.Chosen.MeanTokens, 1, 14);
        Assert.All(tuned.Curve.Where(point => point.IsMet), point => Assert.True(point.RmseNormalized >= tuned.Chosen.RmseNormalized));
    }

    [Fact]
    public async Task A_bound_per_dimension_is_kept_in_physical_units()
    {
        TuneResult tuned = await new ActionTokenizerTuner(_options with { MaxError = [0.2, 40] }).TuneAsync(
            Episodes(), null, TestContext.Current.CancellationToken);

        Assert.True(tuned.Chosen.OfTarget <= 1);
        var wrong = new ActionTokenizerTuner(_options with { MaxError = [1, 1, 1] });
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => wrong.TuneAsync(Episodes(), null, TestContext.Current.CancellationToken));
        Assert.Contains("3 targets for 2 dimensions", refused.Message);
    }

    [Fact]
    public async Task The_same_episodes_give_the_same_result()
    {
        Task<TuneResult> Tune() => new ActionTokenizerTuner(_options with { RmseNormalized = 0.03 }).TuneAsync(
            Episodes(), null, TestContext.Current.CancellationToken);
        TuneResult first = await Tune(), second = await Tune();

        Assert.Equal(first.Curve, second.Curve);
        Assert.Equal(first.Chosen, second.Chosen);
    }

    [Fact]
    public async Task A_target_out_of_reach_names_the_nearest_point()
    {
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => new ActionTokenizerTuner(_options with { RmseNormalized = 1e-6 })
            .TuneAsync(Episodes(), null, TestContext.Current.CancellationToken));

        Assert.Contains("the nearest, 14 with", refused.Message);
        Assert.Contains("a larger scale", refused.Message);
    }

    [Fact]
    public async Task It_stops_when_told()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Stopping(stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new ActionTokenizerTuner(_options with { RmseNormalized = 0.03 }).TuneAsync(Episodes(), progress, stop.Token));
    }

    [Fact]
    public void Exactly_one_target_and_sound_options_are_asked_for()
    {
        Assert.Contains("0 targets", Assert.Throws<ArgumentException>(() => new ActionTokenizerTuner(_options)).Message);
        Assert.Contains("2 targets", Assert.Throws<ArgumentException>(
            () => new ActionTokenizerTuner(_options with { MeanTokens = 5, RmseNormalized = 1 })).Message);
        Assert.Throws<ArgumentException>(() => new ActionTokenizerTuner(_options with { MeanTokens = -5 }));
        Assert.Throws<ArgumentException>(() => new ActionTokenizerTuner(_options with { MeanTokens = 5, Scales = [] }));
        Assert.Throws<ArgumentException>(() => new ActionTokenizerTuner(_options with { MeanTokens = 5, ValidationFraction = 1 }));
        Assert.Throws<ArgumentException>(() => new ActionTokenizerTuner(_options with { MeanTokens = 5, ValidationWindows = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ActionTokenizerTuner(_options with { MeanTokens = 5, Scales = [-1] }));
    }

    // Two joints in different units that follow slow waves with some noise.
    private static EpisodeList Episodes()
    {
        var random = new Random(12);
        return new EpisodeList([.. Enumerable.Range(0, 12).Select(e =>
        {
            const int Steps = 150, Dimensions = 2;
            var actions = new double[Steps * Dimensions];
            double phase = random.NextDouble() * 6, pace = 0.05 + (random.NextDouble() * 0.1);
            for (int t = 0; t < Steps; t++)
            {
                actions[t * Dimensions] = Math.Sin(phase + (pace * t)) + (random.NextDouble() * 0.02);
                actions[(t * Dimensions) + 1] = 100 * Math.Cos((phase * 2) + (pace * 1.3 * t)) + (random.NextDouble() * 2);
            }

            return new Episode($"episode_{e}", actions, Dimensions);
        })]);
    }

    private sealed class Stopping(CancellationTokenSource source) : IProgress<TunePoint>
    {
        public void Report(TunePoint value) => source.Cancel();
    }
}
