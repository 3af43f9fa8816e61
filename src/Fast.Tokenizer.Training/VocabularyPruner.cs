using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>Drops the tokens of a vocabulary whose loss costs the fewest tokens.</summary>
internal static class VocabularyPruner
{
    // Uses shift to other tokens when one goes, so they are counted anew after each fifth of the tokens.
    private const int ShareDropped = 5;

    /// <summary>Prunes a vocabulary.</summary>
    /// <param name="definition">A tokenizer with an integer alphabet and too many tokens.</param>
    /// <param name="size">Token ids to keep, symbols included; not fewer than the symbols.</param>
    /// <param name="windows">Training windows.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="lambda">Price of a token in the encoding that is counted; 0 for the fewest tokens.</param>
    /// <param name="canonicalShare">What it costs that canonical encoding can no longer go through a token once, in tokens.</param>
    /// <param name="progress">Told after each count; may be null.</param>
    /// <param name="parallel">Stops it, and says on how many threads.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static BpeVocabulary Prune(
        FastTokenizerDefinition definition,
        int size,
        IReadOnlyList<SpreadWindow> windows,
        ActionShape shape,
        double lambda,
        double canonicalShare,
        IProgress<TrainingProgress>? progress,
        ParallelOptions parallel)
    {
        BpeVocabulary vocabulary = definition.Vocabulary;
        int symbols = vocabulary.SymbolCount, excess = vocabulary.Count - size;
        if (excess <= 0) return vocabulary;
        long[] needs = Needs(vocabulary, Uses(new FastActionTokenizer(definition), windows, shape, EncodeMode.Canonical, parallel));
        EncodeMode mode = lambda > 0 ? EncodeMode.RateDistortion(lambda) : EncodeMode.Shortest;
        while (vocabulary.Count > size)
        {
            var tokenizer = new FastActionTokenizer(definition with { Vocabulary = vocabulary });
            long[] uses = Uses(tokenizer, windows, shape, mode, parallel);
            long[] losses = Losses(vocabulary, uses, parallel);
            int merged = vocabulary.Count - symbols;
            int kept = Math.Max(size - symbols, merged - Math.Max(1, merged / ShareDropped));

            // Of equal losses the token that was merged first stays.
            int[] tokens = [.. Enumerable.Range(symbols, merged)
                .OrderByDescending(token => losses[token] + (canonicalShare * needs[token])).ThenBy(token => token).Take(kept).Order()];
            needs = [.. needs[..symbols], .. tokens.Select(token => needs[token])];
            vocabulary = vocabulary.Keep(tokens);
            progress?.Report(new TrainingProgress(TrainingStage.Pruning, excess - (vocabulary.Count - size), excess));
        }

        return vocabulary;
    }

    /// <summary>How many more tokens the uses of each token would take without it: a symbol can always stand for itself.</summary>
    /// <param name="vocabulary">The vocabulary, whose first ids are the symbols.</param>
    /// <param name="uses">How often each token is used.</param>
    /// <param name="parallel">Stops it, and says on how many threads.</param>
    public static long[] Losses(BpeVocabulary vocabulary, long[] uses, ParallelOptions parallel)
    {
        var trie = new TokenTrie(vocabulary, Enumerable.Range(0, vocabulary.Count));
        var losses = new long[vocabulary.Count];
        Parallel.For(vocabulary.SymbolCount, vocabulary.Count, parallel, token =>
        {
            if (uses[token] > 0) losses[token] = uses[token] * (FewestOthers(trie, vocabulary.GetSymbols(token), token) - 1);
        });
        return losses;
    }

    /// <summary>How often merging goes through each token on its way to another that it ends with.</summary>
    /// <param name="vocabulary">The vocabulary, in which merges come after those of their parts.</param>
    /// <param name="uses">How often canonical encoding ends with each token.</param>
    public static long[] Needs(BpeVocabulary vocabulary, long[] uses)
    {
        var needs = new long[vocabulary.Count];
        for (int rank = vocabulary.Merges.Length - 1; rank >= 0; rank--)
        {
            (int left, int right, int token) = vocabulary.Merges[rank];
            long through = uses[token] + needs[token];
            needs[left] += through;
            if (right != left) needs[right] += through;
        }

        return needs;
    }

    private static int FewestOthers(TokenTrie trie, ReadOnlySpan<int> symbols, int token)
    {
        var fewest = new int[symbols.Length + 1];
        Array.Fill(fewest, int.MaxValue, 1, symbols.Length);
        for (int start = 0; start < symbols.Length; start++)
        {
            int node = TokenTrie.Root;
            for (int end = start; end < symbols.Length;)
            {
                node = trie.Child(node, symbols[end]);
                if (node == TokenTrie.None || !symbols[end..].StartsWith(trie.Label(node))) break;
                end += trie.Label(node).Length;
                int found = trie.Token(node);
                if (found != TokenTrie.None && found != token) fewest[end] = Math.Min(fewest[end], fewest[start] + 1);
            }
        }

        return fewest[^1];
    }

    private static long[] Uses(
        FastActionTokenizer tokenizer, IReadOnlyList<SpreadWindow> windows, ActionShape shape, EncodeMode mode, ParallelOptions parallel)
    {
        var encoding = new EncodeOptions { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp };

        // Whole numbers are added up: the sums do not depend on the number of threads.
        var uses = new long[tokenizer.VocabularySize];
        Parallel.For(0, windows.Count, parallel, i =>
        {
            var tokens = new int[tokenizer.MaxTokenCount(shape)];
            int count = tokenizer.Encode(windows[i].Values, shape, tokens, windows[i].Context, encoding).Count;
            foreach (int token in tokens.AsSpan(0, count)) Interlocked.Increment(ref uses[token]);
        });
        return uses;
    }
}
