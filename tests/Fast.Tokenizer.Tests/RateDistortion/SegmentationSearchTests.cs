using Fast.Tokenizer.RateDistortion;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.RateDistortion;

/// <summary>The search against trying everything.</summary>
public sealed class SegmentationSearchTests
{
    public static TheoryData<int, int> Kinds => new() { { 1, 4000 }, { 2, 2000 }, { 3, 2000 }, { 4, 1000 }, { 5, 1000 } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_cost_is_the_least_of_all_choices_and_segmentations(int kind, int cases)
    {
        var random = new Random(kind);
        for (int i = 0; i < cases; i++)
        {
            (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = kind switch
            {
                1 => Integer(random, random.Next(0, 30)),
                2 => Bytes(random, minToken: -354),
                3 => Bytes(random, minToken: random.Next(-130, 1)),
                4 => Bytes(random, minToken: -3000),
                _ => Bytes(random, minToken: -70_000),
            };
            var trie = new SegmentationTrie(vocabulary, alphabet);
            int count = random.Next(1, 9);
            int zeros = random.Next(0, 5);
            var values = new int[count][];
            var excess = new double[count][];
            for (int k = 0; k < count; k++) (values[k], excess[k]) = Choices(random, alphabet, mostlyZero: k >= count - zeros);
            double price = random.Next(3) switch { 0 => 1, 1 => 0.3, _ => random.NextDouble() * 3 };

            var lattice = new CoefficientLattice(alphabet, count);
            int certain = random.Next(2) == 0 ? 0 : count - 1 - Array.FindLastIndex(values, choices => choices is not [0]);
            for (int k = 0; k < count - certain; k++) lattice.Add(values[k], excess[k]);
            lattice.AddZeros(certain);
            var tokens = new int[count * alphabet.MaxSymbolsPerCoefficient];
            int written = SegmentationSearch.Run(trie, lattice, price, tokens);
            lattice.Dispose();

            double least = Least(vocabulary, alphabet, values, excess, price);
            Assert.Equal(least, Cost(vocabulary, alphabet, tokens.AsSpan(0, written), values, excess, price), 1e-9);
        }
    }

    [Theory]
    [InlineData(100_000, 0)]
    [InlineData(100_000, 3)]
    [InlineData(3_000, 1)]
    public void A_long_run_of_one_value_is_written_with_the_fewest_tokens(int count, int value)
    {
        // 1, 2, 4, ... 256 of each value: the fewest tokens are as many as the binary digits ask for.
        var merges = new List<BpeMerge>();
        const int Symbols = 8, Doublings = 8;
        for (int symbol = 0; symbol < Symbols; symbol++)
        {
            for (int d = 0; d < Doublings; d++)
            {
                int half = d == 0 ? symbol : Symbols + merges.Count - 1;
                merges.Add(new BpeMerge(half, half, Symbols + merges.Count));
            }
        }

        var alphabet = new IntegerAlphabet(0, Symbols - 1);
        var trie = new SegmentationTrie(new BpeVocabulary(Symbols, merges.ToArray()), alphabet);
        var lattice = new CoefficientLattice(alphabet, count);
        for (int i = 0; i < count; i++) lattice.Add([value], [0.0]);
        var tokens = new int[count];
        int written = SegmentationSearch.Run(trie, lattice, 1, tokens);
        lattice.Dispose();
        Assert.Equal((count / 256) + int.PopCount(count % 256), written);
    }

    // Each coefficient of the tail may differ from zero at a price below that of a token, which asks for work on work on work in the tail.
    [Fact]
    public void A_tail_with_cheap_deviations_is_as_good_as_a_search_that_leaves_nothing_to_later()
    {
        var random = new Random(11);
        for (int i = 0; i < 40; i++)
        {
            (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = Integer(random, 40);
            var trie = new SegmentationTrie(vocabulary, alphabet);
            const int Count = 300;
            var values = new int[Count][];
            var excess = new double[Count][];
            for (int k = 0; k < Count; k++) (values[k], excess[k]) = ([0, alphabet.MinCoefficient < 0 && random.Next(2) == 0 ? -1 : 1], [0, random.NextDouble()]);
            var lattice = new CoefficientLattice(alphabet, Count);
            for (int k = 0; k < Count; k++) lattice.Add(values[k], excess[k]);
            var tokens = new int[Count];
            int written = SegmentationSearch.Run(trie, lattice, 0.8, tokens);
            lattice.Dispose();
            Assert.Equal(
                Forward(vocabulary, alphabet, values, excess, 0.8),
                Cost(vocabulary, alphabet, tokens.AsSpan(0, written), values, excess, 0.8),
                1e-9);
        }
    }

    // All choices of values, each written in the fewest tokens.
    private static double Least(BpeVocabulary vocabulary, CoefficientAlphabet alphabet, int[][] values, double[][] excess, double price)
    {
        double least = double.PositiveInfinity;
        var chosen = new int[values.Length];
        void Choose(int k, double cost)
        {
            if (k == values.Length) least = Math.Min(least, cost + (price * Fewest(vocabulary, Symbols(alphabet, chosen))));
            else
            {
                for (int v = 0; v < values[k].Length; v++)
                {
                    chosen[k] = values[k][v];
                    Choose(k + 1, cost + excess[k][v]);
                }
            }
        }

        Choose(0, 0);
        return least;
    }

    private static int Fewest(BpeVocabulary vocabulary, int[] symbols)
    {
        var fewest = new int[symbols.Length + 1];
        for (int i = symbols.Length - 1; i >= 0; i--)
        {
            fewest[i] = int.MaxValue / 2;
            for (int token = 0; token < vocabulary.Count; token++)
            {
                ReadOnlySpan<int> piece = vocabulary.GetSymbols(token);
                if (symbols.AsSpan(i).StartsWith(piece)) fewest[i] = Math.Min(fewest[i], 1 + fewest[i + piece.Length]);
            }
        }

        return fewest[0];
    }

    // The same programme without a trie, bounds or order: every token at every coefficient. Integer alphabets only.
    private static double Forward(BpeVocabulary vocabulary, CoefficientAlphabet alphabet, int[][] values, double[][] excess, double price)
    {
        var costs = new double[values.Length + 1];
        Array.Fill(costs, double.PositiveInfinity);
        costs[0] = 0;
        for (int i = 0; i < values.Length; i++)
        {
            for (int token = 0; token < vocabulary.Count; token++)
            {
                double cost = costs[i] + price;
                int at = i;
                foreach (int symbol in vocabulary.GetSymbols(token))
                {
                    int choice = at < values.Length ? Array.IndexOf(values[at], symbol + alphabet.MinCoefficient) : -1;
                    cost += choice < 0 ? double.PositiveInfinity : excess[at][choice];
                    at++;
                }

                if (cost < double.PositiveInfinity) costs[at] = Math.Min(costs[at], cost);
            }
        }

        return costs[^1];
    }

    private static double Cost(
        BpeVocabulary vocabulary, CoefficientAlphabet alphabet, ReadOnlySpan<int> tokens, int[][] values, double[][] excess, double price)
    {
        var decoded = new int[values.Length];
        Assert.True(alphabet.CreateCodec(vocabulary).Decode(tokens, decoded).IsComplete);
        double cost = price * tokens.Length;
        for (int k = 0; k < decoded.Length; k++)
        {
            int choice = Array.IndexOf(values[k], decoded[k]);
            Assert.True(choice >= 0, $"coefficient {k} became {decoded[k]}, which was no choice");
            cost += excess[k][choice];
        }

        return cost;
    }

    private static (int[] Values, double[] Excess) Choices(Random random, CoefficientAlphabet alphabet, bool mostlyZero)
    {
        int low = Math.Max(-3, alphabet.MinCoefficient), high = Math.Min(3, alphabet.MaxCoefficient);
        var values = new HashSet<int>();
        if (mostlyZero || random.Next(3) > 0) values.Add(0);
        int size = random.Next(1, CoefficientLattice.MaxValues + 1);
        for (int tries = 0; tries < 8 && values.Count < size; tries++) values.Add(random.Next(low, high + 1));
        int[] ordered = [.. values.OrderBy(value => mostlyZero ? Math.Abs(value) : random.Next())];
        double[] excess = [.. ordered.Select((_, k) => k == 0 ? 0 : random.NextDouble() * random.Next(3))];
        return (ordered, excess);
    }

    private static int[] Symbols(CoefficientAlphabet alphabet, int[] coefficients)
    {
        var symbols = new List<int>();
        Span<int> spelled = stackalloc int[CoefficientAlphabet.MaxSpelling];
        foreach (int coefficient in coefficients)
        {
            int length = alphabet.Spell(coefficient, spelled);
            for (int i = 0; i < length; i++) symbols.Add(spelled[i]);
        }

        return [.. symbols];
    }

    private static (CoefficientAlphabet Alphabet, BpeVocabulary Vocabulary) Integer(Random random, int mergeCount)
    {
        var alphabet = new IntegerAlphabet(random.Next(-3, 1), random.Next(1, 4));
        var merges = new List<BpeMerge>();
        int zero = -alphabet.MinCoefficient;
        for (int i = 0; i < mergeCount; i++)
        {
            int made = alphabet.SymbolCount + i;
            int left = random.Next(3) == 0 ? zero : random.Next(made), right = random.Next(3) == 0 ? zero : random.Next(made);
            merges.Add(new BpeMerge(left, right, made));
        }

        return (alphabet, new BpeVocabulary(alphabet.SymbolCount, merges.ToArray()));
    }

    // Tokens from pieces of spelled coefficients, so that many begin and end inside one.
    private static (CoefficientAlphabet Alphabet, BpeVocabulary Vocabulary) Bytes(Random random, int minToken)
    {
        var alphabet = new ByteLevelAlphabet(minToken, splitsWords: false, []);
        var merges = new List<BpeMerge>();
        const int ByteCount = 256;
        var expansions = Enumerable.Range(0, ByteCount).Select(value => new[] { value }).ToList();
        int[] sample = Symbols(alphabet, [.. Enumerable.Range(0, 40).Select(_ => Math.Max(minToken, random.Next(3) == 0 ? random.Next(-3, 4) : 0))]);
        for (int i = random.Next(0, 40); i > 0; i--)
        {
            int at = random.Next(sample.Length - 1);
            int left = Longest(expansions, sample.AsSpan(at), random.Next(1, 6));
            if (at + expansions[left].Length >= sample.Length) continue;
            int right = Longest(expansions, sample.AsSpan(at + expansions[left].Length), random.Next(1, 6));
            merges.Add(new BpeMerge(left, right, expansions.Count));
            expansions.Add([.. expansions[left], .. expansions[right]]);
        }

        return (alphabet, new BpeVocabulary(ByteCount, merges.ToArray()));
    }

    private static int Longest(List<int[]> expansions, ReadOnlySpan<int> symbols, int atMost)
    {
        int longest = symbols[0];
        for (int token = 0; token < expansions.Count; token++)
        {
            if (expansions[token].Length <= atMost && expansions[token].Length > expansions[longest].Length && symbols.StartsWith(expansions[token]))
                longest = token;
        }

        return longest;
    }
}
