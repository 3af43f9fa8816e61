using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training.Tests;

public sealed class RateDistortionCurveTests
{
    private static readonly EpisodeList _episodes = new(ScriptedEpisodes.Smooth(2, 90, 120, 15, 140));
    private static readonly RateDistortionCurveOptions _options = new() { Horizon = 20, Stride = 3, Lambdas = [0, 0.5, 2], Windows = 1000 };

    [Fact]
    public async Task Every_point_is_what_an_evaluation_of_its_own_says()
    {
        FastActionTokenizer tokenizer = await TokenizerAsync();
        IReadOnlyList<RateDistortionSweepPoint> points =
            await RateDistortionCurve.MeasureAsync(tokenizer, _episodes, _options, TestContext.Current.CancellationToken);

        Assert.Equal([0, 0.5, 2, null, null], points.Select(point => point.Lambda));
        (IActionTokenizer, EncodeMode)[] expected =
        [
            (tokenizer, EncodeMode.Shortest), (tokenizer, EncodeMode.RateDistortion(0.5)), (tokenizer, EncodeMode.RateDistortion(2)),
            (tokenizer, EncodeMode.Canonical), (new BinningActionTokenizer(256, tokenizer.Definition.Normalizer), EncodeMode.Canonical),
        ];
        for (int i = 0; i < points.Count; i++)
        {
            var encoding = new EncodeOptions { Mode = expected[i].Item2, OutOfRange = OutOfRangePolicy.Clamp };
            var evaluator = new FidelityEvaluator(expected[i].Item1, new(20, 2), tokenizer.Definition.Normalizer, null, encoding);
            await foreach (Episode episode in _episodes.ReadEpisodesAsync(TestContext.Current.CancellationToken))
            {
                for (int step = 0; step + 20 <= episode.Steps; step += 3)
                    evaluator.Add(episode.Actions.Span.Slice(step * 2, 40), episode.Name, step);
            }

            FidelityReport report = evaluator.ToReport();
            Assert.Equal((report.MeanTokens, report.RmseNormalized, report.MaxErrorNormalized),
                (points[i].MeanTokens, points[i].RmseNormalized, points[i].MaxErrorNormalized));
        }

        Assert.Equal(
            [RateDistortionSweepScheme.Canonical, RateDistortionSweepScheme.Binning], points.Skip(3).Select(point => point.Scheme));
        Assert.Equal(40, points[^1].MeanTokens);
        Assert.True(points[0].MeanTokens > points[1].MeanTokens && points[1].MeanTokens > points[2].MeanTokens);
    }

    [Fact]
    public async Task Nothing_that_moves_leaves_nothing_to_compare()
    {
        var normalizer = new ActionNormalizer(new(q01: [1, 2], q99: [1, 2]), new());
        Assert.Empty(await RateDistortionCurve.MeasureAsync(
            SampleTokenizers.Tokenizer(normalizer: normalizer), _episodes, _options, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_cannot_be_measured_is_named()
    {
        FastActionTokenizer tokenizer = await TokenizerAsync();
        Assert.Contains("lambda", (await Refused<ArgumentException>(_options with { Lambdas = [-1] })).Message, StringComparison.Ordinal);
        Assert.Contains("0 windows", (await Refused<ArgumentException>(_options with { Windows = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("500 steps", (await Refused<InvalidDataException>(_options with { Horizon = 500 })).Message,
            StringComparison.Ordinal);

        Task<T> Refused<T>(RateDistortionCurveOptions options)
            where T : Exception =>
            Assert.ThrowsAsync<T>(() => RateDistortionCurve.MeasureAsync(tokenizer, _episodes, options,
                TestContext.Current.CancellationToken));
    }

    private static async Task<FastActionTokenizer> TokenizerAsync() =>
        (await new ActionTokenizerTrainer(new TrainingOptions { Horizon = 20, HoldoutFraction = 0 })
            .TrainAsync(_episodes, null, TestContext.Current.CancellationToken)).Tokenizer;
}
