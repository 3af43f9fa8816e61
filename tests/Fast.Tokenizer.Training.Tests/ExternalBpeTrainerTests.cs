using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Vocabulary;
using Fast.Tokenizer.Transform;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training.Tests;

public sealed class ExternalBpeTrainerTests
{
    private const long NothingFits = 0;
    private const long AllFits = long.MaxValue;

    [Fact]
    public void Merges_do_not_depend_on_the_memory()
    {
        int merges = 0, inFile = 0, inBoth = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(1, 7), smallest = random.Next(-40, 5);
            List<(int[] Values, long Count)> sequences = Corpus(random, symbols, random.Next(1, 8), 40);
            BpeTrainerOptions options = Options(random, symbols);
            List<(List<int> Tokens, long Weight)> naive = [.. sequences.Select(sequence => (sequence.Values.ToList(), sequence.Count))];
            List<BpeMerge> expected = NaiveBpeTrainer.Train(naive, symbols, options);
            SequenceCorpus corpus = ToCorpus(sequences, smallest);

            foreach (long limit in (long[])[NothingFits, random.Next(40), random.Next(300), random.Next(3000), AllFits])
            {
                BpeMerge[] actual = Train(corpus, smallest, symbols, options, limit).Merges.ToArray();

                if (!actual.SequenceEqual(expected)) Assert.Fail($"seed {seed}, limit {limit}: {Text(actual)}, expected {Text([.. expected])}");
                int external = MergesInFile(corpus, smallest, symbols, options, limit);
                inFile += external;
                if (external > 0 && external < expected.Count) inBoth++;
            }

            merges += expected.Count;
        }

        // All merges in the file where nothing fits, and many a training begins there and ends in memory.
        Assert.True(merges > 5000);
        Assert.True(inFile > merges);
        Assert.True(inBoth > 200, $"{inBoth}");
    }

    [Fact]
    public void Larger_corpora_train_alike_within_any_memory()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(2, 150);
            SequenceCorpus corpus = ToCorpus(Corpus(random, symbols, 300, 200), 0);
            var options = new BpeTrainerOptions
            {
                VocabularySize = symbols + 400,
                MaxTokenLength = random.Next(2) == 0 ? 12 : 10_000,
                MinFrequency = random.Next(1, 20),
            };
            BpeMerge[] expected = Train(corpus, 0, symbols, options, AllFits).Merges.ToArray();

            foreach (long limit in (long[])[NothingFits, 20_000, 100_000, 400_000])
                Assert.Equal(expected, Train(corpus, 0, symbols, options, limit).Merges.ToArray());
        }
    }

    [Fact]
    public void Recorded_chunks_train_alike_within_any_memory()
    {
        SequenceCorpus corpus = Recorded("robosuite_panda", 3);
        int symbols = corpus.MaxValue - corpus.MinValue + 1;
        var options = new BpeTrainerOptions { VocabularySize = 1024 };
        BpeMerge[] expected = Train(corpus, corpus.MinValue, symbols, options, AllFits).Merges.ToArray();

        foreach (long limit in (long[])[NothingFits, 300_000, 3_000_000])
            Assert.Equal(expected, Train(corpus, corpus.MinValue, symbols, options, limit).Merges.ToArray());
    }

    [Fact]
    public void A_batch_holds_the_next_merges_and_does_them_all_at_once()
    {
        int batches = 0;
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(1, 60);
            List<(int[] Values, long Count)> sequences = Corpus(random, symbols, random.Next(1, 20), 60);
            var options = new BpeTrainerOptions { VocabularySize = symbols + 40, MinFrequency = 1, MaxTokenLength = random.Next(2, 50) };
            var merges = new MergesInTraining(symbols, options.VocabularySize, null);

            MergeBatch batch = MergeBatch.Next(Frequencies(sequences), merges, options);

            int count = merges.NextToken - symbols;
            List<(List<int> Tokens, long Weight)> naive = [.. sequences.Select(sequence => (sequence.Values.ToList(), sequence.Count))];
            List<BpeMerge> expected = NaiveBpeTrainer.Train(naive, symbols, options with { VocabularySize = symbols + count });
            Assert.Equal(batch.IsEmpty, count == 0);
            Assert.Equal(expected, merges.ToVocabulary().Merges.ToArray());
            foreach (((int[] values, _), (List<int> tokens, _)) in sequences.Zip(naive))
                Assert.Equal(tokens, batch.Apply([.. values.Select(value => (ushort)value)]).ToArray().Select(token => (int)token));
            if (count > 1) batches++;
        }

        Assert.True(batches > 200, $"{batches} batches of more than one merge");
    }

    [Theory]
    [InlineData(7, 3)]
    [InlineData(6, 3)]
    [InlineData(5, 1)]
    public void What_is_left_of_a_run_ends_a_batch_where_it_counts_more(int others, int batch)
    {
        // (0 0) stands 12 times. Merged to N, the run has (N N) 5 times and (N 0) once: 6 places.
        List<(int[] Values, long Count)> sequences = [(new int[13], 1), ([1, 2], others), ([3, 4], others)];
        var merges = new MergesInTraining(5, 20, null);

        MergeBatch.Next(Frequencies(sequences), merges, new() { MinFrequency = 1 });

        Assert.Equal(batch, merges.NextToken - 5);
    }

    [Fact]
    public void A_pair_that_overlaps_one_before_it_waits_for_the_next_pass()
    {
        // In order (2 3), (1 2), (1 5): what becomes of (1 2) is seen in the next pass only, and (1 5) comes after it.
        List<(int[] Values, long Count)> sequences = [([1, 2, 3], 4), ([1, 5], 4), ([2, 3], 1), ([0], 1)];
        var merges = new MergesInTraining(6, 8, null);

        MergeBatch.Next(Frequencies(sequences), merges, new() { MinFrequency = 1 });

        Assert.Equal([new(2, 3, 6)], merges.ToVocabulary().Merges.ToArray());
    }

    [Fact]
    public void Counts_beyond_32_bits_and_the_largest_ids_pass_through_the_file()
    {
        const int Symbols = 65_533;
        var corpus = new SequenceCorpus();
        corpus.Add([-32768, 32764, -32768, 32764, 32764, 32764, 32764], (1L << 53) + 1);
        corpus.Add([32764, 32764, 5, 32764, 32764, 5], 1L << 53);
        var options = new BpeTrainerOptions { VocabularySize = BpeTrainer.MaxVocabularySize };

        BpeMerge[] merges = Train(corpus, -32768, Symbols, options, NothingFits).Merges.ToArray();

        Assert.Equal(Train(corpus, -32768, Symbols, options, AllFits).Merges.ToArray(), merges);
        Assert.Equal([65_533, 65_534], merges.Select(merge => merge.Token));
    }

    [Fact]
    public void Sequences_longer_than_the_buffers_pass_through_the_file()
    {
        var random = new Random(3);
        var corpus = new SequenceCorpus();
        for (int i = 0; i < 3; i++) corpus.Add(Vocabularies.Sequence(random, 300, 200_000), i + 1);
        corpus.Add(new int[300_000]);
        var options = new BpeTrainerOptions { VocabularySize = 330 };

        Assert.Equal(
            Train(corpus, 0, 300, options, AllFits).Merges.ToArray(), Train(corpus, 0, 300, options, NothingFits).Merges.ToArray());
    }

    [Theory]
    [InlineData(NothingFits)]
    [InlineData(2000)]
    public void No_temporary_file_is_left_and_none_has_a_name_meanwhile(long limit)
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        SequenceCorpus corpus = ToCorpus(Corpus(new Random(1), 12, 60, 100), 0);
        var options = new BpeTrainerOptions { VocabularySize = 212, MinFrequency = 1 };
        var files = new List<string[]>();
        var progress = new Reports(_ => files.Add(Directory.GetFileSystemEntries(folder.FullPath)));

        BpeTrainer.Train(corpus, 0, 12, options, new(limit, folder.FullPath), progress, TestContext.Current.CancellationToken);
        Assert.True(files.Count > 100);
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullPath));
        if (!OperatingSystem.IsWindows()) Assert.All(files, Assert.Empty);

        var stopping = new Reports(report =>
        {
            if (report.Done == 10) stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            BpeTrainer.Train(corpus, 0, 12, options, new(limit, folder.FullPath), stopping, stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullPath));
    }

    [Fact]
    public void Progress_is_the_same_within_any_memory()
    {
        SequenceCorpus corpus = ToCorpus(Corpus(new Random(2), 12, 60, 100), 0);
        var options = new BpeTrainerOptions { VocabularySize = 262, MinFrequency = 1 };

        Assert.Equal(ReportsWithin(AllFits), ReportsWithin(NothingFits));
        Assert.Equal(ReportsWithin(AllFits), ReportsWithin(5000));

        List<TrainingProgress> ReportsWithin(long limit)
        {
            var reports = new List<TrainingProgress>();
            BpeTrainer.Train(
                corpus, 0, 12, options, new(limit, Path.GetTempPath()), new Reports(reports.Add), TestContext.Current.CancellationToken);
            return reports;
        }
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named_with_the_remedy()
    {
        using var folder = new TemporaryFolder();
        SequenceCorpus corpus = ToCorpus([([0, 1, 0, 1], 1)], 0);
        TrainingMemory memory = new(NothingFits, folder["missing"]);

        var problem = Assert.Throws<IOException>(() =>
            BpeTrainer.Train(corpus, 0, 2, new(), memory, null, TestContext.Current.CancellationToken));

        Assert.StartsWith(
            $"the training takes more memory than its limit and no temporary file can be made in '{folder["missing"]}': give another folder",
            problem.Message, StringComparison.Ordinal);

        // No file, no folder needed.
        Assert.Equal(1, BpeTrainer.Train(
            corpus, 0, 2, new(), memory with { Limit = AllFits }, null, TestContext.Current.CancellationToken).Merges.Length);
    }

    [Fact]
    public void A_full_disk_is_named_with_the_remedy_and_the_space_comes_back()
    {
        using var folder = new TemporaryFolder();
        using SmallDisk disk = SmallDisk.Mount(folder["disk"], 256);
        var random = new Random(4);
        var corpus = new SequenceCorpus();
        for (int i = 0; i < 40; i++) corpus.Add([.. Enumerable.Range(0, 10_000).Select(_ => random.Next(100))]);
        var options = new BpeTrainerOptions { VocabularySize = 110 };

        var problem = Assert.Throws<IOException>(() => BpeTrainer.Train(
            corpus, 0, 100, options, new(NothingFits, disk.FullPath), null, TestContext.Current.CancellationToken));

        Assert.Contains($"the temporary file of the training in '{disk.FullPath}' cannot grow beyond ", problem.Message, StringComparison.Ordinal);
        Assert.Contains("make room there, or give another folder or a higher memory limit", problem.Message, StringComparison.Ordinal);
        File.WriteAllBytes(disk["as large as the disk was"], new byte[200 * 1024]);
    }

    // How many merges were found by passes over the file.
    private static int MergesInFile(SequenceCorpus corpus, int smallest, int symbols, BpeTrainerOptions options, long limit)
    {
        var merges = new MergesInTraining(symbols, options.VocabularySize, null);
        ExternalBpeTrainer.Train(
            new SymbolSequences(corpus, smallest), merges, options, new(limit, Path.GetTempPath()), TestContext.Current.CancellationToken);
        return merges.NextToken - symbols;
    }

    private static BpeVocabulary Train(SequenceCorpus corpus, int smallest, int symbols, BpeTrainerOptions options, long limit) =>
        BpeTrainer.Train(corpus, smallest, symbols, options, new(limit, Path.GetTempPath()), null, TestContext.Current.CancellationToken);

    private static PairFrequencies Frequencies(List<(int[] Values, long Count)> sequences)
    {
        var pairs = new PairFrequencies();
        foreach ((int[] values, long count) in sequences) pairs.Add([.. values.Select(value => (ushort)value)], count);
        return pairs;
    }

    // Half of the sequences end with zeros, as those of chunks do.
    private static List<(int[] Values, long Count)> Corpus(Random random, int symbols, int sequences, int longest)
    {
        var corpus = new List<(int[], long)>();
        for (int i = 0; i < sequences; i++)
        {
            int[] values = Vocabularies.Sequence(random, symbols, random.Next(longest));
            if (random.Next(2) == 0) values = [.. values, .. new int[random.Next(longest)]];
            corpus.Add((values, random.Next(1, 5)));
        }

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

    // All windows of the first episodes.
    internal static SequenceCorpus Recorded(string name, int episodes)
    {
        FastTokenizerDefinition definition = RecordedTokenizers.Get(name).Definition;
        ActionShape shape = RecordedTokenizers.Shape(name);
        var quantizer = new CoefficientQuantizer(definition.Scale, definition.Order);
        var plan = new DctPlan(shape.Horizon);
        var values = new double[shape.Count];
        var coefficients = new int[shape.Count];
        var corpus = new SequenceCorpus();
        foreach (Episode episode in RecordedTokenizers.Episodes(name).Take(episodes))
        {
            for (int start = 0; start + shape.Horizon <= episode.Steps; start++)
            {
                definition.Normalizer!.Normalize(ChunkWindows.Slice(episode, start, shape.Horizon), values);
                plan.Forward(values, shape.Dimensions, values);
                quantizer.Quantize(values, shape, coefficients);
                corpus.Add(coefficients);
            }
        }

        return corpus;
    }

    private static string Text(ReadOnlySpan<BpeMerge> merges) =>
        string.Join(' ', merges.ToArray().Select(merge => $"{merge.Left}+{merge.Right}"));

    private sealed class Reports(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
