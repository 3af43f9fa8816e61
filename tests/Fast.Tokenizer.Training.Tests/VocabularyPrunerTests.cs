using Fast.Tokenizer.Tests.Vocabulary;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training.Tests;

public sealed class VocabularyPrunerTests
{
    private static readonly ActionShape _shape = new(12, 3);

    [Fact]
    public void A_loss_is_what_the_uses_take_with_other_tokens()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            BpeVocabulary vocabulary = Vocabularies.Trained(random, symbols: 2 + (seed % 4));
            long[] uses = [.. Enumerable.Range(0, vocabulary.Count).Select(_ => (long)random.Next(0, 9))];

            Assert.Equal(NaiveLosses(vocabulary, uses), VocabularyPruner.Losses(vocabulary, uses, new ParallelOptions()));
        }
    }

    [Fact]
    public void A_need_is_how_often_merging_goes_through_a_token()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            BpeVocabulary vocabulary = Vocabularies.Trained(random, symbols: 2 + (seed % 4));
            long[] uses = [.. Enumerable.Range(0, vocabulary.Count).Select(_ => (long)random.Next(0, 9))];

            Assert.Equal(NaiveNeeds(vocabulary, uses), VocabularyPruner.Needs(vocabulary, uses));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.05)]
    [InlineData(2, 0.3)]
    public void It_keeps_what_a_naive_recount_keeps(double lambda, double canonicalShare)
    {
        FastTokenizerDefinition definition = SampleTokenizers.Definition(scale: 8, min: -40, max: 40, merges: 160);
        double[][] windows = Windows(30);
        SpreadWindow[] spread = [.. windows.Select(window => new SpreadWindow("", 0, window, [], []))];
        BpeVocabulary pruned = VocabularyPruner.Prune(
            definition, size: 81 + 60, spread, _shape, lambda, canonicalShare, null, new ParallelOptions());
        BpeVocabulary expected = NaivePrune(definition, 60, windows, lambda, canonicalShare);

        Assert.Equal(81 + 60, pruned.Count);
        Assert.Equal(81, pruned.SymbolCount);
        for (int token = 0; token < pruned.Count; token++) Assert.Equal(expected.GetSymbols(token), pruned.GetSymbols(token));
        Assert.Equal(expected.Merges.ToArray(), pruned.Merges.ToArray());
    }

    [Fact]
    public void Merges_among_the_kept_tokens_are_followed_as_the_merge_loop_does()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            BpeVocabulary whole = Vocabularies.Next(random, symbols: 2 + (seed % 4));
            int[] kept = [.. Enumerable.Range(whole.SymbolCount, whole.Count - whole.SymbolCount).Where(_ => random.Next(3) > 0)];
            BpeVocabulary some = whole.Keep(kept);

            Assert.Equal(whole.SymbolCount + kept.Length, some.Count);
            for (int i = 0; i < kept.Length; i++) Assert.Equal(whole.GetSymbols(kept[i]), some.GetSymbols(some.SymbolCount + i));
            foreach (BpeMerge merge in some.Merges)
                Assert.Equal([.. some.GetSymbols(merge.Left), .. some.GetSymbols(merge.Right)], some.GetSymbols(merge.Token));

            var naive = new NaiveBpe(some);
            for (int row = 0; row < 20; row++)
            {
                int[] symbols = Vocabularies.Expansions(random, whole, random.Next(12));
                Assert.Equal(naive.Encode(symbols), Vocabularies.Encode(some, symbols));
            }
        }
    }

    [Fact]
    public void A_token_without_a_merge_is_used_and_decodes()
    {
        // Merges 0+1 and 01+2; without 01 nothing merges to 012.
        BpeVocabulary vocabulary = new BpeVocabulary(3, [new(0, 1, 3), new(3, 2, 4)]).Keep([4]);
        Assert.Equal(0, vocabulary.Merges.Length);
        var tokenizer = new FastActionTokenizer(new FastTokenizerDefinition { Scale = 1, Alphabet = new IntegerAlphabet(0, 2), Vocabulary = vocabulary });

        var shape = new ActionShape(1, 3);
        var tokens = new int[3];
        double[] actions = [0, 1, 2], decoded = new double[3];
        Assert.Equal(3, tokenizer.Encode(actions, shape, tokens).Count);
        Assert.Equal(1, tokenizer.Encode(actions, shape, tokens, new EncodeOptions { Mode = EncodeMode.Shortest }).Count);
        Assert.Equal(3, tokens[0]);
        Assert.True(tokenizer.TryDecode([3], shape, decoded).IsComplete);
        Assert.Equal(actions, decoded);
    }

    [Fact]
    public async Task Training_with_it_takes_fewer_tokens_and_no_more_ids()
    {
        EpisodeList episodes = Episodes();
        var options = new TrainingOptions
        {
            Horizon = 20,
            Vocabulary = new() { VocabularySize = 300 },
            HoldoutFraction = 0.25,
            HeldOutEncoding = new EncodeOptions { Mode = EncodeMode.RateDistortion(1), OutOfRange = OutOfRangePolicy.Clamp },
        };
        TrainingResult plain = await Train(options), pruned = await Train(options with { Pruning = new VocabularyPruning { Windows = 400 } });
        TrainingResult again = await Train(options with { Pruning = new VocabularyPruning { Windows = 400 } });

        BpeVocabulary vocabulary = pruned.Tokenizer.Definition.Vocabulary;
        Assert.Equal(300, vocabulary.Count);
        Assert.True(vocabulary.Merges.Length < 300 - vocabulary.SymbolCount);
        Assert.True(
            pruned.HeldOut!.MeanTokens < plain.HeldOut!.MeanTokens, $"{pruned.HeldOut.MeanTokens} against {plain.HeldOut.MeanTokens} tokens");
        // Canonical encoding does not fall apart: the tokens that merges begin with stay.
        TrainingOptions canonical = options with { HeldOutEncoding = new EncodeOptions { OutOfRange = OutOfRangePolicy.Clamp } };
        TrainingResult plainCanonical = await Train(canonical), prunedCanonical = await Train(canonical with { Pruning = new VocabularyPruning { Windows = 400 } });
        Assert.True(prunedCanonical.HeldOut!.MeanTokens < 1.3 * plainCanonical.HeldOut!.MeanTokens);

        Assert.Equal(vocabulary.Merges.ToArray(), again.Tokenizer.Definition.Vocabulary.Merges.ToArray());
        for (int token = 0; token < vocabulary.Count; token++)
            Assert.Equal(vocabulary.GetSymbols(token), again.Tokenizer.Definition.Vocabulary.GetSymbols(token));

        Task<TrainingResult> Train(TrainingOptions with) =>
            new ActionTokenizerTrainer(with).TrainAsync(episodes, null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Fewer_pairs_than_asked_for_leave_nothing_to_prune()
    {
        var constant = new EpisodeList([new Episode("still", new double[60], 1)]);
        TrainingResult trained = await new ActionTokenizerTrainer(new TrainingOptions { Horizon = 20, Pruning = new VocabularyPruning() })
            .TrainAsync(constant, null, TestContext.Current.CancellationToken);

        BpeVocabulary vocabulary = trained.Tokenizer.Definition.Vocabulary;
        Assert.InRange(vocabulary.Count, vocabulary.SymbolCount, 40);
        Assert.Equal(vocabulary.Count - vocabulary.SymbolCount, vocabulary.Merges.Length);
    }

    [Fact]
    public async Task It_stops_when_told()
    {
        using var stop = new CancellationTokenSource();
        var trainer = new ActionTokenizerTrainer(new TrainingOptions
        {
            Horizon = 20, Vocabulary = new() { VocabularySize = 300 }, Pruning = new VocabularyPruning(),
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.TrainAsync(Episodes(), new StopAtPruning(stop), stop.Token));
    }

    [Fact]
    public async Task Options_that_cannot_work_are_refused_by_name()
    {
        var options = new TrainingOptions { Horizon = 20, Pruning = new VocabularyPruning() };
        Assert.Contains("integer alphabet", Refused(options with { Alphabet = AlphabetKind.ByteLevel }));
        Assert.Contains("1 candidates", Refused(options with { Pruning = new VocabularyPruning { Candidates = 1 } }));
        Assert.Contains("NaN candidates", Refused(options with { Pruning = new VocabularyPruning { Candidates = double.NaN } }));
        Assert.Contains("16.5 candidates", Refused(options with { Pruning = new VocabularyPruning { Candidates = 16.5 } }));
        Assert.Contains("price of -0.5", Refused(options with { Pruning = new VocabularyPruning { Lambda = -0.5 } }));
        Assert.Contains("canonical share of -1", Refused(options with { Pruning = new VocabularyPruning { CanonicalShare = -1 } }));
        Assert.Contains("0 windows", Refused(options with { Pruning = new VocabularyPruning { Windows = 0 } }));

        // The size that is kept must hold the alphabet, not only the size that is trained.
        var small = new ActionTokenizerTrainer(options with { Vocabulary = new() { VocabularySize = 100 }, Pruning = new() { Candidates = 16 } });
        var refused = await Assert.ThrowsAsync<VocabularyTooSmallException>(() => small.TrainAsync(Episodes(), null, TestContext.Current.CancellationToken));
        Assert.Contains("a vocabulary of 100 tokens is smaller than the alphabet", refused.Message);

        static string Refused(TrainingOptions options) => Assert.Throws<ArgumentException>(() => new ActionTokenizerTrainer(options)).Message;
    }

    private static double[][] Windows(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => SampleTokenizers.Motion(random, _shape))];
    }

    private static EpisodeList Episodes()
    {
        var random = new Random(5);
        return new EpisodeList([.. Enumerable.Range(0, 12).Select(i => new Episode($"e{i}", SampleTokenizers.Motion(random, new(80, 3)), 3))]);
    }

    // The same by the definition: one after the other, with every way to write a token tried through a set of expansions.
    private static BpeVocabulary NaivePrune(FastTokenizerDefinition definition, int wanted, double[][] windows, double lambda, double canonicalShare)
    {
        BpeVocabulary vocabulary = definition.Vocabulary;
        int symbols = vocabulary.SymbolCount;
        List<long> needs = [.. NaiveNeeds(vocabulary, Uses(EncodeMode.Canonical))];
        while (vocabulary.Count > symbols + wanted)
        {
            long[] uses = Uses(lambda > 0 ? EncodeMode.RateDistortion(lambda) : EncodeMode.Shortest);
            double[] losses = [.. NaiveLosses(vocabulary, uses).Zip(needs, (loss, need) => loss + (canonicalShare * need))];
            List<int> kept = [.. Enumerable.Range(symbols, vocabulary.Count - symbols)];
            int drop = Math.Min(kept.Count - wanted, kept.Count / 5);
            for (int i = 0; i < drop; i++)
            {
                double least = kept.Min(token => losses[token]);
                kept.Remove(kept.Last(token => losses[token] == least));
            }

            needs = [.. needs[..symbols], .. kept.Select(token => needs[token])];
            vocabulary = vocabulary.Keep([.. kept]);
        }

        return vocabulary;

        long[] Uses(EncodeMode mode)
        {
            var tokenizer = new FastActionTokenizer(definition with { Vocabulary = vocabulary });
            var uses = new long[vocabulary.Count];
            foreach (double[] window in windows)
            {
                var tokens = new int[_shape.Count];
                int count = tokenizer.Encode(window, _shape, tokens, new() { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp }).Count;
                for (int i = 0; i < count; i++) uses[tokens[i]]++;
            }

            return uses;
        }
    }

    // Takes each token apart again, merge by merge, and counts every different token on the way once for each part it came from.
    private static long[] NaiveNeeds(BpeVocabulary vocabulary, long[] uses)
    {
        Dictionary<int, (int Left, int Right)> parts = [];
        foreach ((int left, int right, int token) in vocabulary.Merges) parts[token] = (left, right);
        var needs = new long[vocabulary.Count];
        for (int token = 0; token < needs.Length; token++) TakeApart(token, uses[token]);
        return needs;

        void TakeApart(int token, long times)
        {
            if (!parts.TryGetValue(token, out (int Left, int Right) pair)) return;
            foreach (int part in new HashSet<int> { pair.Left, pair.Right })
            {
                needs[part] += times;
                TakeApart(part, times);
            }
        }
    }

    private static long[] NaiveLosses(BpeVocabulary vocabulary, long[] uses)
    {
        string[] texts = [.. Enumerable.Range(0, vocabulary.Count).Select(token => string.Join(' ', vocabulary.GetSymbols(token).ToArray()))];
        var losses = new long[vocabulary.Count];
        for (int token = vocabulary.SymbolCount; token < losses.Length; token++)
        {
            HashSet<string> others = [.. texts.Where((_, other) => other != token)];
            int[] symbols = vocabulary.GetSymbols(token).ToArray();
            var fewest = new int[symbols.Length + 1];
            for (int end = 1; end <= symbols.Length; end++)
            {
                fewest[end] = Enumerable.Range(0, end)
                    .Where(start => others.Contains(string.Join(' ', symbols[start..end])))
                    .Min(start => fewest[start] + 1);
            }

            losses[token] = uses[token] * (fewest[^1] - 1);
        }

        return losses;
    }

    private sealed class StopAtPruning(CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Stage == TrainingStage.Pruning) source.Cancel();
        }
    }
}
