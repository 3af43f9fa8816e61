using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training.Tests;

/// <summary>The trainer as the definition has it: counts every pair of neighbours anew before each merge.</summary>
internal static class NaiveBpeTrainer
{
    /// <summary>Trains; the sequences end as the trained vocabulary splits them.</summary>
    public static List<BpeMerge> Train(List<(List<int> Tokens, long Weight)> sequences, int symbolCount, BpeTrainerOptions options)
    {
        var merges = new List<BpeMerge>();
        List<int> lengths = [.. Enumerable.Repeat(1, symbolCount)];
        while (lengths.Count < options.VocabularySize)
        {
            var counts = new Dictionary<(int Left, int Right), long>();
            foreach ((List<int> tokens, long weight) in sequences)
            {
                for (int i = 0; i + 1 < tokens.Count; i++)
                {
                    (int, int) pair = (tokens[i], tokens[i + 1]);
                    counts[pair] = counts.GetValueOrDefault(pair) + weight;
                }
            }

            (int Left, int Right)[] best = [.. counts
                .Where(entry => entry.Value >= options.MinFrequency)
                .Where(entry => lengths[entry.Key.Left] + lengths[entry.Key.Right] <= options.MaxTokenLength)
                .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Left).ThenBy(entry => entry.Key.Right)
                .Select(entry => entry.Key).Take(1)];
            if (best.Length == 0) break;

            (int left, int right) = best[0];
            foreach ((List<int> tokens, _) in sequences)
            {
                for (int i = 0; i + 1 < tokens.Count; i++)
                {
                    if (tokens[i] != left || tokens[i + 1] != right) continue;
                    tokens[i] = lengths.Count;
                    tokens.RemoveAt(i + 1);
                }
            }

            merges.Add(new BpeMerge(left, right, lengths.Count));
            lengths.Add(lengths[left] + lengths[right]);
        }

        return merges;
    }
}
