using Fast.Tokenizer.Cli.Report;

namespace Fast.Tokenizer.Cli.Tests.Report;

public sealed class ReportNumberTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1.0, "1")]
    [InlineData(-0.012345, "\u22120.0123")]
    [InlineData(0.1, "0.1")]
    [InlineData(18.949, "18.9")]
    [InlineData(999.96, "1,000")]
    [InlineData(22550.4, "22,550")]
    [InlineData(100.0, "100")]
    [InlineData(1200.0, "1,200")]
    [InlineData(0.00012345, "0.000123")]
    [InlineData(0.000012345, "1.23e\u22125")]
    [InlineData(-1e300, "\u22121e300")]
    [InlineData(12345678.0, "1.23e7")]
    [InlineData(double.PositiveInfinity, "\u221E")]
    [InlineData(double.NegativeInfinity, "\u2212\u221E")]
    [InlineData(double.NaN, "\u2013")]
    public void Three_digits_mean_something(double value, string text) => Assert.Equal(text, ReportNumber.Number(value));

    [Theory]
    [InlineData(0.2, 0.1, "0.2")]
    [InlineData(-3e-17, 0.1, "0")]
    [InlineData(0.25, 0.05, "0.25")]
    [InlineData(1500.0, 500.0, "1,500")]
    [InlineData(-0.0002, 0.0002, "\u22120.0002")]
    [InlineData(2e-5, 1e-5, "2e\u22125")]
    public void Neighbours_on_an_axis_are_told_apart(double value, double step, string text) =>
        Assert.Equal(text, ReportNumber.OnAxis(value, step));

    [Fact]
    public void Units_and_signs_stay_with_their_number()
    {
        Assert.Equal("0.5\u00A0rad", ReportNumber.Number(0.5, "rad"));
        Assert.Equal("0.5", ReportNumber.Number(0.5, ""));
        Assert.Equal("1.25\u00A0%", ReportNumber.Percent(0.0125));
        Assert.Equal("\u2013", ReportNumber.Percent(null));
        Assert.Equal("\u2013", ReportNumber.Number(null, "rad"));
        Assert.Equal("0", ReportNumber.Coordinate(-0.001));
    }
}
