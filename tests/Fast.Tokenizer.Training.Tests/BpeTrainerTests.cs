using Fast.Tokenizer.Tests.Vocabulary;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training.Tests;

public sealed class BpeTrainerTests
{
    [Fact]
    public void Small_corpora_train_as_the_definition_has_it()
    {
        int merges = 0, exhausted = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(1, 7), smallest = random.Next(-40, 5);
            List<(int[] Values, long Count)> sequences = Corpus(random, symbols, random.Next(1, 8), 40);
            BpeTrainerOptions options = Options(random, symbols);
            List<(List<int> Tokens, long Weight)> naive = [.. sequences.Select(sequence => (sequence.Values.ToList(), sequence.Count))];
            List<BpeMerge> expected = NaiveBpeTrainer.Train(naive, symbols, options);

            BpeVocabulary vocabulary = Train(ToCorpus(sequences, smallest), smallest, symbols, options);

            if (!vocabulary.Merges.SequenceEqual([.. expected]))
                Assert.Fail($"seed {seed}: {Text(vocabulary.Merges)}, expected {Text([.. expected])}");
            Assert.Equal(symbols, vocabulary.SymbolCount);
            foreach (((int[] values, _), (List<int> tokens, _)) in sequences.Zip(naive))
                Assert.Equal(tokens, Vocabularies.Encode(vocabulary, values));
            merges += expected.Count;
            if (vocabulary.Count < options.VocabularySize) exhausted++;
        }

        Assert.True(merges > 15_000);
        Assert.True(exhausted is > 700 and < 2300);
    }

    [Fact]
    public void Larger_corpora_train_as_the_definition_has_it()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(2, 150);
            List<(int[] Values, long Count)> sequences = Corpus(random, symbols, 60, 150);
            var options = new BpeTrainerOptions { VocabularySize = symbols + 150, MaxTokenLength = random.Next(2) == 0 ? 12 : 10_000 };
            List<(List<int> Tokens, long Weight)> naive = [.. sequences.Select(sequence => (sequence.Values.ToList(), sequence.Count))];

            BpeVocabulary vocabulary = Train(ToCorpus(sequences, 0), 0, symbols, options);

            Assert.Equal(NaiveBpeTrainer.Train(naive, symbols, options), vocabulary.Merges.ToArray());
        }
    }

    [Fact]
    public void A_training_worked_out_by_hand()
    {
        // Pairs: (0 0) stands at 3 + 2 places of runs, overlapping ones included, against 4 of (1 2).
        BpeVocabulary vocabulary = Train([[0, 0, 0, 0], [1, 2, 0, 0, 0], [1, 2, 1, 2], [1, 2]], 3, new() { VocabularySize = 100 });

        // Then (1 2) 4 times. Then (3 3), (0 3), (3 0), (4 3) and (4 4) once each: less than twice, the default.
        Assert.Equal([new(0, 0, 3), new(1, 2, 4)], vocabulary.Merges.ToArray());
    }

    [Fact]
    public void Equal_counts_go_to_the_smaller_pair()
    {
        BpeVocabulary vocabulary = Train([[2, 1], [2, 0], [1, 2], [0, 3]], 4, new() { VocabularySize = 100, MinFrequency = 1 });

        Assert.Equal([new(0, 3, 4), new(1, 2, 5), new(2, 0, 6), new(2, 1, 7)], vocabulary.Merges.ToArray());
    }

    [Fact]
    public void The_order_of_the_sequences_does_not_matter()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(1, 6);
            List<(int[] Values, long Count)> sequences = Corpus(random, symbols, 10, 30);
            BpeTrainerOptions options = Options(random, symbols);
            BpeMerge[] expected = Train(ToCorpus(sequences, 0), 0, symbols, options).Merges.ToArray();

            for (int i = 0; i < 3; i++)
            {
                (int[] Values, long Count)[] shuffled = [.. sequences];
                random.Shuffle(shuffled);
                Assert.Equal(expected, Train(ToCorpus(shuffled, 0), 0, symbols, options).Merges.ToArray());
            }
        }
    }

    [Fact]
    public void A_count_is_as_good_as_adding_again()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(1, 6);
            List<(int[] Values, long Count)> sequences = Corpus(random, symbols, 8, 30);
            (int[] Values, long Count)[] repeated =
                [.. sequences.SelectMany(sequence => Enumerable.Repeat((sequence.Values, 1L), (int)sequence.Count))];
            random.Shuffle(repeated);
            BpeTrainerOptions options = Options(random, symbols);

            Assert.Equal(
                Train(ToCorpus(sequences, 0), 0, symbols, options).Merges.ToArray(),
                Train(ToCorpus(repeated, 0), 0, symbols, options).Merges.ToArray());
        }
    }

    [Fact]
    public void Counts_beyond_32_bits_are_exact()
    {
        var corpus = new SequenceCorpus();
        corpus.Add([0, 1], (1L << 53) + 1);
        corpus.Add([1, 0], 1L << 53);
        corpus.Add([1, 1], (1L << 53) + 2);
        var options = new BpeTrainerOptions { VocabularySize = 5, MinFrequency = (1L << 53) + 1 };

        Assert.Equal([new(1, 1, 2), new(0, 1, 3)], Train(corpus, 0, 2, options).Merges.ToArray());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(7, 2)]
    [InlineData(8, 3)]
    public void No_token_is_longer_than_allowed(int longest, int merges)
    {
        BpeVocabulary vocabulary = Train([new int[8], new int[8]], 1, new() { VocabularySize = 4, MaxTokenLength = longest });

        // Pairs of equal runs come first here, while they are short enough: 2, 4, 8.
        Assert.True(vocabulary.MaxTokenLength <= longest);
        Assert.True(vocabulary.Merges.Length >= merges);
    }

    [Fact]
    public void The_largest_ids_are_told_from_gaps()
    {
        // Ids up to 65534, one below the mark of a gap.
        var corpus = new SequenceCorpus();
        corpus.Add([-32768, 32765, -32768, 32765, 32765, 32765, 32765], 3);
        const int Symbols = 65_534;
        var options = new BpeTrainerOptions { VocabularySize = BpeTrainer.MaxVocabularySize };

        BpeVocabulary vocabulary = Train(corpus, -32768, Symbols, options);

        Assert.Equal([new(65_533, 65_533, 65_534)], vocabulary.Merges.ToArray());
        Assert.Throws<ArgumentException>("options", () => Train(corpus, -32768, Symbols, options with { VocabularySize = 65_536 }));
    }

    [Fact]
    public void Merges_of_the_largest_ids_train_as_the_definition_has_it()
    {
        const int Symbols = BpeTrainer.MaxVocabularySize - 6;
        var random = new Random(8);
        List<(int[] Values, long Count)> sequences =
            [.. Corpus(random, 3, 6, 40).Select(pair => (pair.Values.Select(value => value + Symbols - 3).ToArray(), pair.Count))];
        List<(List<int> Tokens, long Weight)> naive = [.. sequences.Select(sequence => (sequence.Values.ToList(), sequence.Count))];
        var options = new BpeTrainerOptions { VocabularySize = BpeTrainer.MaxVocabularySize };
        List<BpeMerge> expected = NaiveBpeTrainer.Train(naive, Symbols, options);

        Assert.Equal(6, expected.Count);
        Assert.Equal(expected, Train(ToCorpus(sequences, -32768), -32768, Symbols, options).Merges.ToArray());
    }

    [Fact]
    public void A_vocabulary_as_large_as_the_alphabet_has_no_merges()
    {
        Assert.Equal(0, Train([[0, 0, 1, 1]], 2, new() { VocabularySize = 2, MinFrequency = 1 }).Merges.Length);
        Assert.Equal(0, Train([[]], 2, new() { VocabularySize = 9 }).Merges.Length);
        Assert.Equal(0, Train([[1], [0], [1]], 2, new() { VocabularySize = 9, MinFrequency = 1 }).Merges.Length);
    }

    [Fact]
    public void A_vocabulary_smaller_than_the_alphabet_is_refused_with_the_remedy()
    {
        var problem = Assert.Throws<VocabularyTooSmallException>("options", () => Train([[0, 1]], 3, new() { VocabularySize = 2 }));

        const string Expected = "a vocabulary of 2 tokens is smaller than the alphabet of 3 coefficients: ask for more";
        Assert.StartsWith(Expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_corpus_is_refused()
    {
        var problem = Assert.Throws<ArgumentException>("corpus", () => Train([], 3, new()));

        Assert.StartsWith("the corpus is empty", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 3)]
    [InlineData(3, 2)]
    [InlineData(-5, 9)]
    [InlineData(int.MinValue, 9)]
    [InlineData(int.MaxValue, 9)]
    public void Values_outside_the_alphabet_are_refused(int smallest, int symbols)
    {
        var corpus = new SequenceCorpus();
        corpus.Add([3, 4, 5]);

        var problem = Assert.Throws<ArgumentException>("corpus", () => Train(corpus, smallest, symbols, new()));

        string expected = $"the corpus has values from 3 to 5, the alphabet reaches from {smallest} to {(long)smallest + symbols - 1}";
        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alphabet_need_not_hold_zero()
    {
        var corpus = new SequenceCorpus();
        corpus.Add([3, 4, 3, 4]);

        Assert.Equal([new(0, 1, 2)], Train(corpus, 3, 2, new() { VocabularySize = 3 }).Merges.ToArray());
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Train([[0]], 1, new() { MinFrequency = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train([[0]], 1, new() { MaxTokenLength = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>("symbolCount", () => Train([[0]], 0, new()));
        Assert.Throws<VocabularyTooSmallException>("options", () => Train([[0]], 1, new() { VocabularySize = -1 }));
        Assert.Throws<ArgumentNullException>("corpus", () => Train(null!, 0, 1, new()));
        Assert.Throws<ArgumentNullException>("options", () => Train(new(), 0, 1, null!));
    }

    [Fact]
    public void Progress_rises_and_ends_complete()
    {
        foreach (int merges in (int[])[1, 3, 99, 100, 250, 100_000 / 200])
        {
            var reports = new Reports();
            var random = new Random(merges);
            SequenceCorpus corpus = ToCorpus(Corpus(random, 12, 60, 100), 0);
            BpeVocabulary vocabulary = Train(corpus, 0, 12, new() { VocabularySize = 12 + merges, MinFrequency = 1 }, reports);

            Assert.Equal(merges, vocabulary.Merges.Length);
            Assert.Equal(new TrainingProgress(TrainingStage.Vocabulary, merges, merges), reports.All[^1]);
            Assert.True(reports.All.Count <= 202);
            Assert.True(merges < 100 || reports.All.Count >= 100);
            Assert.All(reports.All.Zip(reports.All.Skip(1)), pair => Assert.True(pair.First.Done <= pair.Second.Done));
            Assert.All(reports.All, report => Assert.True(report.Done <= report.Total));
        }
    }

    [Fact]
    public void Progress_ends_complete_where_the_pairs_run_out()
    {
        var reports = new Reports();
        BpeVocabulary vocabulary = Train(ToCorpus([([0, 1, 0, 1], 1)], 0), 0, 2, new() { VocabularySize = 1000 }, reports);

        Assert.Equal(1, vocabulary.Merges.Length);
        Assert.Equal(new TrainingProgress(TrainingStage.Vocabulary, 1, 1), reports.All[^1]);
    }

    [Fact]
    public void A_training_can_be_stopped_before_and_on_the_way()
    {
        SequenceCorpus corpus = ToCorpus(Corpus(new Random(1), 12, 60, 100), 0);
        var options = new BpeTrainerOptions { VocabularySize = 212, MinFrequency = 1 };
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => BpeTrainer.Train(corpus, 0, 12, options, null, stopped.Token));

        using var later = new CancellationTokenSource();
        var reports = new Reports { Stop = later };
        Assert.Throws<OperationCanceledException>(() => BpeTrainer.Train(corpus, 0, 12, options, reports, later.Token));
        Assert.Equal(10, reports.All[^1].Done);

        // The corpus is as good as before.
        Assert.Equal(212, Train(corpus, 0, 12, options).Count);
    }

    private static BpeVocabulary Train(int[][] sequences, int symbols, BpeTrainerOptions options) =>
        Train(ToCorpus([.. sequences.Select(sequence => (sequence, 1L))], 0), 0, symbols, options);

    private static BpeVocabulary Train(
        SequenceCorpus corpus, int smallestValue, int symbols, BpeTrainerOptions options, IProgress<TrainingProgress>? progress = null) =>
        BpeTrainer.Train(corpus, smallestValue, symbols, options, progress, TestContext.Current.CancellationToken);

    private static List<(int[] Values, long Count)> Corpus(Random random, int symbols, int sequences, int longest)
    {
        var corpus = new List<(int[], long)>();
        for (int i = 0; i < sequences; i++) corpus.Add((Vocabularies.Sequence(random, symbols, random.Next(longest)), random.Next(1, 5)));
        return corpus;
    }

    private static BpeTrainerOptions Options(Random random, int symbols) => new()
    {
        VocabularySize = symbols + random.Next(30),
        MinFrequency = random.Next(1, 5),
        MaxTokenLength = ((int[])[1, 2, 3, 4, 5, 8, 10_000, 10_000, 10_000])[random.Next(9)],
    };

    private static SequenceCorpus ToCorpus(IEnumerable<(int[] Values, long Count)> sequences, int smallest)
    {
        var corpus = new SequenceCorpus();
        foreach ((int[] values, long count) in sequences) corpus.Add([.. values.Select(value => value + smallest)], count);
        return corpus;
    }

    private static string Text(ReadOnlySpan<BpeMerge> merges) =>
        string.Join(' ', merges.ToArray().Select(merge => $"{merge.Left}+{merge.Right}"));

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public CancellationTokenSource? Stop { get; init; }

        public void Report(TrainingProgress value)
        {
            All.Add(value);
            if (value.Done == 10) Stop?.Cancel();
        }
    }
}
