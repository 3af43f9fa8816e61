using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Transform;

namespace Fast.Tokenizer.Tests.Fidelity;

public sealed class ChunkTraceTests
{
    [Theory]
    [InlineData(CoefficientOrder.FrequencyMajor)]
    [InlineData(CoefficientOrder.DimensionMajor)]
    public void Tokens_say_every_coefficient_once_and_in_order(CoefficientOrder order)
    {
        var random = new Random(1);
        for (int round = 0; round < 40; round++)
        {
            var shape = new ActionShape(random.Next(1, 25), random.Next(1, 7));
            FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(merges: 60 * (round % 4), order: order);
            double[] chunk = SampleTokenizers.Motion(random, shape);
            ChunkTrace trace = ChunkTrace.Of(tokenizer, chunk, shape);

            int[] tokens = tokenizer.Encode(chunk, shape);
            Assert.Equal(tokens, trace.Tokens.Select(token => token.Id));
            Assert.Equal(chunk, trace.Recorded);
            Assert.True(trace.IsComplete);
            Assert.Equal((shape.Horizon, shape.Dimensions, 0), (trace.Horizon, trace.Dimensions, trace.Clipped));

            var coefficients = new double[shape.Count];
            new DctPlan(shape.Horizon).Forward(chunk, shape.Dimensions, coefficients);
            (int, int, int)[] expected = [.. Places(shape, order).Select(place => (
                place.Frequency,
                place.Dimension,
                (int)Math.Round(coefficients[(place.Frequency * shape.Dimensions) + place.Dimension] * 10)))];
            Assert.Equal(
                expected, trace.Tokens.SelectMany(token => token.Coefficients)
                    .Select(coefficient => (coefficient.Frequency, coefficient.Dimension, coefficient.Value)));
        }
    }

    [Fact]
    public void Each_token_has_the_error_of_the_tokens_up_to_it()
    {
        // Dimension 3 is constant and has no part in the normalised error.
        var normalizer = new ActionNormalizer(new(q01: [-1, -20, 0, 5], q99: [1, 30, 0.1, 5]), new());
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(normalizer: normalizer);
        var shape = new ActionShape(16, 4);
        double[] normalized = SampleTokenizers.Motion(new(2), shape), chunk = new double[shape.Count];
        normalizer.Denormalize(normalized, chunk);
        ChunkTrace trace = ChunkTrace.Of(tokenizer, chunk, shape, new EncodeOptions { Mode = EncodeMode.RateDistortion(0.5) });

        int[] tokens = [.. trace.Tokens.Select(token => token.Id)];
        var decoded = new double[shape.Count];
        for (int i = 1; i <= tokens.Length; i++)
        {
            tokenizer.Decode(tokens.AsSpan(0, i), shape, decoded, DecodePolicy.Prefix);
            double squares = Enumerable.Range(0, shape.Count).Where(k => k % 4 != 3)
                .Sum(k => Math.Pow((decoded[k] - chunk[k]) / normalizer.HalfRange[k % 4], 2));
            Assert.Equal(Math.Sqrt(squares / 48), trace.Tokens[i - 1].RmseNormalized!.Value, 1e-12);
        }

        Assert.Equal(decoded, trace.Decoded);
        var ids = new int[tokenizer.MaxTokenCount(shape)];
        int count = tokenizer.Encode(chunk, shape, ids, new EncodeOptions { Mode = EncodeMode.RateDistortion(0.5) }).Count;
        Assert.Equal(ids[..count], tokens);
    }

    [Fact]
    public void Without_a_range_there_is_no_normalised_error()
    {
        var normalizer = new ActionNormalizer(new(q01: [5], q99: [5]), new());
        ChunkTrace trace = ChunkTrace.Of(SampleTokenizers.Tokenizer(normalizer: normalizer), [5, 5, 5], new(3, 1));
        Assert.All(trace.Tokens, token => Assert.Null(token.RmseNormalized));
        Assert.Equal([5, 5, 5], trace.Decoded);
    }

    [Fact]
    public void A_published_token_may_hold_a_part_of_a_coefficient()
    {
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(TestData.Locate("tokenizers", "fast_plus"));
        var shape = new ActionShape(10, 3);
        var random = new Random(4);
        bool hasPart = false;
        for (int round = 0; round < 50; round++)
        {
            double[] chunk = [.. Enumerable.Range(0, shape.Count).Select(_ => (random.NextDouble() - 0.5) * 200)];
            ChunkTrace trace = ChunkTrace.Of(tokenizer, chunk, shape);
            Assert.True(trace.IsComplete);
            Assert.Equal(Places(shape, CoefficientOrder.FrequencyMajor),
                trace.Tokens.SelectMany(token => token.Coefficients).Select(c => (c.Frequency, c.Dimension)));
            hasPart |= trace.Tokens.Any(token => token.Coefficients.Count == 0);
        }

        Assert.True(hasPart);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();
        Assert.Throws<ArgumentException>(() => ChunkTrace.Of(tokenizer, [1, 2, 3], new(2, 2)));
        Assert.Throws<ArgumentException>(() => ChunkTrace.Of(tokenizer, [1, double.NaN, 3, 4], new(2, 2)));
        Assert.Throws<ArgumentNullException>(() => ChunkTrace.Of(null!, [1, 2, 3, 4], new(2, 2)));
    }

    private static IEnumerable<(int Frequency, int Dimension)> Places(ActionShape shape, CoefficientOrder order) =>
        order == CoefficientOrder.FrequencyMajor
            ? from k in Enumerable.Range(0, shape.Horizon) from d in Enumerable.Range(0, shape.Dimensions) select (k, d)
            : from d in Enumerable.Range(0, shape.Dimensions) from k in Enumerable.Range(0, shape.Horizon) select (k, d);
}
