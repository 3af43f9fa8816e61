using Fast.Tokenizer.Training;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>The passes of a training on counts that are larger than its memory, watched one by one.</summary>
/// <param name="Passes">Those over all sequences, see <see cref="ExternalBpeTrainer"/>.</param>
/// <param name="InMemory">The merges after them; null where there were none, or the training was stopped before.</param>
/// <param name="Merges">All merges.</param>
internal sealed record TrainingPasses(IReadOnlyList<TrainingPasses.Pass> Passes, Cost? InMemory, int Merges)
{
    /// <summary>Time of all.</summary>
    public double Seconds => Passes.Sum(pass => pass.Cost.Seconds) + (InMemory?.Seconds ?? 0);

    /// <summary>Time of all threads.</summary>
    public double ProcessorSeconds => Passes.Sum(pass => pass.Cost.ProcessorSeconds) + (InMemory?.ProcessorSeconds ?? 0);

    /// <summary>Trains, and throws the vocabulary away.</summary>
    /// <param name="part">The counts.</param>
    /// <param name="memory">What the training may use.</param>
    /// <param name="vocabularySize">Tokens.</param>
    /// <param name="most">Passes after which to stop.</param>
    /// <param name="told">Told of each pass.</param>
    public static TrainingPasses Run(
        CorpusPart part, TrainingMemory memory, int vocabularySize, int most, Action<int, Pass> told)
    {
        var options = new BpeTrainerOptions { VocabularySize = vocabularySize };
        (int min, int max) = (part.MinCoefficient!.Value, part.MaxCoefficient!.Value);
        var merges = new MergesInTraining(max - min + 1, vocabularySize, progress: null);
        int Done() => vocabularySize - (max - min + 1) - merges.Missing;
        List<Pass> passes = [];
        var symbols = new SymbolSequences(part.Sequences, min);
        TokenFile? file = null;
        ITokenSequences Sequences() => file is null ? symbols : file;
        try
        {
            for (MergeBatch? batch = null; ;)
            {
                var pairs = new PairFrequencies();
                TokenFile? last = file;
                int before = Done();
                Cost cost = Cost.Of(() =>
                {
                    if (batch is null) symbols.ForEach(pairs.Add);
                    else file = Merge(Sequences(), batch, pairs, memory.Folder);
                });
                last?.Dispose();
                passes.Add(new Pass(before, Sequences().TokenCount, file?.ByteCount ?? part.Length, cost));
                told(passes.Count, passes[^1]);
                if (memory.Holds(Sequences(), pairs.Places))
                {
                    Cost rest = Cost.Of(() => MergeInMemory(Sequences(), merges, options));
                    return new TrainingPasses(passes, rest, Done());
                }

                if (passes.Count == most || merges.IsComplete) break;
                batch = MergeBatch.Next(pairs, merges, options);
                if (batch.IsEmpty || merges.IsComplete) break;
            }
        }
        finally
        {
            file?.Dispose();
        }

        return new TrainingPasses(passes, null, Done());
    }

    private static TokenFile Merge(ITokenSequences sequences, MergeBatch batch, PairFrequencies pairs, string folder)
    {
        var written = new TokenFile(folder);
        sequences.ForEach((tokens, count) =>
        {
            ReadOnlySpan<ushort> merged = batch.Apply(tokens);
            if (merged.Length < 2) return;
            pairs.Add(merged, count);
            written.Add(merged, count);
        });
        return written;
    }

    private static void MergeInMemory(ITokenSequences sequences, MergesInTraining merges, BpeTrainerOptions options)
    {
        var state = new PairCounts(sequences, merges.Lengths, options.MaxTokenLength, CancellationToken.None);
        while (!merges.IsComplete && state.TryTakeMostFrequent(options.MinFrequency, out int left, out int right))
        {
            state.Merge(left, right, merges.NextToken, CancellationToken.None);
            merges.Add(left, right);
        }
    }

    /// <summary>A pass over all sequences.</summary>
    /// <param name="Merges">Merges known before it.</param>
    /// <param name="Tokens">Tokens left by it.</param>
    /// <param name="Bytes">Of the file that it wrote; of the part, where it only counted.</param>
    /// <param name="Cost">What it took.</param>
    internal sealed record Pass(int Merges, long Tokens, long Bytes, Cost Cost);
}
