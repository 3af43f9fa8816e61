namespace Fast.Tokenizer.Training;

/// <summary>The first merges of a training whose corpus takes more than memory: by passes over a temporary file, until the rest fits.</summary>
/// <remarks>
/// A pass reads the sequences, does the merges of the last <see cref="MergeBatch"/>, counts all pairs anew and writes what came out, without
/// the sequences that are one token by now. Most of a corpus is zeros, and its first merges are runs of them: so few passes make it several
/// times smaller. The disk holds two such files at a time. The merges are those of a training in memory.
/// </remarks>
internal static class ExternalBpeTrainer
{
    /// <summary>Merges until what is left fits the limit, which may be at once.</summary>
    /// <param name="corpus">The sequences before the first merge.</param>
    /// <param name="merges">Receives the merges.</param>
    /// <param name="options">Size and limits.</param>
    /// <param name="memory">What may be used.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <returns>The state to go on from; null where there is nothing left to merge.</returns>
    /// <exception cref="IOException">The temporary file cannot be written.</exception>
    public static PairCounts? Train(
        ITokenSequences corpus,
        MergesInTraining merges,
        BpeTrainerOptions options,
        TrainingMemory memory,
        CancellationToken cancellationToken)
    {
        // No corpus has more places than tokens: where those fit, there is no need to count them.
        if (memory.Holds(corpus, corpus.TokenCount)) return new PairCounts(corpus, merges.Lengths, options.MaxTokenLength, cancellationToken);

        ITokenSequences sequences = corpus;
        TokenFile? file = null;
        try
        {
            MergeBatch? batch = null;
            while (!merges.IsComplete)
            {
                var pairs = new PairFrequencies();
                if (batch is null) Visit(sequences, pairs.Add, cancellationToken);
                else
                {
                    using TokenFile? last = file;
                    sequences = file = Merge(sequences, batch, pairs, memory.Folder, cancellationToken);
                }

                if (memory.Holds(sequences, pairs.Places))
                    return new PairCounts(sequences, merges.Lengths, options.MaxTokenLength, cancellationToken);
                batch = MergeBatch.Next(pairs, merges, options);
                if (batch.IsEmpty) break;
            }

            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static TokenFile Merge(
        ITokenSequences sequences, MergeBatch batch, PairFrequencies pairs, string folder, CancellationToken cancellationToken)
    {
        var written = new TokenFile(folder);
        try
        {
            Visit(sequences, (tokens, count) =>
            {
                ReadOnlySpan<ushort> merged = batch.Apply(tokens);
                if (merged.Length < 2) return;
                pairs.Add(merged, count);
                written.Add(merged, count);
            }, cancellationToken);
            return written;
        }
        catch
        {
            written.Dispose();
            throw;
        }
    }

    private static void Visit(ITokenSequences sequences, Action<ReadOnlySpan<ushort>, long> visit, CancellationToken cancellationToken)
    {
        int visited = 0;
        sequences.ForEach((tokens, count) =>
        {
            if ((visited++ & 0x3FF) == 0) cancellationToken.ThrowIfCancellationRequested();
            visit(tokens, count);
        });
    }
}
