using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>Where the linear encoder leaves a list of merges to the merge loop, and that both give the same there.</summary>
public sealed class EncoderLimitsTests
{
    [Theory]
    [InlineData(BpeDerivations.MaxDepth, true)]
    [InlineData(BpeDerivations.MaxDepth + 1, false)]
    public void Merges_inside_each_other_may_go_so_deep(int depth, bool linear)
    {
        // Each symbol is put behind all before it.
        int symbols = depth + 1;
        var vocabulary = new BpeVocabulary(
            symbols, [.. Enumerable.Range(0, depth).Select(i => new BpeMerge(i == 0 ? 0 : symbols + i - 1, i + 1, symbols + i))]);
        Assert.Equal(linear, BpeDerivations.TryCreate(vocabulary, Ranks(vocabulary)) is not null);

        int[] sequence = [.. Enumerable.Range(0, symbols), .. Enumerable.Range(0, symbols - 1), 1];
        Assert.Equal(new NaiveBpe(vocabulary).Encode(sequence), Vocabularies.Encode(vocabulary, sequence));
    }

    [Theory]
    [InlineData(LongestMatchEncoder.MaxBeginnings + 1, true)]
    [InlineData(LongestMatchEncoder.MaxBeginnings + 2, false)]
    public void A_token_may_have_so_many_beginnings(int longest, bool linear)
    {
        BpeVocabulary vocabulary = Runs(longest);
        PairTable ranks = Ranks(vocabulary);
        var derivations = BpeDerivations.TryCreate(vocabulary, ranks);
        Assert.NotNull(derivations);
        Assert.All(Enumerable.Range(0, vocabulary.Count), token => Assert.True(derivations.IsReachable(token)));
        Assert.Equal(linear, LongestMatchEncoder.TryCreate(vocabulary, derivations) is not null);

        var loop = new MergeLoopEncoder(vocabulary, ranks);
        foreach (int length in (int[])[1, longest - 1, longest, longest + 1, (3 * longest) + 2])
        {
            int[] tokens = new int[length];
            int count = loop.Encode(new int[length], tokens);
            Assert.Equal(tokens[..count], Vocabularies.Encode(vocabulary, new int[length]));
        }
    }

    [Theory]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(4098)]
    [InlineData(9001)]
    public void Tails_about_as_long_as_those_whose_encodings_are_kept_encode_as_the_merge_loop(int length)
    {
        BpeVocabulary[] vocabularies = [Runs(64), Runs(7), Pairs(), new(2, [new(0, 0, 2), new(2, 0, 3), new(3, 2, 4)])];
        foreach (BpeVocabulary vocabulary in vocabularies)
        {
            var loop = new MergeLoopEncoder(vocabulary, Ranks(vocabulary));
            for (int head = 0; head < 3; head++)
            {
                IEnumerable<int> tail = Enumerable.Range(0, length).Select(i => vocabulary.SymbolCount > 2 ? i % 2 : 0);
                int[] sequence = [.. Enumerable.Repeat(1, head), .. tail];
                int[] tokens = new int[sequence.Length];
                int count = loop.Encode(sequence, tokens);
                Assert.Equal(tokens[..count], Vocabularies.Encode(vocabulary, sequence));
            }
        }
    }

    // Runs of zero of all lengths, the powers of two first; then each is its largest part and the rest, so no merge goes deep.
    private static BpeVocabulary Runs(int longest)
    {
        int[] lengths =
        [
            .. Enumerable.Range(1, 30).Select(i => 1 << i).TakeWhile(length => length <= longest),
            .. Enumerable.Range(1, longest).Where(length => (length & (length - 1)) != 0).OrderByDescending(length => length & -length),
        ];
        var ids = new Dictionary<int, int> { [1] = 0 };
        for (int i = 0; i < lengths.Length; i++) ids[lengths[i]] = 2 + i;
        return new BpeVocabulary(2, [.. lengths.Select(length =>
        {
            int last = (length & (length - 1)) == 0 ? length / 2 : length & -length;
            return new BpeMerge(ids[length - last], ids[last], ids[length]);
        })]);
    }

    // Two symbols in turn, as the two bytes of a zero that is a character.
    private static BpeVocabulary Pairs() => new(3, [new(0, 1, 3), new(3, 3, 4), new(4, 4, 5), new(5, 3, 6)]);

    private static PairTable Ranks(BpeVocabulary vocabulary)
    {
        var ranks = new PairTable(0);
        ReadOnlySpan<BpeMerge> merges = vocabulary.Merges;
        for (int rank = 0; rank < merges.Length; rank++) ranks.Set(merges[rank].Left, merges[rank].Right, rank);
        return ranks;
    }
}
