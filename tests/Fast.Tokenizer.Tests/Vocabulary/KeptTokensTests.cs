using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>A vocabulary of some of the tokens of another.</summary>
public sealed class KeptTokensTests
{
    [Fact]
    public void A_merge_stays_where_both_parts_and_the_result_do()
    {
        var vocabulary = new BpeVocabulary(2, [new(0, 1, 2), new(2, 0, 3), new(2, 2, 4), new(3, 1, 5)]);

        BpeVocabulary kept = vocabulary.Keep([2, 4]);
        Assert.Equal([new(0, 1, 2), new(2, 2, 3)], kept.Merges.ToArray());
        Assert.Equal([0, 1, 0, 1], kept.GetSymbols(3));

        // Without its part the token stays, for it still decodes, and no merge makes it.
        kept = vocabulary.Keep([3, 5]);
        Assert.Equal(4, kept.Count);
        Assert.Empty(kept.Merges.ToArray());
        Assert.Equal([0, 1, 0], kept.GetSymbols(2));
        Assert.Equal([0, 1, 0, 1], kept.GetSymbols(3));
        Assert.Equal([0, 1, 0, 1], Vocabularies.Encode(kept, [0, 1, 0, 1]));
    }

    [Fact]
    public void Tokens_keep_their_symbols_and_merges_their_order()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            BpeVocabulary vocabulary = Vocabularies.Untrained(random, random.Next(1, 5), random.Next(40), longest: 30);
            int symbols = vocabulary.SymbolCount;
            int[] tokens = [.. Enumerable.Range(symbols, vocabulary.Count - symbols).Where(_ => random.Next(3) > 0)];
            BpeVocabulary kept = vocabulary.Keep(tokens);

            int[] origin = [.. Enumerable.Range(0, symbols), .. tokens];
            Assert.Equal((symbols, origin.Length), (kept.SymbolCount, kept.Count));
            for (int token = 0; token < kept.Count; token++)
                Assert.Equal(vocabulary.GetSymbols(origin[token]).ToArray(), kept.GetSymbols(token).ToArray());

            var made = new HashSet<int>(Enumerable.Range(0, symbols));
            var expected = new List<BpeMerge>();
            foreach (BpeMerge merge in vocabulary.Merges)
            {
                if (!made.Contains(merge.Left) || !made.Contains(merge.Right) || !origin.Contains(merge.Token)) continue;
                made.Add(merge.Token);
                expected.Add(merge);
            }

            BpeMerge[] merges = kept.Merges.ToArray();
            Assert.Equal(expected, merges.Select(merge => new BpeMerge(origin[merge.Left], origin[merge.Right], origin[merge.Token])));
        }
    }
}
