using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

public sealed class PairTableTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(0, 300)]
    [InlineData(1000, 70_000)]
    public void Holds_what_a_dictionary_holds(int expected, int largest)
    {
        var random = new Random(largest);
        var table = new PairTable(expected);
        var dictionary = new Dictionary<(int, int), int>();
        for (int i = 0; i < Rounds.Of(60_000); i++)
        {
            (int, int) pair = (random.Next(largest), random.Next(largest));
            Assert.Equal(dictionary.GetValueOrDefault(pair, -7), table.Get(pair.Item1, pair.Item2, -7));
            if (random.Next(2) == 0) continue;
            dictionary[pair] = i;
            table.Set(pair.Item1, pair.Item2, i);
        }

        Assert.All(dictionary, entry => Assert.Equal(entry.Value, table.Get(entry.Key.Item1, entry.Key.Item2, -7)));
    }

    [Fact]
    public void The_order_of_a_pair_counts()
    {
        var table = new PairTable(0);
        table.Set(1, 2, 12);
        table.Set(int.MaxValue, 0, 5);

        Assert.Equal(12, table.Get(1, 2, -1));
        Assert.Equal(-1, table.Get(2, 1, -1));
        Assert.Equal(5, table.Get(int.MaxValue, 0, -1));
        Assert.Equal(-1, table.Get(0, int.MaxValue, -1));
    }
}
