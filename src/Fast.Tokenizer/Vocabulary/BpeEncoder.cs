using System.Buffers;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>Encodes symbols with a vocabulary, exactly as the plain merge loop does.</summary>
internal abstract class BpeEncoder
{
    /// <summary>Picks the encoder that is exact for the vocabulary: linear for all that training gives, else the merge loop.</summary>
    public static BpeEncoder Create(BpeVocabulary vocabulary)
    {
        PairTable ranks = Ranks(vocabulary.Merges);
        return BpeDerivations.TryCreate(vocabulary, ranks) is { } derivations
            && LongestMatchEncoder.TryCreate(vocabulary, derivations) is { } linear
                ? linear
                : new MergeLoopEncoder(vocabulary, ranks);
    }

    /// <summary>Encodes; see <see cref="BpeVocabulary.Encode"/>.</summary>
    public int Encode(ReadOnlySpan<int> symbols, Span<int> tokens)
    {
        if (tokens.Length >= symbols.Length) return EncodeCore(symbols, tokens);

        // A prefix may need more tokens than the whole, so a small buffer is filled only when the result is known.
        int[] scratch = ArrayPool<int>.Shared.Rent(symbols.Length);
        try
        {
            int count = EncodeCore(symbols, scratch);
            if (count > tokens.Length)
            {
                throw new ArgumentException(
                    $"the result has {count} tokens, the span holds {tokens.Length}: use MaxTokenCount", nameof(tokens));
            }

            scratch.AsSpan(0, count).CopyTo(tokens);
            return count;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(scratch);
        }
    }

    /// <summary>Encodes into a buffer at least as long as the input.</summary>
    protected abstract int EncodeCore(ReadOnlySpan<int> symbols, Span<int> tokens);

    protected static ArgumentException NoToken(BpeVocabulary vocabulary, ReadOnlySpan<int> symbols)
    {
        int index = 0;
        while (vocabulary.SymbolTokens[symbols[index]] >= 0) index++;
        return new ArgumentException($"symbol {symbols[index]} at index {index} has no token in the vocabulary", nameof(symbols));
    }

    // Where a pair is listed twice the later rank counts: that is what the Hugging Face engine's table does.
    private static PairTable Ranks(ReadOnlySpan<BpeMerge> merges)
    {
        var ranks = new PairTable(merges.Length);
        for (int rank = 0; rank < merges.Length; rank++) ranks.Set(merges[rank].Left, merges[rank].Right, rank);
        return ranks;
    }
}
