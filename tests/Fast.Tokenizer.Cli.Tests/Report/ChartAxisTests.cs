using Fast.Tokenizer.Cli.Report.Charts;

namespace Fast.Tokenizer.Cli.Tests.Report;

public sealed class ChartAxisTests
{
    [Fact]
    public void Values_stand_on_the_axis_and_few_are_written()
    {
        var random = new Random(1);
        for (int round = 0; round < 2000; round++)
        {
            double size = Math.Pow(10, random.Next(-12, 12)), from = (random.NextDouble() - 0.5) * size;
            double to = from + (random.NextDouble() * size * Math.Pow(10, random.Next(-3, 1)));
            bool isFit = round % 2 == 0;
            ChartAxis axis = ChartAxis.Linear("x", from, to, 5, isFit);
            Assert.InRange(axis.At(from), -1e-6, 1 + 1e-6);
            Assert.InRange(axis.At(to), -1e-6, 1 + 1e-6);
            Assert.InRange(axis.Ticks.Count, 1, 9);
            Assert.All(axis.Ticks, tick => Assert.InRange(axis.At(tick.Value), -1e-6, 1 + 1e-6));
            if (!isFit) Assert.Equal((0, 1), (axis.At(axis.Ticks[0].Value), axis.At(axis.Ticks[^1].Value)));

            double low = Math.Pow(10, random.Next(-9, 9)) * (1 + random.NextDouble()), high = low * Math.Pow(10, random.NextDouble() * 6);
            ChartAxis log = ChartAxis.Log("y", low, high);
            Assert.InRange(log.At(low), -1e-6, 0.6);
            Assert.InRange(log.At(high), 0.4, 1 + 1e-6);
            Assert.All(log.Ticks, tick => Assert.InRange(log.At(tick.Value), -0.01, 1.01));
        }
    }

    [Fact]
    public void Written_values_differ()
    {
        var random = new Random(2);
        for (int round = 0; round < 2000; round++)
        {
            double size = Math.Pow(10, random.Next(-8, 8)), from = (random.NextDouble() - 0.5) * size;
            string[] texts = [.. ChartAxis.Linear("x", from, from + size, 5).Ticks.Select(tick => tick.Text)];
            Assert.Equal(texts.Length, texts.Distinct().Count());
        }
    }

    [Fact]
    public void One_value_alone_has_an_axis()
    {
        Assert.Equal(0.5, ChartAxis.Linear("x", 0, 0).At(0));
        Assert.Equal(0.5, ChartAxis.Linear("x", 3, 3).At(3), 0.2);
        Assert.Equal(0.5, ChartAxis.Log("x", 3, 3).At(3), 1e-9);
        Assert.Equal(0.5, ChartAxis.Whole("x", 0, 0).At(0));
        Assert.Equal([(0.0, "0")], ChartAxis.Whole("x", 0, 0).Ticks);
    }
}
