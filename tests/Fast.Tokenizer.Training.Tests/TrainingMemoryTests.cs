namespace Fast.Tokenizer.Training.Tests;

/// <summary>Measures what the process holds, so nothing else runs beside it.</summary>
[CollectionDefinition(nameof(TrainingMemoryTests), DisableParallelization = true)]
[Collection(nameof(TrainingMemoryTests))]
public sealed class TrainingMemoryTests
{
    [Fact]
    public void A_training_in_memory_takes_about_what_is_reckoned()
    {
        // What the limit is compared with must be near the truth: neither several times as much, nor less than what is held.
        SequenceCorpus corpus = ExternalBpeTrainerTests.Recorded("aloha_sim_insertion_human", 6);
        var sequences = new SymbolSequences(corpus, corpus.MinValue);
        var pairs = new PairFrequencies();
        sequences.ForEach(pairs.Add);
        int symbols = corpus.MaxValue - corpus.MinValue + 1;
        var merges = new MergesInTraining(symbols, 1024, null);
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0;

        var state = new PairCounts(sequences, merges.Lengths, 10_000, TestContext.Current.CancellationToken);
        while (!merges.IsComplete && state.TryTakeMostFrequent(2, out int left, out int right))
        {
            if (merges.NextToken % 50 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            state.Merge(left, right, merges.NextToken, TestContext.Current.CancellationToken);
            merges.Add(left, right);
        }

        long low = Enough(most / 3), high = Enough(most * 3 / 2);
        Assert.True(low == 0 && high == 1, $"{most} bytes at most, {PairCounts.Places(sequences)} tokens, {pairs.Places} places");
        GC.KeepAlive(state);

        long Enough(long limit) => new TrainingMemory(limit, "").Holds(sequences, pairs.Places) ? 1 : 0;
    }
}
