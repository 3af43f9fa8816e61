using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training.Tests;

/// <summary>What a weight does to tokens and errors.</summary>
public sealed class WeightedTrainingTests
{
    [Theory]
    [InlineData("aloha_sim_insertion_human", 6)]
    [InlineData("bridge", 6)]
    [InlineData("franka_delta_eef", 6)]
    public async Task Half_the_weight_of_a_recorded_gripper_takes_fewer_tokens_and_only_its_error_grows(string recording, int gripper)
    {
        IReadOnlyList<Episode> episodes = RecordedTokenizers.Episodes(recording);
        int horizon = RecordedTokenizers.Shape(recording).Horizon;
        double[] weights = [.. Enumerable.Range(0, episodes[0].Dimensions).Select(d => d == gripper ? 0.5 : 1)];
        FidelityReport plain = await HeldOutAsync(episodes, horizon, null), weighted = await HeldOutAsync(episodes, horizon, weights);

        Assert.True(weighted.MeanTokens < 0.99 * plain.MeanTokens, $"{plain.MeanTokens} tokens became {weighted.MeanTokens}");
        for (int d = 0; d < plain.Dimensions; d++)
        {
            FidelityDimension before = plain.PerDimension[d], after = weighted.PerDimension[d];
            double growth = after.Rmse / before.Rmse;
            if (d == gripper) Assert.InRange(growth, 1.2, 2.5);
            else Assert.Equal(1, growth, 1e-9);

            // In the unit of the recorded range, with a weight as without: figures of both can be compared.
            Assert.Equal(growth, after.RmseNormalized!.Value / before.RmseNormalized!.Value, 1e-9);
        }

        Assert.True(weighted.RmseNormalized > plain.RmseNormalized);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(4.0)]
    public async Task The_error_of_a_dimension_goes_with_the_inverse_of_its_weight(double weight)
    {
        // Noise has coefficients that are evenly spread within a quantiser step, so the error follows the step.
        var random = new Random(9);
        Episode[] episodes = [.. Enumerable.Range(0, 20).Select(i => new Episode(
            $"episode {i}", Enumerable.Range(0, 300).Select(k => (random.NextDouble() * 2 - 1) * (1 + k % 3)).ToArray(), 3))];
        FidelityReport plain = await HeldOutAsync(episodes, 20, null), weighted = await HeldOutAsync(episodes, 20, [1, weight, 1]);

        Assert.Equal(weight < 1, weighted.MeanTokens < plain.MeanTokens);
        double growth = weighted.PerDimension[1].Rmse / plain.PerDimension[1].Rmse;
        Assert.InRange(growth * weight, 0.93, 1.07);
        foreach (int d in (int[])[0, 2]) Assert.Equal(plain.PerDimension[d].Rmse, weighted.PerDimension[d].Rmse, 1e-12);
        Assert.Equal(growth, weighted.PerDimension[1].RmseNormalized!.Value / plain.PerDimension[1].RmseNormalized!.Value, 1e-12);
        Assert.Equal(growth > 1, weighted.RmseNormalized > plain.RmseNormalized);
    }

    [Fact]
    public async Task Tuning_keeps_the_weights_and_measures_in_units_of_the_range()
    {
        Episode[] episodes = [.. Enumerable.Range(0, 12).Select(i => new Episode(
            $"episode {i}", Enumerable.Range(0, 240).Select(k => Math.Sin(i + (k / 2 * 0.13 * (1 + (k % 2))))).ToArray(), 2))];
        TuneResult tuned = await new ActionTokenizerTuner(new TuneOptions
        {
            Training = new TrainingOptions
            {
                Horizon = 20,
                Stride = 4,
                HoldoutFraction = 0.2,
                Vocabulary = new() { VocabularySize = 300 },
                Normalization = new NormalizationOptions { Weights = [1, 0.25] },
            },
            Scales = [8, 16],
            MaxError = [0.3, 0.6],
        }).TuneAsync(new EpisodeList(episodes), null, TestContext.Current.CancellationToken);

        Assert.Equal([1, 0.25], tuned.Tokenizer.Definition.Normalizer!.Options.Weights!);
        Assert.True(tuned.Chosen.IsMet);

        // Half ranges are about 1, so normalised errors are about the physical ones, not a quarter of them.
        Assert.InRange(tuned.HeldOut!.PerDimension[1].RmseNormalized!.Value / tuned.HeldOut.PerDimension[1].Rmse, 0.95, 1.1);
    }

    [Fact]
    public void An_error_bound_holds_with_weights()
    {
        const string Recording = "robosuite_panda";
        FastActionTokenizer trained = RecordedTokenizers.Get(Recording);
        ActionShape shape = RecordedTokenizers.Shape(Recording);
        ActionNormalizer plain = trained.Definition.Normalizer!;
        var tokenizer = new FastActionTokenizer(trained.Definition with
        {
            Normalizer = new(plain.Statistics, plain.Options with { Weights = [1, 1, 1, 1, 1, 1, 0.4] }),
        });
        double[] bounds = [.. plain.HalfRange.ToArray().Select((half, d) => (d == 6 ? 0.75 : 0.3) * half)];
        var options = new EncodeOptions { Mode = EncodeMode.MaxError(bounds), OutOfRange = OutOfRangePolicy.Clamp };
        int chunks = 0;
        foreach (ReadOnlyMemory<double> window in RecordedTokenizers.TrainingWindows(Recording))
        {
            var tokens = new int[tokenizer.MaxTokenCount(shape)];
            var decoded = new double[shape.Count];
            int count = tokenizer.Encode(window.Span, shape, tokens, options).Count;
            tokenizer.Decode(tokens.AsSpan(0, count), shape, decoded);
            for (int i = 0; i < decoded.Length; i++)
                Assert.InRange(Math.Abs(decoded[i] - window.Span[i]), 0, bounds[i % shape.Dimensions]);
            chunks++;
        }

        Assert.Equal(20, chunks);
    }

    private static async Task<FidelityReport> HeldOutAsync(IReadOnlyList<Episode> episodes, int horizon, IReadOnlyList<double>? weights)
    {
        var trainer = new ActionTokenizerTrainer(new TrainingOptions
        {
            Horizon = horizon,
            HoldoutFraction = 0.2,

            // The alphabet spans the coefficients of all dimensions: with a narrower one, another weight clips others' unseen coefficients.
            AlphabetMargin = 1,
            Normalization = new NormalizationOptions { Weights = weights },
        });
        return (await trainer.TrainAsync(new EpisodeList(episodes), null, TestContext.Current.CancellationToken)).HeldOut!;
    }
}
