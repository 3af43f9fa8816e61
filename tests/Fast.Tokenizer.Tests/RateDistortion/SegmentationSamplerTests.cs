using Fast.Tokenizer.RateDistortion;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.RateDistortion;

/// <summary>Draws against the exact distribution over all segmentations.</summary>
public sealed class SegmentationSamplerTests
{
    private static readonly BpeVocabulary _vocabulary = new(3, [new(0, 0, 3), new(3, 3, 4), new(0, 1, 5), new(3, 5, 6), new(1, 0, 7), new(2, 2, 8)]);
    private static readonly IntegerAlphabet _alphabet = new(0, 2);

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(double.PositiveInfinity)]
    public void Draws_follow_the_weights(double temperature)
    {
        int[] values = [0, 0, 0, 0, 1, 0, 2, 2, 0];
        List<int[]> all = [];
        Enumerate(values, 0, [], all);
        double[] weights = [.. all.Select(way => Math.Exp(-(way.Length - all.Min(w => w.Length)) / temperature))];
        double total = weights.Sum();

        const int Draws = 40_000;
        Dictionary<string, int> counts = [];
        for (int i = 0; i < Draws; i++)
        {
            string key = string.Join(' ', Draw(values, (ulong)i, temperature));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        // Pearson's test; far beyond any plausible value of the statistic for this many degrees of freedom, and seeds are fixed.
        double statistic = 0;
        for (int k = 0; k < all.Count; k++)
        {
            double expected = Draws * weights[k] / total;
            double observed = counts.GetValueOrDefault(string.Join(' ', all[k]));
            statistic += (observed - expected) * (observed - expected) / expected;
        }

        Assert.True(counts.Count <= all.Count);
        Assert.InRange(statistic, 0, all.Count + (6 * Math.Sqrt(2 * all.Count)));
    }

    [Fact]
    public void A_low_temperature_draws_shortest_sequences_only()
    {
        int[] values = [.. Enumerable.Repeat(0, 4001)];
        Assert.Equal(1001, Draw(values, 5, 0.01).Length);
    }

    [Fact]
    public void More_ways_than_any_number_holds_are_drawn_from_all_the_same()
    {
        int[] values = [.. Enumerable.Repeat(0, 20_000)];
        int[] tokens = Draw(values, 9, double.PositiveInfinity);
        var decoded = new int[values.Length];
        Assert.True(_alphabet.CreateCodec(_vocabulary).Decode(tokens, decoded).IsComplete);
        Assert.Equal(values, decoded);
        Assert.Contains(0, tokens);
        Assert.Contains(3, tokens);
        Assert.Contains(4, tokens);
    }

    [Fact]
    public void The_same_seed_gives_the_same_ids_and_another_gives_others()
    {
        int[] values = [.. Enumerable.Repeat(0, 200)];
        Assert.Equal(Draw(values, 1, 0.5), Draw(values, 1, 0.5));
        Assert.NotEqual(Draw(values, 1, 0.5), Draw(values, 2, 0.5));
    }

    private static int[] Draw(int[] values, ulong seed, double temperature)
    {
        var lattice = new CoefficientLattice(_alphabet, values.Length);
        try
        {
            foreach (int value in values) lattice.Add([value], [0.0]);
            var tokens = new int[values.Length];
            int count = SegmentationSampler.Run(new SegmentationTrie(_vocabulary, _alphabet), lattice, seed, temperature, tokens);
            return tokens[..count];
        }
        finally
        {
            lattice.Dispose();
        }
    }

    private static void Enumerate(int[] values, int at, List<int> way, List<int[]> all)
    {
        if (at == values.Length) all.Add([.. way]);
        for (int token = 0; token < _vocabulary.Count && at < values.Length; token++)
        {
            ReadOnlySpan<int> symbols = _vocabulary.GetSymbols(token);
            if (!values.AsSpan(at).StartsWith(symbols)) continue;
            way.Add(token);
            Enumerate(values, at + symbols.Length, way, all);
            way.RemoveAt(way.Count - 1);
        }
    }
}
