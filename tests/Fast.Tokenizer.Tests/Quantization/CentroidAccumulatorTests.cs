using Fast.Tokenizer.Quantization;

namespace Fast.Tokenizer.Tests.Quantization;

public sealed class CentroidAccumulatorTests
{
    private const int Magnitudes = 5;

    [Theory]
    [InlineData(CoefficientOrder.FrequencyMajor, 1e-9)]
    [InlineData(CoefficientOrder.DimensionMajor, 1e-9)]
    [InlineData(CoefficientOrder.FrequencyMajor, 7)]
    [InlineData(CoefficientOrder.DimensionMajor, 30)]
    public void Points_are_the_means_of_what_was_encoded_so_drawn_towards_the_frequency_and_that_towards_integers(
        CoefficientOrder order, double prior)
    {
        var shape = new ActionShape(4, 3);
        (double[] Scaled, int[] Quantized)[] chunks = Chunks(new(7), shape, 200);
        var seen = new CentroidAccumulator(shape);
        foreach ((double[] scaled, int[] quantized) in chunks) seen.Add(scaled, quantized, order);
        ReconstructionPoints points = seen.ToPoints(prior);

        Assert.Equal((shape, Magnitudes), (points.Shape, points.Magnitudes));
        for (int k = 0; k < shape.Horizon; k++)
        {
            for (int d = 0; d < shape.Dimensions; d++)
            {
                for (int m = 1; m <= Magnitudes; m++)
                {
                    double[] all = [.. Enumerable.Range(0, shape.Dimensions).SelectMany(other => Below(chunks, shape, order, k, other, m))];
                    double[] own = Below(chunks, shape, order, k, d, m);
                    double common = all.Sum() / (all.Length + prior);
                    double expected = (own.Sum() + (prior * common)) / (own.Length + prior);
                    double offset = points.Offsets[(((k * shape.Dimensions) + d) * Magnitudes) + m - 1];
                    Assert.Equal(Math.Clamp(expected, -0.499, 0.499), offset, 0.00051);
                }
            }
        }
    }

    [Fact]
    public void The_order_of_chunks_and_how_they_are_divided_change_no_bit()
    {
        var shape = new ActionShape(5, 2);
        (double[] Scaled, int[] Quantized)[] chunks = Chunks(new(11), shape, 300);
        CentroidAccumulator whole = new(shape), first = new(shape), second = new(shape);
        foreach ((double[] scaled, int[] quantized) in chunks) whole.Add(scaled, quantized, CoefficientOrder.FrequencyMajor);
        for (int i = chunks.Length - 1; i >= 0; i--)
            (i % 3 == 0 ? first : second).Add(chunks[i].Scaled, chunks[i].Quantized, CoefficientOrder.FrequencyMajor);
        first.Add(second);
        Assert.Equal(whole.ToPoints(3).Offsets, first.ToPoints(3).Offsets);
    }

    [Fact]
    public void What_was_never_seen_and_what_lies_further_than_a_step_away_stays_an_integer()
    {
        var shape = new ActionShape(1, 2);
        var seen = new CentroidAccumulator(shape);
        for (int i = 0; i < 50; i++) seen.Add([9.5, -70], [3, -3], CoefficientOrder.FrequencyMajor);
        Assert.All(seen.ToPoints(1).Offsets.ToArray(), offset => Assert.Equal(0, offset));
    }

    [Fact]
    public void A_mean_beyond_half_a_step_gives_points_that_can_be_made()
    {
        var seen = new CentroidAccumulator(new ActionShape(1, 2));
        for (int i = 0; i < 1000; i++) seen.Add([1.9, 0.1], [1, 1], CoefficientOrder.FrequencyMajor);
        double[] offsets = seen.ToPoints(1e-9).Offsets.ToArray();
        Assert.Equal((-0.499, 0.499), (offsets[0], offsets[Magnitudes]));
    }

    private static double[] Below(
        (double[] Scaled, int[] Quantized)[] chunks, ActionShape shape, CoefficientOrder order, int frequency, int dimension, int magnitude)
    {
        int at = order == CoefficientOrder.FrequencyMajor
            ? (frequency * shape.Dimensions) + dimension
            : (dimension * shape.Horizon) + frequency;
        return
        [
            .. chunks.Where(chunk => Math.Min(Math.Abs(chunk.Quantized[at]), Magnitudes) == magnitude)
                .Select(chunk => Math.Abs(chunk.Quantized[at]) - (chunk.Scaled[at] * Math.Sign(chunk.Quantized[at]))),
        ];
    }

    // Each place leans to one side, and now and then an integer further away is chosen. On the grid of the quantiser.
    private static (double[] Scaled, int[] Quantized)[] Chunks(Random random, ActionShape shape, int count)
    {
        double[] lean = [.. Enumerable.Range(0, shape.Count).Select(_ => random.NextDouble() * 2 / 3)];
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                int[] quantized = [.. Enumerable.Range(0, shape.Count).Select(_ => random.Next(-8, 9))];
                double[] scaled =
                    [.. quantized.Select((q, i) => Math.Round((q + ((random.NextDouble() - lean[i]) * Math.Sign(q))) * 1024) / 1024)];
                return (scaled, quantized);
            }),
        ];
    }
}
