using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Quantization;

public sealed class ReconstructionPointsTests
{
    private static readonly ActionShape _small = new(2, 3);

    [Fact]
    public void An_integer_is_lowered_by_the_offset_of_its_frequency_dimension_and_magnitude()
    {
        // Frequency, dimension and magnitude can be read off an offset's digits.
        double[] offsets = [.. Enumerable.Range(0, 12).Select(i => (((i / 6) + 1) * 0.1) + ((i / 2 % 3) * 0.01) + ((i % 2) * 0.001))];
        var points = new ReconstructionPoints(_small, 2, offsets);
        Assert.Equal(1 - 0.1, points.Reconstruct(1, 0, 0, 2));
        Assert.Equal(-1 + 0.1, points.Reconstruct(-1, 0, 0, 2));
        Assert.Equal(1 - 0.22, points.Reconstruct(1, 1, 2, 2), 1e-15);
        Assert.Equal(2 - 0.221, points.Reconstruct(2, 1, 2, 2), 1e-15);
        Assert.Equal(-7 + 0.211, points.Reconstruct(-7, 1, 1, 2), 1e-15);
        Assert.Equal(0, points.Reconstruct(0, 1, 1, 2));
        Assert.Equal(int.MinValue + 0.211, points.Reconstruct(int.MinValue, 1, 1, 2), 1e-6);
        Assert.Equal(int.MaxValue - 0.211, points.Reconstruct(int.MaxValue, 1, 1, 2), 1e-6);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(3, 0, 0)]
    [InlineData(3, 1, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(4, 1, 0)]
    [InlineData(4, 2, 1)]
    [InlineData(1 << 24, (1 << 23) - 1, 0)]
    [InlineData(1 << 24, 1 << 23, 1)]
    [InlineData(1 << 24, (1 << 24) - 1, 1)]
    public void Another_horizon_takes_the_offsets_of_the_same_share_of_the_highest_frequency(int horizon, int frequency, int like)
    {
        var points = new ReconstructionPoints(new ActionShape(2, 1), 1, [0.25, -0.25]);
        Assert.Equal(points.Reconstruct(3, like, 0, 2), points.Reconstruct(3, frequency, 0, horizon));
    }

    [Fact]
    public void Larger_integers_decode_to_larger_values_of_the_same_sign()
    {
        var random = new Random(3);
        for (int round = 0; round < Rounds.Of(300); round++)
        {
            int magnitudes = random.Next(1, 8);
            double Size() => random.Next(3) == 0 ? 0.499999 : random.NextDouble() / 2;
            double[] offsets = [.. Enumerable.Range(0, magnitudes).Select(_ => Size() * (random.Next(2) == 0 ? 1 : -1))];
            var points = new ReconstructionPoints(new ActionShape(1, 1), magnitudes, offsets);
            double[] values = [.. Enumerable.Range(-10, 21).Select(q => points.Reconstruct(q, 0, 0, 1))];
            Assert.All(values.Zip(values.Skip(1)), pair => Assert.True(pair.First < pair.Second));
            Assert.All(Enumerable.Range(-10, 21).Zip(values), pair => Assert.Equal(Math.Sign(pair.First), Math.Sign(pair.Second)));
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-0.5)]
    [InlineData(1e300)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void An_offset_of_half_a_step_or_more_is_named(double offset)
    {
        var offsets = new double[12];
        offsets[9] = offset;
        Refusal.Says<ArgumentException>("frequency 1, dimension 1, magnitude 2", () => new ReconstructionPoints(_small, 2, offsets));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_named()
    {
        Refusal.Says<ArgumentException>("11 offsets", () => new ReconstructionPoints(_small, 2, new double[11]));
        Refusal.Says<ArgumentException>("takes 12", () => new ReconstructionPoints(_small, 2, new double[13]));
        Refusal.Says<ArgumentException>("0 magnitudes", () => new ReconstructionPoints(_small, 0, []));
        Refusal.Says<ArgumentException>("65 magnitudes", () => new ReconstructionPoints(_small, 65, new double[390]));
        Refusal.Says<ArgumentException>("no frequency", () => new ReconstructionPoints(default, 1, []));
        Refusal.Says<ArgumentException>("takes 1073741824", () => new ReconstructionPoints(new ActionShape(1 << 24, 1), 64, [0]));
        var points = new ReconstructionPoints(_small, 1, new double[6]);
        Assert.Throws<ArgumentOutOfRangeException>(() => points.Reconstruct(1, 2, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => points.Reconstruct(1, -1, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => points.Reconstruct(1, 0, 3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => points.Reconstruct(1, 0, -1, 2));
    }

    [Theory]
    [InlineData(CoefficientOrder.FrequencyMajor)]
    [InlineData(CoefficientOrder.DimensionMajor)]
    public void A_quantiser_gives_the_points_of_all_coefficients(CoefficientOrder order)
    {
        var random = new Random(5);
        for (int round = 0; round < Rounds.Of(400); round++)
        {
            ReconstructionPoints points = Random(random, new ActionShape(random.Next(1, 40), random.Next(1, 9)));
            var shape = new ActionShape(random.Next(2) == 0 ? points.Shape.Horizon : random.Next(1, 60), points.Shape.Dimensions);
            int zeros = random.Next(0, 5);
            int[] quantized = [.. Enumerable.Range(0, shape.Count).Select(_ => random.Next(5) < zeros ? 0 : random.Next(-9, 10))];
            var coefficients = new double[shape.Count];
            double scale = random.Next(2) == 0 ? 10 : 0.3 + random.NextDouble();
            new CoefficientQuantizer(scale, order, points).Dequantize(quantized, shape, coefficients);
            for (int k = 0; k < shape.Horizon; k++)
            {
                for (int d = 0; d < shape.Dimensions; d++)
                {
                    int at = order == CoefficientOrder.FrequencyMajor ? (k * shape.Dimensions) + d : (d * shape.Horizon) + k;
                    double expected = points.Reconstruct(quantized[at], k, d, shape.Horizon) / scale;
                    Assert.Equal(expected, coefficients[(k * shape.Dimensions) + d]);
                }
            }
        }
    }

    [Fact]
    public void A_quantiser_refuses_a_chunk_of_other_dimensions() =>
        Refusal.Says<ArgumentException>("2 dimensions, the reconstruction points 3", () =>
            new CoefficientQuantizer(10, points: Random(new(1), _small)).Dequantize(new int[4], new ActionShape(2, 2), new double[4]));

    /// <summary>Points of any size for chunks of a shape.</summary>
    internal static ReconstructionPoints Random(Random random, ActionShape shape)
    {
        int magnitudes = random.Next(1, 5);
        double[] offsets =
            [.. Enumerable.Range(0, shape.Count * magnitudes).Select(_ => Math.Round((random.NextDouble() * 0.998) - 0.499, 3))];
        return new ReconstructionPoints(shape, magnitudes, offsets);
    }
}
