using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>Any list of merges that a file can hold, its tokens known by their texts, against the merge loop.</summary>
public sealed class HostileMergesTests
{
    [Fact]
    public void Random_lists_encode_as_the_merge_loop()
    {
        int linear = 0, loops = 0;
        for (int seed = 0; seed < Rounds.Of(1000); seed++)
        {
            var random = new Random(seed);
            int symbols = random.Next(1, 4);
            BpeVocabulary vocabulary = Next(random, symbols);
            var naive = new NaiveBpe(vocabulary);
            var ranks = new PairTable(0);
            ReadOnlySpan<BpeMerge> merges = vocabulary.Merges;
            for (int rank = 0; rank < merges.Length; rank++) ranks.Set(merges[rank].Left, merges[rank].Right, rank);
            var loop = new MergeLoopEncoder(vocabulary, ranks);
            if (BpeDerivations.TryCreate(vocabulary, ranks) is null) loops++;
            else linear++;

            for (int i = 0; i < 60; i++)
            {
                int[] sequence = i < 40
                    ? Vocabularies.Sequence(random, symbols, random.Next(30))
                    : Vocabularies.Expansions(random, vocabulary, random.Next(1, 6));
                int[] expected = naive.Encode(sequence), tokens = new int[sequence.Length];
                Check(expected, Vocabularies.Encode(vocabulary, sequence), vocabulary, sequence);
                Check(expected, tokens[..loop.Encode(sequence, tokens)], vocabulary, sequence);
            }
        }

        Assert.True(linear > Rounds.Of(100) && loops > Rounds.Of(100), $"{linear} lists in linear time, {loops} by the loop");
    }

    [Fact]
    public void All_short_sequences_encode_as_the_merge_loop_under_random_lists()
    {
        for (int seed = 10_000; seed < 10_000 + Rounds.Of(400); seed++)
        {
            BpeVocabulary vocabulary = Next(new Random(seed), 2);
            var naive = new NaiveBpe(vocabulary);
            for (int length = 1; length <= 8; length++)
            {
                for (int bits = 0; bits < 1 << length; bits++)
                {
                    int[] sequence = [.. Enumerable.Range(0, length).Select(i => (bits >> i) & 1)];
                    Check(naive.Encode(sequence), Vocabularies.Encode(vocabulary, sequence), vocabulary, sequence);
                }
            }
        }
    }

    // Distinct texts in any order of ids, some out of reach; merges in any order, with pairs listed again and several pairs of one token.
    private static BpeVocabulary Next(Random random, int symbols)
    {
        List<string> texts = [.. Enumerable.Range(0, symbols).Select(symbol => ((char)('a' + symbol)).ToString())];
        int kind = random.Next(3);
        for (int i = random.Next(1, 14); i > 0; i--)
        {
            string text = kind == 0
                ? string.Concat(Enumerable.Range(0, random.Next(2, 6)).Select(_ => (char)('a' + random.Next(symbols))))
                : texts[random.Next(texts.Count)] + texts[random.Next(texts.Count)];
            if (text.Length <= 12 && !texts.Contains(text)) texts.Add(text);
        }

        IEnumerable<(string Left, string Right)> all = texts.SelectMany(left => texts.Select(right => (left, right)));
        List<(string Left, string Right)> pairs = [.. all.Where(pair => texts.Contains(pair.Left + pair.Right))];
        if (kind == 2) pairs = [.. pairs.OrderBy(pair => pair.Left.Length + pair.Right.Length).ThenBy(_ => random.Next())];
        else random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pairs));
        pairs.RemoveAll(_ => random.Next(4) == 0);
        for (int again = pairs.Count == 0 ? 0 : random.Next(4); again > 0; again--)
            pairs.Insert(random.Next(pairs.Count + 1), pairs[random.Next(pairs.Count)]);

        string[] ids = [.. texts];
        random.Shuffle(ids);
        return Vocabulary(ids, [.. pairs]);
    }

    private static BpeVocabulary Vocabulary(string[] texts, params (string Left, string Right)[] merges)
    {
        int Id(string text) => Array.IndexOf(texts, text);
        int symbols = texts.Count(text => text.Length == 1);
        return new BpeVocabulary(
            [.. Enumerable.Range(0, symbols).Select(symbol => Id(((char)('a' + symbol)).ToString()))],
            [.. texts.Select(text => text.Select(character => character - 'a').ToArray())],
            [.. merges.Select(merge => new BpeMerge(Id(merge.Left), Id(merge.Right), Id(merge.Left + merge.Right)))]);
    }

    private static void Check(int[] expected, int[] actual, BpeVocabulary vocabulary, int[] sequence)
    {
        if (actual.AsSpan().SequenceEqual(expected)) return;
        Assert.Fail(
            $"[{string.Join(' ', sequence)}] gives [{string.Join(' ', actual)}], expected [{string.Join(' ', expected)}]; symbols "
            + $"{string.Join(' ', vocabulary.SymbolTokens.ToArray())}; "
            + string.Join(' ', vocabulary.Merges.ToArray().Select(merge => $"{merge.Left}+{merge.Right}={merge.Token}")));
    }
}
