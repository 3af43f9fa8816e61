using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>The merge loop as the definition has it: the lowest rank, the leftmost of its places, one merge at a time.</summary>
internal sealed class NaiveBpe
{
    private readonly Dictionary<long, (int Rank, int Token)> _ranks = [];
    private readonly int[] _symbolTokens;

    public NaiveBpe(BpeVocabulary vocabulary)
        : this(vocabulary.SymbolTokens, vocabulary.Merges)
    {
    }

    public NaiveBpe(ReadOnlySpan<int> symbolTokens, ReadOnlySpan<BpeMerge> merges)
    {
        _symbolTokens = symbolTokens.ToArray();

        // A pair that is listed twice counts with its later rank.
        for (int rank = 0; rank < merges.Length; rank++) _ranks[Pair(merges[rank].Left, merges[rank].Right)] = (rank, merges[rank].Token);
    }

    public int[] Encode(params ReadOnlySpan<int> symbols)
    {
        var tokens = new List<int>(symbols.Length);
        foreach (int symbol in symbols) tokens.Add(_symbolTokens[symbol]);
        while (true)
        {
            (int Rank, int Token) best = (int.MaxValue, 0);
            int place = -1;
            for (int i = 0; i + 1 < tokens.Count; i++)
            {
                if (!_ranks.TryGetValue(Pair(tokens[i], tokens[i + 1]), out (int Rank, int Token) merge)) continue;
                if (merge.Rank < best.Rank) (best, place) = (merge, i);
            }

            if (place < 0) return [.. tokens];
            tokens[place] = best.Token;
            tokens.RemoveAt(place + 1);
        }
    }

    private static long Pair(int left, int right) => ((long)left << 32) | (uint)right;
}
