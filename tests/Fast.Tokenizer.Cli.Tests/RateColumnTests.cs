namespace Fast.Tokenizer.Cli.Tests;

/// <summary>What stands behind a progress bar.</summary>
public sealed class RateColumnTests
{
    [Theory]
    [InlineData(0, 100, 5, "")]
    [InlineData(50, 100, 0.5, "")]
    [InlineData(50, 100, 5, "10/s, 0:05 left")]
    [InlineData(5, 100, 10, "0.5/s, 3:10 left")]
    [InlineData(1, 10001, 1, "1.0/s, 2:46:40 left")]
    [InlineData(100, 100, 5, "20/s")]
    [InlineData(150, 100, 5, "30/s")]
    [InlineData(123456, 1234560, 2, "62k/s, 0:18 left")]
    [InlineData(5e7, 1e9, 10, "5.0M/s, 3:10 left")]
    [InlineData(1, 1e300, 1, "1.0/s, ")]
    public void Rate_and_time_left(double done, double total, double seconds, string text) =>
        Assert.StartsWith(text, RateColumn.TextOf(done, total, TimeSpan.FromSeconds(seconds)), StringComparison.Ordinal);

    [Fact]
    public void Without_a_total_only_the_rate() => Assert.Equal("10/s", RateColumn.TextOf(50, null, TimeSpan.FromSeconds(5)));
}
