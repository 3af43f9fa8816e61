using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class StateBinsTests
{
    // np.linspace(-1, 1, 257)[:-1]: the step is 2 / 256, and each edge is start + i * step.
    private static readonly double[] _edges = [.. Enumerable.Range(0, 256).Select(i => -1 + i * (2.0 / 256))];

    // Values of np.digitize(x, np.linspace(-1, 1, 257)[:-1]) - 1.
    [Theory]
    [InlineData(-1, 0)]
    [InlineData(-1.0000000000000002, -1)]
    [InlineData(-5, -1)]
    [InlineData(double.MinValue, -1)]
    [InlineData(-0.9999999999999999, 0)]
    [InlineData(-0.9921875, 1)]
    [InlineData(-1e-17, 127)]
    [InlineData(-double.Epsilon, 127)]
    [InlineData(0, 128)]
    [InlineData(0.5, 192)]
    [InlineData(0.9921875, 255)]
    [InlineData(0.9921874999999999, 254)]
    [InlineData(1, 255)]
    [InlineData(1.5, 255)]
    [InlineData(double.MaxValue, 255)]
    public void A_bin_is_what_numpy_gives(double value, int bin) => Assert.Equal(bin, StateBins.ToBin(value));

    [Fact]
    public void Every_edge_and_its_neighbours_fall_as_in_a_count_of_the_edges_below()
    {
        foreach (double edge in _edges)
        {
            double[] values = [Math.BitDecrement(edge), edge, Math.BitIncrement(edge), MathF.BitDecrement((float)edge), -edge];
            foreach (double value in values) Assert.Equal(Digitize(value), StateBins.ToBin(value));
        }

        var random = new Random(8);
        for (int i = 0; i < 10_000; i++)
        {
            double value = (random.NextDouble() - 0.5) * 2.5;
            Assert.Equal(Digitize(value), StateBins.ToBin(value));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_refused_with_its_dimension(double value)
    {
        Refusal.Says<ArgumentException>("dimension 2 of the state is", () => StateBins.ToBins([0, 1, value], new int[3]));
        Assert.Throws<ArgumentException>(() => StateBins.ToBin(value));
    }

    [Fact]
    public void A_short_buffer_is_refused() =>
        Refusal.Says<ArgumentException>("3 bins do not fit a buffer of 2", () => StateBins.ToBins([0, 0, 0], new int[2]));

    private static int Digitize(double value) => _edges.Count(edge => edge <= value) - 1;
}
