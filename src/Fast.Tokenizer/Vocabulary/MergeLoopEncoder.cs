using System.Buffers;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>The merge loop itself, with a queue of candidate merges; for lists of merges that no trainer writes.</summary>
internal sealed class MergeLoopEncoder(BpeVocabulary vocabulary, PairTable ranks) : BpeEncoder
{
    private const int Gone = -1;
    private const int NoRank = int.MaxValue;

    protected override int EncodeCore(ReadOnlySpan<int> symbols, Span<int> tokens)
    {
        int n = symbols.Length;
        int[] links = ArrayPool<int>.Shared.Rent(n * 2);
        try
        {
            Span<int> next = links.AsSpan(0, n), previous = links.AsSpan(n, n);
            var queue = new PriorityQueue<int, (int Rank, int Position)>();
            for (int i = 0; i < n; i++)
            {
                tokens[i] = vocabulary.SymbolTokens[symbols[i]];
                if (tokens[i] < 0) throw NoToken(vocabulary, symbols);
                (next[i], previous[i]) = (i + 1, i - 1);
            }

            for (int i = 0; i + 1 < n; i++) Offer(queue, tokens, i, i + 1);
            while (queue.TryDequeue(out int position, out (int Rank, int) priority))
            {
                int right = tokens[position] == Gone ? n : next[position];
                if (right >= n || ranks.Get(tokens[position], tokens[right], NoRank) != priority.Rank) continue;

                tokens[position] = vocabulary.Merges[priority.Rank].Token;
                tokens[right] = Gone;
                next[position] = next[right];
                if (next[right] < n) previous[next[right]] = position;
                if (previous[position] >= 0) Offer(queue, tokens, previous[position], position);
                if (next[position] < n) Offer(queue, tokens, position, next[position]);
            }

            int count = 0;
            for (int i = 0; i < n; i = next[i]) tokens[count++] = tokens[i];
            return count;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(links);
        }
    }

    private void Offer(PriorityQueue<int, (int Rank, int Position)> queue, ReadOnlySpan<int> tokens, int left, int right)
    {
        int rank = ranks.Get(tokens[left], tokens[right], NoRank);
        if (rank != NoRank) queue.Enqueue(left, (rank, left));
    }
}
