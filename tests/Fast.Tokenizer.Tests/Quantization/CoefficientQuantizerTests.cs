using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Quantization;

public sealed class CoefficientQuantizerTests
{
    public static TheoryData<string> DataSets => [.. RecordedActions.Names];

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(-0.5, 0)]
    [InlineData(1.5, 2)]
    [InlineData(-1.5, -2)]
    [InlineData(2.5, 2)]
    [InlineData(-2.5, -2)]
    [InlineData(0.5 + 1e-10, 0)]
    [InlineData(0.5 - 1e-10, 0)]
    [InlineData(1.5 - 1e-10, 2)]
    [InlineData(1.5 + 1e-10, 2)]
    [InlineData(2.5 + 1e-10, 2)]
    [InlineData(-0.5 - 1e-10, 0)]
    [InlineData(-1.5 + 1e-10, -2)]
    [InlineData(-2.5 - 1e-10, -2)]
    [InlineData(0.5 + 2e-9, 1)]
    [InlineData(1.5 - 2e-9, 1)]
    [InlineData(2.5 + 2e-9, 3)]
    [InlineData(-0.5 - 2e-9, -1)]
    [InlineData(-1.5 + 2e-9, -1)]
    [InlineData(0.0, 0)]
    [InlineData(double.Epsilon, 0)]
    [InlineData(0.99, 1)]
    [InlineData(-3.2, -3)]
    [InlineData(999_999_999.5, 1_000_000_000)]
    [InlineData(999_999_998.5, 999_999_998)]
    [InlineData(1e9, 1_000_000_000)]
    [InlineData(2e9, 1_000_000_000)]
    [InlineData(-3e9, -1_000_000_000)]
    [InlineData(double.MaxValue, 1_000_000_000)]
    [InlineData(double.NegativeInfinity, -1_000_000_000)]
    public void A_value_rounds_by_the_tie_rule_wherever_it_stands(double value, int expected)
    {
        // 19 places: within vectors of every width, and in the tail after them; in both orders.
        foreach (var order in Enum.GetValues<CoefficientOrder>())
        {
            double[] coefficients = [.. Enumerable.Repeat(value, 19)];
            int[] quantized = new int[19];
            new CoefficientQuantizer(1, order).Quantize(coefficients, new ActionShape(19, 1), quantized);
            Assert.All(quantized, q => Assert.Equal(expected, q));
        }
    }

    [Fact]
    public void Negative_zero_is_zero()
    {
        int[] quantized = [7, 7, 7, 7, 7];
        new CoefficientQuantizer(10).Quantize([-0.0, -0.0, -0.0, -0.0, -0.0], new ActionShape(5, 1), quantized);
        Assert.Equal([0, 0, 0, 0, 0], quantized);
    }

    [Fact]
    public void Every_shape_and_value_agrees_with_the_rule_as_worded()
    {
        var random = new Random(11);
        foreach (double scale in (double[])[1, 10, 50, 0.1, 7.3])
        {
            for (int round = 0; round < Rounds.Of(400); round++)
            {
                var shape = new ActionShape(random.Next(1, 30), random.Next(1, 20));
                double[] coefficients = [.. Enumerable.Range(0, shape.Count).Select(_ => Adversarial(random) / scale)];
                int[] frequencies = new int[shape.Count], dimensions = new int[shape.Count];
                new CoefficientQuantizer(scale).Quantize(coefficients, shape, frequencies);
                new CoefficientQuantizer(scale, CoefficientOrder.DimensionMajor).Quantize(coefficients, shape, dimensions);
                for (int t = 0; t < shape.Horizon; t++)
                {
                    for (int d = 0; d < shape.Dimensions; d++)
                    {
                        double scaled = coefficients[t * shape.Dimensions + d] * scale;
                        int expected = Rule(scaled);
                        Assert.True(expected == frequencies[t * shape.Dimensions + d],
                            $"{scaled:R}: {expected} and {frequencies[t * shape.Dimensions + d]}");
                        Assert.True(expected == dimensions[d * shape.Horizon + t],
                            $"{scaled:R}: {expected} and {dimensions[d * shape.Horizon + t]}");
                    }
                }
            }
        }
    }

    [Fact]
    public void A_coefficient_comes_back_within_half_a_step()
    {
        var random = new Random(12);
        foreach (var order in Enum.GetValues<CoefficientOrder>())
        {
            for (int round = 0; round < Rounds.Of(300); round++)
            {
                var shape = new ActionShape(random.Next(1, 30), random.Next(1, 20));
                double scale = Math.Pow(10, random.NextDouble() * 4 - 1);
                var quantizer = new CoefficientQuantizer(scale, order);
                double[] coefficients = [.. Enumerable.Range(0, shape.Count).Select(_ => Adversarial(random, 1e5) / scale)],
                    back = new double[shape.Count];
                int[] quantized = new int[shape.Count];
                quantizer.Quantize(coefficients, shape, quantized);
                quantizer.Dequantize(quantized, shape, back);
                for (int i = 0; i < back.Length; i++)
                {
                    double rounding = Math.ScaleB(Math.Abs(coefficients[i]), -51); // of the product and of the quotient
                    Assert.InRange(Math.Abs(back[i] - coefficients[i]), 0, (0.5 + 1e-9) / scale + rounding);
                }
            }
        }
    }

    [Fact]
    public void Dequantizing_is_the_quotient_in_either_order_over_the_whole_range_of_int()
    {
        var random = new Random(13);
        for (int round = 0; round < Rounds.Of(300); round++)
        {
            var shape = new ActionShape(random.Next(1, 30), random.Next(1, 20));
            double scale = Math.Pow(10, random.NextDouble() * 4 - 1);
            int[] integers = [.. Enumerable.Range(0, shape.Count).Select(_ => random.Next(4) switch
            {
                0 => int.MinValue,
                1 => int.MaxValue,
                2 => random.Next(int.MinValue, int.MaxValue),
                _ => random.Next(-50, 51),
            })];
            double[] frequencies = new double[shape.Count], dimensions = new double[shape.Count];
            new CoefficientQuantizer(scale).Dequantize(integers, shape, frequencies);
            new CoefficientQuantizer(scale, CoefficientOrder.DimensionMajor).Dequantize(integers, shape, dimensions);
            for (int t = 0; t < shape.Horizon; t++)
            {
                for (int d = 0; d < shape.Dimensions; d++)
                {
                    int i = t * shape.Dimensions + d;
                    Assert.Equal(BitConverter.DoubleToInt64Bits(integers[i] / scale), BitConverter.DoubleToInt64Bits(frequencies[i]));
                    Assert.Equal(BitConverter.DoubleToInt64Bits(integers[d * shape.Horizon + t] / scale),
                        BitConverter.DoubleToInt64Bits(dimensions[i]));
                }
            }
        }
    }

    [Fact]
    public void Quantizing_what_was_dequantized_changes_nothing()
    {
        var random = new Random(14);
        var shape = new ActionShape(50, 14);
        foreach (double scale in (double[])[1e-6, 0.3, 10, 49.7, 1e6])
        {
            var quantizer = new CoefficientQuantizer(scale);
            int[] integers = [.. Enumerable.Range(0, shape.Count).Select(_ => random.Next(-100_000, 100_001))],
                again = new int[shape.Count];
            double[] coefficients = new double[shape.Count];
            quantizer.Dequantize(integers, shape, coefficients);
            quantizer.Quantize(coefficients, shape, again);
            Assert.Equal(integers, again);
        }
    }

    [Fact]
    public void Frequency_major_is_row_by_row_and_dimension_major_column_by_column()
    {
        double[] coefficients = [1, 2, 3, 4, 5, 6];
        var shape = new ActionShape(2, 3);
        int[] quantized = new int[6];
        new CoefficientQuantizer(1).Quantize(coefficients, shape, quantized);
        Assert.Equal([1, 2, 3, 4, 5, 6], quantized);
        new CoefficientQuantizer(1, CoefficientOrder.DimensionMajor).Quantize(coefficients, shape, quantized);
        Assert.Equal([1, 4, 2, 5, 3, 6], quantized);
    }

    // The transform has tests of its own; here a plain cosine sum stands in for it, so that only the quantiser is in question.
    [Theory]
    [MemberData(nameof(DataSets))]
    public void Golden_coefficients_agree_outside_the_tie_window(string name)
    {
        var golden = RecordedActions.Read("golden", "fast_plus", name + ".npz").ToDictionary(array => array.Key);
        int[] size = golden["chunks"].Shape;
        var shape = new ActionShape(size[1], size[2]);
        var quantizer = new CoefficientQuantizer(10);
        int ties = 0;
        double nearest = 1;
        for (int n = 0; n < size[0]; n++)
        {
            double[] coefficients = PlainDct(golden["chunks"].Values.AsSpan(n * shape.Count, shape.Count), shape);
            int[] quantized = new int[shape.Count];
            quantizer.Quantize(coefficients, shape, quantized);
            for (int i = 0; i < shape.Count; i++)
            {
                double scaled = coefficients[i] * 10, toHalf = Math.Abs(Math.Abs(scaled - Math.Floor(scaled)) - 0.5);
                nearest = Math.Min(nearest, toHalf);
                int expected = (int)golden["coefficients"].Values[n * shape.Count + i];
                if (toHalf <= 1e-9) ties++;
                else Assert.True(expected == quantized[i],
                    $"{name}, chunk {n}, coefficient {i}: {scaled:R} gives {quantized[i]}, expected {expected}");
            }
        }

        // The reference counted how near a half its coefficients come; none of these data sets comes into the window.
        Assert.Equal(golden["nearest_tie"].Values[0], nearest, 1e-9);
        Assert.Equal(golden["nearest_tie"].Values[0] <= 1e-9, ties > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-10)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e7)]
    [InlineData(1e-7)]
    public void A_scale_out_of_range_is_refused_by_value(double scale)
    {
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => new CoefficientQuantizer(scale)).Message;
        Assert.Contains(FormattableString.Invariant($"the scale is {scale}; it must be from 1e-6 to 1e6"), message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e6)]
    public void The_ends_of_the_range_of_scales_are_fine(double scale) => Assert.Equal(scale, new CoefficientQuantizer(scale).Scale);

    [Fact]
    public void An_unknown_order_is_refused() =>
        Refusal.Says<ArgumentOutOfRangeException>("order 9 is unknown", () => new CoefficientQuantizer(10, (CoefficientOrder)9));

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        var quantizer = new CoefficientQuantizer(10);
        var shape = new ActionShape(2, 3);
        Refusal.Says<ArgumentException>("5 coefficients", () => quantizer.Quantize(new double[5], shape, new int[6]));
        Refusal.Says<ArgumentException>("7 integers", () => quantizer.Quantize(new double[6], shape, new int[7]));
        Refusal.Says<ArgumentException>("5 integers", () => quantizer.Dequantize(new int[5], shape, new double[6]));
        Refusal.Says<ArgumentException>("7 coefficients", () => quantizer.Dequantize(new int[6], shape, new double[7]));
    }

    [Fact]
    public void Neither_direction_allocates()
    {
        foreach (var order in Enum.GetValues<CoefficientOrder>())
        {
            var quantizer = new CoefficientQuantizer(10, order);
            var shape = new ActionShape(50, 7);
            double[] coefficients = new double[shape.Count];
            int[] quantized = new int[shape.Count];
            long Pass()
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                quantizer.Quantize(coefficients, shape, quantized);
                quantizer.Dequantize(quantized, shape, coefficients);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Pass();
            Assert.Equal(0, Pass());
        }
    }

    // The rule as the design words it: first whether the value is a half, then the nearest. Both differences are exact.
    private static int Rule(double scaled)
    {
        if (Math.Abs(scaled) >= 1e9) return scaled < 0 ? -1_000_000_000 : 1_000_000_000;
        double floor = Math.Floor(scaled), half = floor + 0.5;
        if (Math.Abs(scaled - half) <= 1e-9) return (int)(floor % 2 == 0 ? floor : floor + 1);
        return (int)(scaled < half ? floor : floor + 1);
    }

    private static double Adversarial(Random random, double largest = 3e9)
    {
        double integer = random.Next(-300, 301), sign = random.Next(2) * 2 - 1;
        return random.Next(10) switch
        {
            0 => integer + 0.5,
            1 => integer + 0.5 + sign * 1e-10,
            2 => integer + 0.5 + sign * 1e-9 * (0.9 + 0.2 * random.NextDouble()),
            3 => integer + 0.5 + sign * 1e-8,
            4 => integer,
            5 => Math.BitIncrement(integer + 0.5),
            6 => sign * Math.Min(largest, Math.Pow(10, random.NextDouble() * 12)),
            7 => sign * 0.0,
            _ => (random.NextDouble() - 0.5) * 20,
        };
    }

    private static double[] PlainDct(ReadOnlySpan<double> values, ActionShape shape)
    {
        int length = shape.Horizon;
        double[] coefficients = new double[shape.Count];
        for (int k = 0; k < length; k++)
        {
            for (int t = 0; t < length; t++)
            {
                // Reduced to one period in integers, so that large angles lose nothing.
                double cosine =
                    Math.Cos(Math.PI * ((2L * t + 1) * k % (4L * length)) / (2.0 * length)) * Math.Sqrt((k == 0 ? 1.0 : 2.0) / length);
                for (int d = 0; d < shape.Dimensions; d++)
                    coefficients[k * shape.Dimensions + d] += cosine * values[t * shape.Dimensions + d];
            }
        }

        return coefficients;
    }
}
