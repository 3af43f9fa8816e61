using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

public sealed class BpeVocabularyTests
{
    private static readonly BpeVocabulary _vocabulary = new(3, [new(0, 1, 3), new(3, 2, 4), new(0, 0, 5)]);

    [Fact]
    public void Tokens_expand_to_the_symbols_of_their_parts()
    {
        Assert.Equal(6, _vocabulary.Count);
        Assert.Equal(3, _vocabulary.SymbolCount);
        Assert.Equal(3, _vocabulary.MaxTokenLength);
        Assert.Equal([new(0, 1, 3), new(3, 2, 4), new(0, 0, 5)], _vocabulary.Merges.ToArray());
        Assert.Equal([2], _vocabulary.GetSymbols(2));
        Assert.Equal([0, 1], _vocabulary.GetSymbols(3));
        Assert.Equal([0, 1, 2], _vocabulary.GetSymbols(4));
        Assert.Equal([0, 0], _vocabulary.GetSymbols(5));
    }

    [Fact]
    public void A_vocabulary_without_merges_is_its_symbols()
    {
        var vocabulary = new BpeVocabulary(2, []);

        Assert.Equal(2, vocabulary.Count);
        Assert.Equal(1, vocabulary.MaxTokenLength);
        Assert.Equal([1, 0, 0, 1], Vocabularies.Encode(vocabulary, [1, 0, 0, 1]));
    }

    [Fact]
    public void Expansions_are_those_of_the_parts_for_random_merges()
    {
        for (int seed = 0; seed < Rounds.Of(200); seed++)
        {
            var random = new Random(seed);
            BpeVocabulary vocabulary = Vocabularies.Untrained(random, random.Next(1, 6), 60, longest: 100);
            Assert.Equal(vocabulary.SymbolCount + vocabulary.Merges.Length, vocabulary.Count);
            int longest = Enumerable.Range(0, vocabulary.Count).Max(token => vocabulary.GetSymbols(token).Length);
            Assert.Equal(longest, vocabulary.MaxTokenLength);
            for (int symbol = 0; symbol < vocabulary.SymbolCount; symbol++) Assert.Equal([symbol], vocabulary.GetSymbols(symbol));
            foreach (BpeMerge merge in vocabulary.Merges)
            {
                int[] parts = [.. vocabulary.GetSymbols(merge.Left), .. vocabulary.GetSymbols(merge.Right)];
                Assert.Equal(parts, vocabulary.GetSymbols(merge.Token));
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void The_symbols_of_an_id_outside_the_vocabulary_throw(int token) =>
        Assert.Throws<IndexOutOfRangeException>(() => _vocabulary.GetSymbols(token).Length);

    [Fact]
    public void Nothing_encodes_to_nothing()
    {
        Assert.Equal(0, _vocabulary.Encode([], []));
        Assert.Equal(0, _vocabulary.Encode([], new int[3]));
    }

    [Fact]
    public void A_buffer_of_the_exact_size_is_enough()
    {
        for (int seed = 0; seed < Rounds.Of(500); seed++)
        {
            var random = new Random(seed);
            BpeVocabulary vocabulary = Vocabularies.Next(random, random.Next(1, 5));
            int[] symbols = Vocabularies.Sequence(random, vocabulary.SymbolCount, random.Next(1, 60));
            int[] expected = Vocabularies.Encode(vocabulary, symbols);

            int[] tokens = [.. Enumerable.Repeat(-5, expected.Length + 1)];
            Assert.Equal(expected.Length, vocabulary.Encode(symbols, tokens.AsSpan(0, expected.Length)));
            Assert.Equal([.. expected, -5], tokens);
        }
    }

    [Fact]
    public void A_buffer_one_too_small_throws_and_is_left_alone()
    {
        for (int seed = 0; seed < Rounds.Of(500); seed++)
        {
            var random = new Random(seed);
            BpeVocabulary vocabulary = Vocabularies.Next(random, random.Next(1, 5));
            int[] symbols = Vocabularies.Sequence(random, vocabulary.SymbolCount, random.Next(1, 60));
            int count = Vocabularies.Encode(vocabulary, symbols).Length;

            int[] tokens = [.. Enumerable.Repeat(-5, count - 1)];
            var problem = Assert.Throws<ArgumentException>("tokens", () => vocabulary.Encode(symbols, tokens));
            Assert.Contains($"{count} tokens", problem.Message, StringComparison.Ordinal);
            Assert.Contains($"holds {count - 1}", problem.Message, StringComparison.Ordinal);
            Assert.All(tokens, token => Assert.Equal(-5, token));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_symbol_out_of_range_is_named_with_its_place(int symbol)
    {
        for (int place = 0; place < 4; place++)
        {
            int[] symbols = [0, 1, 2, 0];
            symbols[place] = symbol;
            foreach (int room in (int[])[4, 2, 0])
            {
                var problem = Assert.Throws<ArgumentException>("symbols", () => _vocabulary.Encode(symbols, new int[room]));
                Assert.StartsWith($"symbol {symbol} at index {place} is not between 0 and 2", problem.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Encoding_allocates_nothing()
    {
        var random = new Random(3);
        BpeVocabulary vocabulary = Vocabularies.Trained(random, 3);
        int[] symbols = Vocabularies.Sequence(random, 3, 700), tokens = new int[700];
        int count = vocabulary.Encode(symbols, tokens);
        Assert.True(count < 700);

        Assert.Equal(0, Allocated.By(() =>
        {
            vocabulary.Encode(symbols, tokens);
            vocabulary.Encode(symbols, tokens.AsSpan(0, count));
        }));
    }

    [Fact]
    public void Threads_share_a_vocabulary()
    {
        Rounds.SkipIfFew();
        var random = new Random(4);
        BpeVocabulary vocabulary = Vocabularies.Untrained(random, 3, 200, longest: 30);
        int[][] sequences = [.. Enumerable.Range(0, 400).Select(_ => Vocabularies.Sequence(random, 3, 300))];
        int[][] expected = [.. sequences.Select(sequence => Vocabularies.Encode(vocabulary, sequence))];

        Parallel.For(0, 4000, i => Assert.Equal(expected[i % 400], Vocabularies.Encode(vocabulary, sequences[i % 400])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(BpeVocabulary.MaxTotalLength + 1)]
    [InlineData(int.MaxValue)]
    public void A_number_of_symbols_that_cannot_be_is_refused(int symbols) =>
        Assert.Throws<ArgumentOutOfRangeException>("symbolCount", () => new BpeVocabulary(symbols, []));

    [Theory]
    [InlineData(3, 0)]
    [InlineData(0, 3)]
    [InlineData(4, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(0, int.MinValue)]
    public void A_merge_of_tokens_that_no_earlier_merge_made_is_refused(int left, int right)
    {
        BpeMerge[] merges = [new(0, 1, 2), new(left, right, 3), new(1, 1, 4)];

        var problem = Assert.Throws<ArgumentException>("merges", () => new BpeVocabulary(2, merges));

        string expected = $"merge 1 joins tokens {left} and {right}, but only tokens below 3 exist";
        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(-3)]
    public void A_merge_that_makes_another_token_than_the_next_is_refused(int token)
    {
        var problem = Assert.Throws<ArgumentException>("merges", () => new BpeVocabulary(2, [new(0, 1, 2), new(0, 0, token)]));

        Assert.StartsWith($"merge 1 makes token {token}, expected 3", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Lengths_that_double_are_refused_before_memory_is_taken(int symbols)
    {
        // Sixty doublings would need 2^60 symbols, and overflow 64 bits soon after.
        BpeMerge[] merges = [new(0, 0, symbols), .. Enumerable.Range(symbols, 69).Select(last => new BpeMerge(last, last, last + 1))];
        long before = GC.GetAllocatedBytesForCurrentThread();
        var problem = Assert.Throws<ArgumentException>("merges", () => new BpeVocabulary(symbols, merges));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Assert.Contains($"more than {BpeVocabulary.MaxTotalLength} symbols", problem.Message, StringComparison.Ordinal);
    }
}
