
namespace Fast.Tokenizer.Training.Tests;

public sealed class CorpusRepetitionsTests
{
    [Theory]
    [InlineData(new[] { 1.0 }, new[] { 1L })]
    [InlineData(new[] { 0.25 }, new[] { 1L })]
    [InlineData(new[] { 1.0, 3.0 }, new[] { 1L, 3L })]
    [InlineData(new[] { 4.0, 2.0 }, new[] { 2L, 1L })]
    [InlineData(new[] { 1.0, 1.5 }, new[] { 2L, 3L })]
    [InlineData(new[] { 0.3, 0.1, 0.7 }, new[] { 3L, 1L, 7L })]
    [InlineData(new[] { 1.0, 1.001 }, new[] { 1000L, 1001L })]
    [InlineData(new[] { 1.0, 1e6 }, new[] { 1L, 1_000_000L })]
    public void The_smallest_whole_numbers_of_the_same_proportion_are_taken(double[] weights, long[] expected) =>
        Assert.Equal(expected, CorpusRepetitions.Of(weights));

    [Fact]
    public void Any_other_proportion_is_kept_to_half_a_thousandth()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 200; trial++)
        {
            double[] weights = [.. Enumerable.Range(0, 1 + random.Next(8)).Select(_ => Math.Exp(random.NextDouble() * 10 - 5))];
            long[] repetitions = CorpusRepetitions.Of(weights);
            double least = weights.Min();
            Assert.InRange(repetitions.Min(), 1, 1000);
            for (int i = 0; i < weights.Length; i++)
                Assert.InRange((double)repetitions[i] / repetitions[Array.IndexOf(weights, least)] / (weights[i] / least), 0.9995, 1.0005);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_weight_that_is_none_is_refused(double weight) =>
        Assert.Contains(
            "is not a positive number",
            Assert.Throws<ArgumentException>(() => CorpusRepetitions.Of([1, weight])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Weights_too_far_apart_are_refused() =>
        Assert.Contains(
            "1000000 times", Assert.Throws<ArgumentException>(() => CorpusRepetitions.Of([1, 1.1e6])).Message, StringComparison.Ordinal);
}
