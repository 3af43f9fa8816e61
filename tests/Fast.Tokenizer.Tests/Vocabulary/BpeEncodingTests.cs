using Fast.Tokenizer.Training;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>Encoding against the merge loop: the public way, and each encoder by itself.</summary>
public sealed class BpeEncodingTests
{
    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 11)]
    [InlineData(3, 7)]
    [InlineData(4, 5)]
    public void All_short_sequences_encode_as_the_merge_loop(int symbols, int longest)
    {
        var random = new Random(symbols);
        for (int round = 0; round < Rounds.Of(25); round++)
        {
            var subject = new Subject(Vocabularies.Next(random, symbols));
            Assert.NotNull(subject.LongestMatch);
            for (int length = 0; length <= longest; length++)
            {
                var sequence = new int[length];
                do subject.Check(sequence);
                while (Next(sequence, symbols));
            }
        }
    }

    [Fact]
    public void Random_sequences_over_small_alphabets_encode_as_the_merge_loop()
    {
        for (int seed = 0; seed < Rounds.Of(700); seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(1, 7);
            var subject = new Subject(Vocabularies.Next(random, symbols));
            Assert.NotNull(subject.LongestMatch);
            for (int length = 0; length <= 60; length++) subject.Check(Vocabularies.Sequence(random, symbols, length));
            for (int i = 0; i < 30; i++) subject.Check(Vocabularies.Expansions(random, subject.Vocabulary, random.Next(1, 5)));
        }
    }

    [Fact]
    public void Random_sequences_over_large_alphabets_encode_as_the_merge_loop()
    {
        for (int seed = 0; seed < Rounds.Of(60); seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(7, 400);
            var subject = new Subject(Vocabularies.Untrained(random, symbols, random.Next(2000), longest: 60));
            Assert.NotNull(subject.LongestMatch);
            for (int i = 0; i < 40; i++) subject.Check(Vocabularies.Sequence(random, symbols, random.Next(60)));
            for (int i = 0; i < 40; i++) subject.Check(Vocabularies.Expansions(random, subject.Vocabulary, random.Next(1, 6)));
        }
    }

    [Fact]
    public void Merges_of_runs_encode_as_the_merge_loop()
    {
        // Every way to split a run into two earlier runs, with tokens that are never made among them.
        for (int seed = 0; seed < Rounds.Of(500); seed++)
        {
            var random = new Random(seed);
            var subject = new Subject(Vocabularies.Untrained(random, 1, random.Next(1, 12), longest: 64));
            for (int length = 0; length <= 70; length++) subject.Check(new int[length]);
        }
    }

    [Fact]
    public void Sequences_that_end_in_a_run_encode_as_the_merge_loop()
    {
        // Trained on such sequences: tokens that are runs, that end in one, and that begin with one.
        for (int seed = 0; seed < Rounds.Of(120); seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(2, 5);
            var corpus = new SequenceCorpus();
            for (int i = random.Next(2, 20); i > 0; i--) corpus.Add(WithTail(random, symbols, random.Next(120)), random.Next(1, 4));
            var options = new BpeTrainerOptions { VocabularySize = symbols + random.Next(80), MinFrequency = 1 };
            var subject = new Subject(BpeTrainer.Train(corpus, 0, symbols, options, null, TestContext.Current.CancellationToken));
            for (int tail = 0; tail <= 200; tail += Rounds.AreFew ? 7 : 1) subject.Check(WithTail(random, symbols, tail));
        }

        static int[] WithTail(Random random, int symbols, int tail) =>
            [.. Vocabularies.Sequence(random, symbols, random.Next(12)), .. Enumerable.Repeat(random.Next(4) == 0 ? 1 : 0, tail)];
    }

    [Fact]
    public void Many_threads_share_what_an_encoder_remembers()
    {
        Rounds.SkipIfFew();
        var random = new Random(8);
        BpeVocabulary vocabulary = Vocabularies.Untrained(random, 60, 3000, longest: 40);
        int[][] sequences = [.. Enumerable.Range(0, 400).Select(_ => Vocabularies.Expansions(random, vocabulary, 6))];
        var naive = new NaiveBpe(vocabulary);
        int[][] expected = [.. sequences.Select(sequence => naive.Encode(sequence))];
        Parallel.For(0, 40_000, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, i =>
            Assert.Equal(expected[i * 7 % 400], Vocabularies.Encode(vocabulary, sequences[i * 7 % 400])));
    }

    [Fact]
    public void A_symbol_repeated_a_million_times_encodes_as_the_merge_loop() =>
        CheckLong([new(0, 0, 2), new(2, 2, 3), new(3, 0, 4), new(4, 3, 5), new(5, 5, 6), new(0, 1, 7)], _ => 0);

    [Fact]
    public void A_million_random_symbols_encode_as_the_merge_loop()
    {
        var random = new Random(5);
        BpeVocabulary vocabulary = Vocabularies.Trained(random, 2);
        Assert.True(vocabulary.Merges.Length > 5);
        CheckLong(vocabulary.Merges, _ => random.Next(2));
    }

    [Fact]
    public void A_period_repeated_for_a_million_symbols_encodes_as_the_merge_loop() =>
        CheckLong([new(0, 1, 2), new(2, 2, 3), new(1, 0, 4), new(3, 0, 5), new(1, 5, 6), new(3, 3, 7)], i => i % 7 % 2);

    [Fact]
    public void The_earlier_rank_wins_and_of_equal_ranks_the_leftmost()
    {
        var vocabulary = new BpeVocabulary(3, [new(1, 2, 3), new(0, 1, 4), new(0, 0, 5)]);

        Assert.Equal([0, 3], Vocabularies.Encode(vocabulary, [0, 1, 2]));
        Assert.Equal([4, 1], Vocabularies.Encode(vocabulary, [0, 1, 1]));
        Assert.Equal([5, 0], Vocabularies.Encode(vocabulary, [0, 0, 0]));
        Assert.Equal([5, 5], Vocabularies.Encode(vocabulary, [0, 0, 0, 0]));
    }

    [Fact]
    public void A_pair_listed_twice_counts_with_its_later_rank()
    {
        var vocabulary = new BpeVocabulary(3, [new(0, 1, 3), new(1, 2, 4), new(0, 1, 5), new(3, 2, 6)]);

        Assert.Equal([5], Vocabularies.Encode(vocabulary, [0, 1]));
        Assert.Equal([0, 4], Vocabularies.Encode(vocabulary, [0, 1, 2]));
    }

    [Fact]
    public void A_token_is_reachable_exactly_when_its_expansion_encodes_to_it()
    {
        int unreachable = 0;
        for (int seed = 0; seed < Rounds.Of(700); seed++)
        {
            var random = new Random(seed);
            var subject = new Subject(Vocabularies.Next(random, random.Next(1, 4)));
            for (int token = 0; token < subject.Vocabulary.Count; token++)
            {
                int[] encoded = subject.Naive.Encode(subject.Vocabulary.GetSymbols(token));
                bool itself = encoded.AsSpan().SequenceEqual([token]);
                Assert.Equal(itself, subject.Derivations!.IsReachable(token));
                if (itself) Assert.Equal([token], Vocabularies.Encode(subject.Vocabulary, subject.Vocabulary.GetSymbols(token)));
                else unreachable++;
            }
        }

        Assert.True(unreachable > Rounds.Of(400));
    }

    [Fact]
    public void Two_tokens_stand_together_exactly_when_the_merge_loop_leaves_them_so()
    {
        int[] answers = new int[2];
        for (int seed = 0; seed < Rounds.Of(150); seed++)
        {
            var random = new Random(seed);
            var subject = new Subject(Vocabularies.Next(random, random.Next(1, 4)));
            int[] reachable = [.. Enumerable.Range(0, subject.Vocabulary.Count).Where(subject.Derivations!.IsReachable)];
            foreach (int left in reachable)
            {
                foreach (int right in reachable)
                {
                    int[] encoded = subject.Naive.Encode([.. subject.Vocabulary.GetSymbols(left), .. subject.Vocabulary.GetSymbols(right)]);
                    bool together = encoded.AsSpan().SequenceEqual([left, right]);
                    Assert.Equal(together, subject.Derivations!.CanStandTogether(left, right));
                    answers[together ? 1 : 0]++;
                }
            }
        }

        Assert.All(answers, count => Assert.True(count > Rounds.Of(1000)));
    }

    [Fact]
    public void Any_stretch_of_a_result_is_the_encoding_of_its_own_expansion()
    {
        for (int seed = 0; seed < Rounds.Of(300); seed++)
        {
            var random = new Random(seed);
            BpeVocabulary vocabulary = Vocabularies.Next(random, random.Next(1, 5));
            int[] tokens = Vocabularies.Encode(vocabulary, Vocabularies.Sequence(random, vocabulary.SymbolCount, 60));
            for (int start = 0; start <= tokens.Length; start++)
            {
                for (int end = start; end <= tokens.Length; end++)
                {
                    int[] stretch = tokens[start..end];
                    Assert.Equal(stretch, Vocabularies.Encode(vocabulary, Vocabularies.Decode(vocabulary, stretch)));
                }
            }
        }
    }

    [Fact]
    public void Lists_that_no_trainer_writes_encode_as_the_merge_loop()
    {
        int[] exact = new int[2];
        for (int seed = 0; seed < Rounds.Of(1500); seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(1, 5);
            var subject = new Subject(Vocabularies.Hostile(random, symbols));
            for (int i = 0; i < 20; i++) subject.Check(Vocabularies.Sequence(random, symbols, random.Next(40)));
            for (int i = 0; i < 20; i++) subject.Check(Vocabularies.Expansions(random, subject.Vocabulary, random.Next(1, 5)));
            exact[subject.LongestMatch is null ? 0 : 1]++;
        }

        Assert.All(exact, count => Assert.True(count > Rounds.Of(200)));
    }

    [Fact]
    public void A_merge_before_the_merge_of_its_part_goes_to_the_merge_loop()
    {
        // (ab c) has the lowest rank, but there is no ab until the second merge.
        int[][] expansions = [[0], [1], [2], [0, 1], [0, 1, 2], [2, 2]];
        var subject = new Subject(new BpeVocabulary([0, 1, 2], expansions, [new(3, 2, 4), new(2, 2, 5), new(0, 1, 3)]));

        Assert.Null(subject.LongestMatch);
        Assert.Equal([4], Vocabularies.Encode(subject.Vocabulary, [0, 1, 2]));
        Assert.Equal([3, 5], Vocabularies.Encode(subject.Vocabulary, [0, 1, 2, 2]));
    }

    [Fact]
    public void A_token_of_several_merges_is_made_by_the_one_the_merge_loop_takes()
    {
        // Three zeros are (00 0), never (0 00), for the leftmost pair goes first.
        int[][] expansions = [[0], [0, 0], [0, 0, 0], [0, 0, 0, 0]];
        var subject = new Subject(new BpeVocabulary([0], expansions, [new(0, 0, 1), new(0, 1, 2), new(1, 0, 2), new(1, 1, 3)]));

        for (int length = 0; length < 40; length++) subject.Check(new int[length]);
    }

    [Fact]
    public void A_symbol_without_a_token_is_named_with_its_place()
    {
        int[][] expansions = [[2], [0], [0, 2], [1]];
        BpeVocabulary[] vocabularies =
        [
            new([1, -1, 0], expansions, [new(1, 0, 2)]),
            new([1, -1, 0], [.. expansions, [0, 2, 0]], [new(2, 1, 4), new(1, 0, 2)]),
        ];
        foreach (BpeVocabulary vocabulary in vocabularies)
        {
            Assert.Equal([1, 2, 0], Vocabularies.Encode(vocabulary, [0, 0, 2, 2]));
            var problem = Assert.Throws<ArgumentException>("symbols", () => vocabulary.Encode([0, 2, 0, 1, 2, 1], new int[6]));
            Assert.StartsWith("symbol 1 at index 3 has no token in the vocabulary", problem.Message, StringComparison.Ordinal);
        }
    }

    private static void CheckLong(ReadOnlySpan<BpeMerge> merges, Func<int, int> symbol)
    {
        var subject = new Subject(new BpeVocabulary(2, merges));
        int[] sequence = [.. Enumerable.Range(0, Rounds.Of(1_000_000)).Select(symbol)];
        int[] expected = subject.Encode(subject.MergeLoop, sequence);

        Assert.Equal(sequence, Vocabularies.Decode(subject.Vocabulary, expected));
        Assert.True(expected.AsSpan().SequenceEqual(Vocabularies.Encode(subject.Vocabulary, sequence)));
        subject.Check(sequence[..500]);
    }

    private static bool Next(int[] sequence, int symbols)
    {
        for (int i = sequence.Length - 1; i >= 0; i--)
        {
            if (++sequence[i] < symbols) return true;
            sequence[i] = 0;
        }

        return false;
    }

    /// <summary>A vocabulary, its two encoders apart, and the definition.</summary>
    private sealed class Subject
    {
        private int[] _tokens = new int[1000];

        public Subject(BpeVocabulary vocabulary)
        {
            Vocabulary = vocabulary;
            Naive = new NaiveBpe(vocabulary);
            var ranks = new PairTable(0);
            ReadOnlySpan<BpeMerge> merges = vocabulary.Merges;
            for (int rank = 0; rank < merges.Length; rank++) ranks.Set(merges[rank].Left, merges[rank].Right, rank);
            Derivations = BpeDerivations.TryCreate(vocabulary, ranks);
            if (Derivations is not null) LongestMatch = LongestMatchEncoder.TryCreate(vocabulary, Derivations);
            MergeLoop = new MergeLoopEncoder(vocabulary, ranks);
        }

        public BpeVocabulary Vocabulary { get; }

        public NaiveBpe Naive { get; }

        /// <summary>Null only for lists that no trainer writes.</summary>
        public BpeDerivations? Derivations { get; }

        public BpeEncoder? LongestMatch { get; }

        public BpeEncoder MergeLoop { get; }

        public int[] Encode(BpeEncoder encoder, ReadOnlySpan<int> symbols)
        {
            if (_tokens.Length < symbols.Length) _tokens = new int[symbols.Length];
            return _tokens[..encoder.Encode(symbols, _tokens)];
        }

        public void Check(int[] symbols)
        {
            int[] expected = Naive.Encode(symbols);
            Check(expected, _tokens.AsSpan(0, Vocabulary.Encode(symbols, _tokens)), symbols);
            if (LongestMatch is not null) Check(expected, _tokens.AsSpan(0, LongestMatch.Encode(symbols, _tokens)), symbols);
            Check(expected, _tokens.AsSpan(0, MergeLoop.Encode(symbols, _tokens)), symbols);
            Assert.True(symbols.AsSpan().SequenceEqual(Vocabularies.Decode(Vocabulary, expected)));
        }

        private void Check(int[] expected, ReadOnlySpan<int> actual, int[] symbols)
        {
            if (actual.SequenceEqual(expected)) return;
            Assert.Fail(
                $"[{string.Join(' ', symbols)}] gives [{string.Join(' ', actual.ToArray())}], expected [{string.Join(' ', expected)}]; "
                + string.Join(' ', Vocabulary.Merges.ToArray().Select(merge => $"{merge.Left}+{merge.Right}={merge.Token}")));
        }
    }
}
