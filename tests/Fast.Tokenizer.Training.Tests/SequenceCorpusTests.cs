using Fast.Tokenizer.Tests.Vocabulary;

namespace Fast.Tokenizer.Training.Tests;

public sealed class SequenceCorpusTests
{
    [Fact]
    public void An_empty_corpus_holds_nothing()
    {
        var corpus = new SequenceCorpus();

        Assert.Equal((0, 0, 0, 0), (corpus.DistinctCount, corpus.ValueCount, corpus.MinValue, corpus.MaxValue));
    }

    [Fact]
    public void Holds_distinct_sequences_in_the_order_in_which_they_came()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var corpus = new SequenceCorpus();
            var order = new List<string>();
            var counts = new Dictionary<string, long>();
            int lowest = int.MaxValue, highest = int.MinValue, values = 0;
            for (int i = random.Next(1, 80); i > 0; i--)
            {
                int[] sequence = [.. Vocabularies.Sequence(random, 3, random.Next(6)).Select(value => value - 1)];
                long count = random.Next(1, 4);
                corpus.Add(sequence, count);
                string text = string.Join(' ', sequence);
                if (counts.TryAdd(text, 0))
                {
                    order.Add(text);
                    values += sequence.Length;
                }

                counts[text] += count;
                lowest = Math.Min(lowest, sequence.DefaultIfEmpty(int.MaxValue).Min());
                highest = Math.Max(highest, sequence.DefaultIfEmpty(int.MinValue).Max());
            }

            Assert.Equal(order, Enumerable.Range(0, corpus.DistinctCount).Select(i => string.Join(' ', Values(corpus, i))));
            Assert.Equal(order.Select(text => counts[text]), Enumerable.Range(0, corpus.DistinctCount).Select(corpus.GetCount));
            Assert.Equal(values, corpus.ValueCount);
            if (values > 0) Assert.Equal((lowest, highest), (corpus.MinValue, corpus.MaxValue));
        }
    }

    [Fact]
    public void Sixty_thousand_sequences_of_every_length_are_told_apart()
    {
        var corpus = new SequenceCorpus();
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 60_000; i++)
            {
                // Sequences that differ in a single value, at places all over a hashed block of four.
                int[] sequence = new int[i % 9 + 1];
                sequence[i % sequence.Length] = i - 30_000;
                corpus.Add(sequence);
            }
        }

        Assert.All(Enumerable.Range(0, corpus.DistinctCount), i => Assert.True(corpus.GetCount(i) >= 2));
        Assert.Equal(120_000, Enumerable.Range(0, corpus.DistinctCount).Sum(corpus.GetCount));
        Assert.Equal(60_000, corpus.DistinctCount);
        Assert.Equal((-30_000, 29_999), (corpus.MinValue, corpus.MaxValue));
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(-9, -5)]
    [InlineData(-32768, 32767)]
    [InlineData(0, 0)]
    public void Bounds_are_those_of_the_values_seen(int min, int max)
    {
        var corpus = new SequenceCorpus();
        corpus.Add([]);
        corpus.Add([max]);
        corpus.Add([max, min]);
        corpus.Add([]);

        Assert.Equal((min, max), (corpus.MinValue, corpus.MaxValue));
        Assert.Equal([(short)max, (short)min], Values(corpus, 2));
    }

    [Theory]
    [InlineData(32_768)]
    [InlineData(-32_769)]
    [InlineData(65_536)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_value_beyond_16_bits_is_named_and_changes_nothing(int value)
    {
        var corpus = new SequenceCorpus();
        corpus.Add([1, 2]);

        var problem = Assert.Throws<ArgumentException>("values", () => corpus.Add([9, -9, value]));
        corpus.Add([2, 1]);

        Assert.StartsWith($"value {value} at index 2 does not fit 16 bits: lower the scale", problem.Message, StringComparison.Ordinal);
        Assert.Equal((2, 4, 1, 2), (corpus.DistinctCount, corpus.ValueCount, corpus.MinValue, corpus.MaxValue));
        Assert.Equal([2, 1], Values(corpus, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void A_count_below_one_is_refused(long count) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(count), () => new SequenceCorpus().Add([1], count));

    [Fact]
    public void Counts_that_overflow_are_refused()
    {
        var corpus = new SequenceCorpus();
        corpus.Add([1, 1], 1L << 61);

        Assert.Throws<ArgumentException>("count", () => corpus.Add([1, 1], 1L << 61));
        Assert.Throws<ArgumentException>("count", () => corpus.Add([2], long.MaxValue));
        Assert.Equal((1, 1L << 61), (corpus.DistinctCount, corpus.GetCount(0)));
        corpus.Add([1, 1], (1L << 61) - 1);
        Assert.Equal((1L << 62) - 1, corpus.GetCount(0));
    }

    private static short[] Values(SequenceCorpus corpus, int index)
    {
        var values = new short[corpus.GetLength(index)];
        Array.Fill(values, short.MaxValue);
        corpus.CopyValues(index, values);
        return values;
    }

    [Fact]
    public void Adding_a_corpus_so_many_times_is_adding_its_sequences_so_often()
    {
        int[][] first = [[1, 0, 2, 0, 0], [3], [], [1, 0, 2, 0, 0]], second = [[0, 0], [3], [-7, 5]];
        SequenceCorpus mixed = Of(first, 1), other = Of(second, 2), expected = Of(first, 1);
        for (int i = 0; i < 3; i++)
        {
            foreach (int[] values in second) expected.Add(values, 2);
        }

        mixed.Add(other, 3);

        Assert.Equal(Describe(expected), Describe(mixed));
        Assert.Equal((-7, 5, 5L + 1 + 2 + 2), (mixed.MinValue, mixed.MaxValue, mixed.ValueCount));
        Assert.Equal(4 + (6 * 3), mixed.TotalCount);

        // Of the first: 1 0 2 and its zeros, twice; 3; nothing. Of the second, six times: its zeros; 3; -7 5.
        Assert.Equal(4 + 4 + 1 + (6 * (1 + 1 + 2)), mixed.Mass);
    }

    [Fact]
    public void A_corpus_cannot_be_added_to_itself_or_more_often_than_can_be_counted()
    {
        SequenceCorpus corpus = Of([[1, 2]], 1L << 40), empty = new();

        Assert.Throws<ArgumentException>(() => corpus.Add(corpus));
        Assert.Throws<ArgumentOutOfRangeException>(() => empty.Add(corpus, 0));
        Assert.Throws<ArgumentException>(() => empty.Add(corpus, 1L << 40));
        Assert.Throws<ArgumentException>(() => empty.Add(corpus, 1L << 22));
        Assert.Equal(0, empty.DistinctCount);
    }

    private static SequenceCorpus Of(int[][] sequences, long count)
    {
        var corpus = new SequenceCorpus();
        foreach (int[] values in sequences) corpus.Add(values, count);
        return corpus;
    }

    private static string[] Describe(SequenceCorpus corpus) => [.. Enumerable.Range(0, corpus.DistinctCount).Select(i =>
    {
        var values = new short[corpus.GetLength(i)];
        corpus.CopyValues(i, values);
        return $"{corpus.GetCount(i)} x [{string.Join(' ', values)}]";
    })];
}
