using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Transform;

namespace Fast.Tokenizer.Training.Tests;

public sealed class ReconstructionTrainingTests
{
    private static readonly TrainingOptions _options = new() { Horizon = 10, Vocabulary = new() { VocabularySize = 200 } };

    [Theory]
    [InlineData(CoefficientOrder.FrequencyMajor, 1)]
    [InlineData(CoefficientOrder.DimensionMajor, 3)]
    public async Task Points_for_canonical_encoding_are_the_means_of_what_rounds_to_an_integer(CoefficientOrder order, int stride)
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(2, 300, 9, 200, 150);
        TrainingOptions options = _options with { Order = order, Stride = stride, HoldoutFraction = 0.3 };
        FastTokenizerDefinition plain = (await TrainAsync(options, episodes)).Tokenizer.Definition;
        FastTokenizerDefinition trained =
            (await TrainAsync(options with { Reconstruction = EncodeMode.Canonical }, episodes)).Tokenizer.Definition;
        Assert.Null(plain.Reconstruction);
        Assert.Equal(plain.Vocabulary.Merges, trained.Vocabulary.Merges);
        ReconstructionPoints points = trained.Reconstruction!;
        Assert.Equal(new ActionShape(10, 2), points.Shape);

        // The second episode is too short and the last is held out. By the definition, without the quantiser.
        var sums = new double[points.Offsets.Length];
        var counts = new double[sums.Length];
        var plan = new DctPlan(10);
        foreach (Episode episode in (Episode[])[episodes[0], episodes[2]])
        {
            for (int start = 0; start + 10 <= episode.Steps; start += stride)
            {
                var values = new double[20];
                trained.Normalizer!.Normalize(ChunkWindows.Slice(episode, start, 10), values);
                plan.Forward(values, 2, values);
                for (int i = 0; i < 20; i++)
                {
                    double scaled = Math.Abs(values[i] * 10), integer = Math.Round(scaled);
                    if (integer == 0) continue;
                    int at = (i * points.Magnitudes) + (int)Math.Min(integer, points.Magnitudes) - 1;
                    (sums[at], counts[at]) = (sums[at] + integer - scaled, counts[at] + 1);
                }
            }
        }

        double prior = 10.0 / stride;
        for (int i = 0; i < sums.Length; i++)
        {
            int other = (i / points.Magnitudes % 2 == 0 ? 1 : -1) * points.Magnitudes;
            double common = (sums[i] + sums[i + other]) / (counts[i] + counts[i + other] + prior);
            double expected = (sums[i] + (prior * common)) / (counts[i] + prior);
            Assert.Equal(expected, points.Offsets[i], 0.00051);
        }
    }

    public static TheoryData<EncodeMode> Modes =>
    [
        EncodeMode.Canonical, EncodeMode.Shortest, EncodeMode.RateDistortion(0.7), EncodeMode.MaxError(0.15, 0.2), EncodeMode.MaxRmse(0.1),
    ];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_same_episodes_give_the_same_points_and_less_error_in_every_mode(EncodeMode mode)
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(2, 120, 80, 100);
        TrainingOptions options = _options with { Reconstruction = mode };
        FastTokenizerDefinition first = (await TrainAsync(options, episodes)).Tokenizer.Definition;
        FastTokenizerDefinition second = (await TrainAsync(options, episodes)).Tokenizer.Definition;
        Assert.Equal(first.Reconstruction!.Offsets, second.Reconstruction!.Offsets);
        Assert.Contains(first.Reconstruction.Offsets.ToArray(), offset => offset != 0);

        // On what they were measured on. An encoder within bounds spends the error that it gains, and has no such measure.
        if (mode.ToString().StartsWith("Max", StringComparison.Ordinal)) return;
        Assert.True(Cost(first, episodes, mode) < Cost(first with { Reconstruction = null }, episodes, mode));
    }

    [Theory]
    [InlineData("franka_delta_eef", 30, 0)]
    [InlineData("robosuite_panda", 20, 0)]
    [InlineData("robosuite_panda", 20, 0.7)]
    [InlineData("bridge", 5, 0)]
    public async Task Held_out_episodes_of_recordings_have_less_error_at_the_price_of_the_mode(string name, int horizon, double lambda)
    {
        EncodeMode mode = lambda > 0 ? EncodeMode.RateDistortion(lambda) : EncodeMode.Canonical;
        var options = new TrainingOptions
        {
            Horizon = horizon,
            HoldoutFraction = 0.2,
            Vocabulary = new() { VocabularySize = 512 },
            HeldOutEncoding = new EncodeOptions { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp },
        };
        Episode[] episodes = [.. RecordedTokenizers.Episodes(name)];
        Fast.Tokenizer.Fidelity.FidelityReport integers = (await TrainAsync(options, episodes)).HeldOut!;
        Fast.Tokenizer.Fidelity.FidelityReport points = (await TrainAsync(options with { Reconstruction = mode }, episodes)).HeldOut!;
        double price = lambda / (10 * 10 * horizon * integers.Dimensions);
        double Measure(Fast.Tokenizer.Fidelity.FidelityReport report) =>
            (report.RmseNormalized!.Value * report.RmseNormalized.Value) + (price * report.MeanTokens);
        Assert.True(Measure(points) < Measure(integers));
        if (lambda == 0) Assert.Equal(integers.MeanTokens, points.MeanTokens);
    }

    [Fact]
    public async Task Bounds_that_do_not_fit_are_named_and_unreachable_ones_leave_integers()
    {
        Episode[] episodes = ScriptedEpisodes.Smooth(2, 40);
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() =>
            TrainAsync(_options with { Reconstruction = EncodeMode.MaxError(1, 1, 1) }, episodes));
        Assert.Contains("3 error bounds for 2 dimensions", wrong.Message, StringComparison.Ordinal);

        TrainingResult none = await TrainAsync(_options with { Reconstruction = EncodeMode.MaxError(1e-9) }, episodes);
        Assert.All(none.Tokenizer.Definition.Reconstruction!.Offsets.ToArray(), offset => Assert.Equal(0, offset));
    }

    private static Task<TrainingResult> TrainAsync(TrainingOptions options, Episode[] episodes) =>
        new ActionTokenizerTrainer(options).TrainAsync(new EpisodeList(episodes), cancellationToken: TestContext.Current.CancellationToken);

    // Squared error in steps, and the price of the tokens where the mode has one.
    private static double Cost(FastTokenizerDefinition definition, Episode[] episodes, EncodeMode mode)
    {
        var tokenizer = new FastActionTokenizer(definition);
        var shape = new ActionShape(10, 2);
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        double cost = 0;
        foreach (Episode episode in episodes)
        {
            for (int start = 0; start + 10 <= episode.Steps; start++)
            {
                double[] window = ChunkWindows.Slice(episode, start, 10).ToArray(), decoded = new double[20];
                int count = tokenizer.Encode(window, shape, tokens, new EncodeOptions { Mode = mode }).Count;
                tokenizer.Decode(tokens.AsSpan(0, count), shape, decoded);
                double[] errors = [.. window.Zip(decoded, (a, b) => a - b)];
                cost += errors.Select((error, i) => 100 * Math.Pow(error / definition.Normalizer!.HalfRange[i % 2], 2)).Sum();
                if (mode.ChoosesIntegers) cost += 0.7 * count;
            }
        }

        return cost;
    }
}
