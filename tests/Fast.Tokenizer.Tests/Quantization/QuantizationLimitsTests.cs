using Fast.Tokenizer.Quantization;

namespace Fast.Tokenizer.Tests.Quantization;

/// <summary>The last value on this side of each limit.</summary>
public sealed class QuantizationLimitsTests
{
    [Fact]
    public void As_many_magnitudes_as_can_be_and_offsets_next_to_half_a_step_are_fine()
    {
        double[] offsets = new double[ReconstructionPoints.MaxMagnitudes];
        (offsets[0], offsets[^1]) = (Math.BitDecrement(0.5), Math.BitIncrement(-0.5));
        var points = new ReconstructionPoints(new ActionShape(1, 1), ReconstructionPoints.MaxMagnitudes, offsets);
        Assert.Equal(ReconstructionPoints.MaxMagnitudes, points.Magnitudes);
        Assert.Equal(1 - offsets[0], points.Reconstruct(1, 0, 0, 1));
        Assert.Equal(63, points.Reconstruct(63, 0, 0, 1));
        Assert.Equal(64 - offsets[^1], points.Reconstruct(64, 0, 0, 1));
        Assert.Equal(65 - offsets[^1], points.Reconstruct(65, 0, 0, 1));
    }

    [Theory]
    [InlineData(2.0, 3, 0.499)]
    [InlineData(4.0, 3, -0.499)]
    [InlineData(-2.0, -3, 0.499)]
    [InlineData(-4.0, -3, -0.499)]
    [InlineData(1.9999, 3, 0)]
    [InlineData(4.0001, 3, 0)]
    [InlineData(1.0, 0, 0)]
    public void What_lies_a_step_away_counts_and_what_lies_further_does_not(double scaled, int quantized, double offset)
    {
        var seen = new CentroidAccumulator(new ActionShape(1, 1));
        seen.Add([scaled], [quantized], CoefficientOrder.FrequencyMajor);
        double[] expected = new double[5];
        if (quantized != 0) expected[2] = offset;
        Assert.Equal(expected, seen.ToPoints(1e-9).Offsets);
    }

    [Theory]
    [InlineData(4, 3)]
    [InlineData(5, 4)]
    [InlineData(6, 4)]
    [InlineData(-5, 4)]
    [InlineData(-1_000_000_000, 4)]
    [InlineData(1, 0)]
    public void The_last_magnitude_stands_for_all_above_it(int quantized, int entry)
    {
        var seen = new CentroidAccumulator(new ActionShape(1, 1));
        seen.Add([quantized - (0.25 * Math.Sign(quantized))], [quantized], CoefficientOrder.FrequencyMajor);
        double[] expected = new double[5];
        expected[entry] = 0.25;
        Assert.Equal(expected, seen.ToPoints(1e-9).Offsets);
    }

    [Theory]
    [InlineData(CoefficientOrder.FrequencyMajor)]
    [InlineData(CoefficientOrder.DimensionMajor)]
    public void Scaled_coefficients_are_on_a_grid_in_the_order_of_the_integers(CoefficientOrder order)
    {
        const double Grid = 1 << 20;
        var shape = new ActionShape(2, 3);
        double[] coefficients = [0.1, -0.3, 1e300, -1e300, 2.75, 100_000_000.1], scaled = new double[6];
        new CoefficientQuantizer(10, order).Scaled(coefficients, shape, scaled);

        double[] expected = [Math.Round(1 * Grid) / Grid, -3, 1e9, -1e9, 27.5, 1e9];
        Assert.Equal(Ordered(expected), scaled);

        new CoefficientQuantizer(1, order).Scaled([1.3 / Grid, 1.7 / Grid, 0, -1.3 / Grid, -1.7 / Grid, 5], shape, scaled);
        expected = [1 / Grid, 2 / Grid, 0, -1 / Grid, -2 / Grid, 5];
        Assert.Equal(Ordered(expected), scaled);

        double[] Ordered(double[] rows) =>
            order == CoefficientOrder.FrequencyMajor ? rows : [rows[0], rows[3], rows[1], rows[4], rows[2], rows[5]];
    }

    [Theory]
    [InlineData(CoefficientOrder.FrequencyMajor)]
    [InlineData(CoefficientOrder.DimensionMajor)]
    public void One_coefficient_is_reconstructed_as_all_are(CoefficientOrder order)
    {
        var random = new Random(3);
        var shape = new ActionShape(4, 3);
        ReconstructionPoints points = ReconstructionPointsTests.Random(random, new ActionShape(6, 3));
        int[] quantized = [.. Enumerable.Range(0, shape.Count).Select(_ => random.Next(-6, 7))];
        foreach (CoefficientQuantizer quantizer in (CoefficientQuantizer[])[new(1, order), new(1, order, points)])
        {
            var coefficients = new double[shape.Count];
            quantizer.Dequantize(quantized, shape, coefficients);
            for (int i = 0; i < shape.Count; i++)
            {
                int place = order == CoefficientOrder.FrequencyMajor ? i : (i % 4 * 3) + (i / 4);
                Assert.Equal(place, CoefficientQuantizer.Place(i, shape, order));
                Assert.Equal(coefficients[place], quantizer.Reconstruct(quantized[i], i, shape));
            }
        }
    }

    [Fact]
    public void An_offset_that_rounds_to_nothing_is_a_positive_zero()
    {
        // It is written to a file, where a sign would be one more byte of nothing.
        var seen = new CentroidAccumulator(new ActionShape(1, 1));
        seen.Add([3.0001], [3], CoefficientOrder.FrequencyMajor);
        Assert.All(seen.ToPoints(1e-9).Offsets.ToArray(), offset => Assert.Equal(0L, BitConverter.DoubleToInt64Bits(offset)));
    }

    [Fact]
    public void Points_of_another_horizon_are_looked_up_by_frequency_and_dimension()
    {
        ReconstructionPoints points = ReconstructionPointsTests.Random(new Random(4), new ActionShape(6, 3));
        for (int frequency = 0; frequency < 4; frequency++)
        {
            for (int dimension = 0; dimension < 3; dimension++)
            {
                double offset = points.Offsets[((frequency * 6 / 4 * 3) + dimension) * points.Magnitudes];
                Assert.Equal(1 - offset, points.Reconstruct(1, frequency, dimension, 4));
            }
        }
    }

    [Fact]
    public void A_negative_order_is_refused_by_its_number()
    {
        var problem = Assert.Throws<ArgumentOutOfRangeException>("order", () => new CoefficientQuantizer(10, (CoefficientOrder)(-1)));
        Assert.StartsWith("the coefficient order -1 is unknown", problem.Message, StringComparison.Ordinal);
    }
}
