using Fast.Tokenizer.Training;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>Vocabularies and sequences from a seed; small alphabets, so that ties and overlaps abound.</summary>
internal static class Vocabularies
{
    /// <summary>Trained, or a random list of merges, by turns.</summary>
    public static BpeVocabulary Next(Random random, int symbols) =>
        random.Next(2) == 0 ? Trained(random, symbols) : Untrained(random, symbols, random.Next(40), longest: 24);

    public static BpeVocabulary Trained(Random random, int symbols)
    {
        var corpus = new SequenceCorpus();
        for (int i = random.Next(1, 12); i > 0; i--) corpus.Add(Sequence(random, symbols, random.Next(40)), random.Next(1, 4));
        var options = new BpeTrainerOptions { VocabularySize = symbols + random.Next(60), MinFrequency = random.Next(1, 3) };
        return BpeTrainer.Train(corpus, 0, symbols, options);
    }

    /// <summary>Merges that no corpus gave: any two earlier tokens, some of them twice, many that encoding never gives.</summary>
    public static BpeVocabulary Untrained(Random random, int symbols, int merges, int longest)
    {
        var list = new List<BpeMerge>();
        List<int> lengths = [.. Enumerable.Repeat(1, symbols)];
        for (int attempts = merges * 4; attempts > 0 && list.Count < merges; attempts--)
        {
            int left = Part(), right = Part();
            if (list.Count > 0 && random.Next(12) == 0) (left, right, _) = list[random.Next(list.Count)];
            if (lengths[left] + lengths[right] > longest) continue;
            list.Add(new BpeMerge(left, right, lengths.Count));
            lengths.Add(lengths[left] + lengths[right]);
        }

        return new BpeVocabulary(symbols, [.. list]);

        // Half of the parts are recent tokens: deep derivations, not only merges of symbols.
        int Part() => random.Next(2) == 0 ? random.Next(lengths.Count) : random.Next(Math.Max(0, lengths.Count - 6), lengths.Count);
    }

    /// <summary>
    /// What a file may hold: ids in any order, pairs listed twice, one token from several pairs, merges before those of their parts.
    /// </summary>
    public static BpeVocabulary Hostile(Random random, int symbols)
    {
        List<int[]> expansions = [.. Enumerable.Range(0, symbols).Select(symbol => (int[])[symbol])];
        var merges = new List<BpeMerge>();
        for (int i = random.Next(30); i > 0; i--)
        {
            int left = random.Next(expansions.Count), right = random.Next(expansions.Count);
            int[] whole = [.. expansions[left], .. expansions[right]];
            if (whole.Length > 24) continue;
            int token = expansions.FindIndex(expansion => expansion.AsSpan().SequenceEqual(whole));
            if (token < 0)
            {
                token = expansions.Count;
                expansions.Add(whole);
            }

            merges.Add(new BpeMerge(left, right, token));
        }

        // A few merges change places, or none.
        for (int i = merges.Count > 0 ? random.Next(4) : 0; i > 0; i--)
        {
            int first = random.Next(merges.Count), second = random.Next(merges.Count);
            (merges[first], merges[second]) = (merges[second], merges[first]);
        }

        int[] ids = [.. Enumerable.Range(0, expansions.Count)];
        random.Shuffle(ids);
        int[][] ordered = new int[ids.Length][];
        for (int i = 0; i < ids.Length; i++) ordered[ids[i]] = expansions[i];
        BpeMerge[] renamed = [.. merges.Select(merge => new BpeMerge(ids[merge.Left], ids[merge.Right], ids[merge.Token]))];
        return new BpeVocabulary(ids[..symbols], ordered, renamed);
    }

    /// <summary>Random symbols, runs, or a repeated period, by turns.</summary>
    public static int[] Sequence(Random random, int symbols, int length)
    {
        var sequence = new int[length];
        int kind = random.Next(3), period = random.Next(1, 6);
        for (int i = 0; i < length; i++)
        {
            bool repeats = kind == 1 ? i > 0 && random.Next(4) > 0 : kind == 2 && i >= period && random.Next(40) > 0;
            sequence[i] = repeats ? sequence[i - (kind == 1 ? 1 : period)] : random.Next(symbols);
        }

        return sequence;
    }

    /// <summary>Expansions of random tokens side by side: what crosses their boundaries decides the encoding.</summary>
    public static int[] Expansions(Random random, BpeVocabulary vocabulary, int tokens)
    {
        var sequence = new List<int>();
        for (int i = 0; i < tokens; i++) sequence.AddRange(vocabulary.GetSymbols(random.Next(vocabulary.Count)));
        return [.. sequence];
    }

    public static int[] Encode(BpeVocabulary vocabulary, ReadOnlySpan<int> symbols)
    {
        var tokens = new int[symbols.Length];
        return tokens[..vocabulary.Encode(symbols, tokens)];
    }

    public static int[] Decode(BpeVocabulary vocabulary, ReadOnlySpan<int> tokens)
    {
        var symbols = new List<int>();
        foreach (int token in tokens) symbols.AddRange(vocabulary.GetSymbols(token));
        return [.. symbols];
    }
}
