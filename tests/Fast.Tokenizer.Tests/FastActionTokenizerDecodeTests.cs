using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests;

public sealed class FastActionTokenizerDecodeTests
{
    // Coefficients -2 to 2 are the ids 0 to 4; 5 is two zeros, 6 is four of them, 7 is "1 -1", 8 is eight zeros.
    private static readonly BpeMerge[] _merges = [new(2, 2, 5), new(5, 5, 6), new(3, 1, 7), new(6, 6, 8)];
    private static readonly ActionShape _shape = new(3, 2);

    public static TheoryData<int[], DecodeStatus, int, int> Sequences => new()
    {
        { [6, 5], DecodeStatus.Complete, 6, 2 },
        { [0, 1, 2, 3, 4, 2], DecodeStatus.Complete, 6, 6 },
        { [], DecodeStatus.Short, 0, 0 },
        { [6], DecodeStatus.Short, 4, 1 },
        { [7, 6 - 3], DecodeStatus.Short, 3, 2 },
        { [6, 6], DecodeStatus.Long, 8, 1 },
        { [6, 5, 2], DecodeStatus.Long, 7, 2 },
        { [8], DecodeStatus.Long, 8, 0 },
        { [2, 8, 8, 8], DecodeStatus.Long, 25, 1 },
        { [-1], DecodeStatus.InvalidToken, 0, 0 },
        { [6, 9], DecodeStatus.InvalidToken, 4, 1 },
        { [6, 5, 9], DecodeStatus.InvalidToken, 6, 2 },
        { [int.MinValue, 6], DecodeStatus.InvalidToken, 0, 0 },
        { [6, int.MaxValue, -1], DecodeStatus.InvalidToken, 4, 1 },
        { [8, 2, -1], DecodeStatus.InvalidToken, 9, 2 },
    };

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Each_status_says_how_many_coefficients_and_where_and_leaves_the_actions_alone(
        int[] tokens, DecodeStatus status, int coefficients, int position)
    {
        FastActionTokenizer tokenizer = Small();
        var expected = new DecodeResult(status, coefficients, position);
        double[] wide = [.. Enumerable.Repeat(-77.0, 6)];
        float[] single = [.. Enumerable.Repeat(-77f, 6)];

        Assert.Equal(expected, tokenizer.TryDecode(tokens, _shape, wide));
        Assert.Equal(expected, tokenizer.TryDecode(tokens, _shape, single));

        Assert.Equal(status == DecodeStatus.Complete, expected.IsComplete);
        if (status == DecodeStatus.Complete) return;
        Assert.All(wide, value => Assert.Equal(-77.0, value));
        Assert.All(single, value => Assert.Equal(-77f, value));
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Strict_decoding_throws_the_same_facts(int[] tokens, DecodeStatus status, int coefficients, int position)
    {
        FastActionTokenizer tokenizer = Small();
        var expected = new DecodeResult(status, coefficients, position);
        double[] wide = [.. Enumerable.Repeat(-77.0, 6)];
        if (status == DecodeStatus.Complete)
        {
            Assert.Equal(expected, tokenizer.Decode(tokens, _shape, wide, DecodePolicy.Strict));
            return;
        }

        string counts = $"{tokens.Length} tokens give {coefficients} coefficients, a chunk of [3,2] needs 6: ";
        string message = status switch
        {
            DecodeStatus.Short => counts + "the sequence is too short",
            DecodeStatus.Long => counts + $"token {position} goes past the end",
            _ => $"token {position} is id {tokens[position]}, which is not in the vocabulary",
        };
        foreach (Action decode in new Action[]
        {
            () => tokenizer.Decode(tokens, _shape, wide, DecodePolicy.Strict),
            () => tokenizer.Decode(tokens, _shape, new float[6], DecodePolicy.Strict),
            () => tokenizer.Decode(tokens, _shape, wide),
            () => tokenizer.Decode(tokens, _shape, new float[6]),
            () => tokenizer.Decode(tokens, _shape),
        })
        {
            var problem = Assert.Throws<ActionDecodeException>(decode);
            Assert.Equal((expected, _shape), (problem.Result, problem.Shape));
            Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        }

        Assert.All(wide, value => Assert.Equal(-77.0, value));
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Prefix_decoding_uses_what_stands_before_the_fault(int[] tokens, DecodeStatus status, int coefficients, int position)
    {
        foreach (CoefficientOrder order in Enum.GetValues<CoefficientOrder>())
        {
            FastActionTokenizer tokenizer = Small(order);
            var wide = new double[6];
            var single = new float[6];

            Assert.Equal(new(status, coefficients, position), tokenizer.Decode(tokens, _shape, wide, DecodePolicy.Prefix));
            Assert.Equal(new(status, coefficients, position), tokenizer.Decode(tokens, _shape, single, DecodePolicy.Prefix));

            double[] expected = Inverse(tokenizer, tokens, _shape);
            for (int i = 0; i < 6; i++) Assert.Equal(expected[i], wide[i], 1e-12);
            Assert.Equal(SampleTokenizers.ToSingle(wide), single);
        }
    }

    [Fact]
    public void Prefix_decoding_of_any_damaged_sequence_is_the_inverse_of_its_first_coefficients()
    {
        var random = new Random(23);
        ActionNormalizer normalizer = new(SampleTokenizers.Statistics(4), new() { Mask = [true, false, true, true] });
        foreach (CoefficientOrder order in Enum.GetValues<CoefficientOrder>())
        {
            FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(order: order, normalizer: normalizer);
            var seen = new HashSet<DecodeStatus>();
            for (int round = 0; round < 300; round++)
            {
                var shape = new ActionShape(random.Next(1, 30), 4);
                double[] actions = SampleTokenizers.Motion(random, shape);
                normalizer.Denormalize(actions, actions);
                List<int> tokens = [.. tokenizer.Encode(actions, shape)];
                for (int damage = random.Next(3); damage > 0; damage--) Damage(random, tokens, tokenizer.VocabularySize);
                var decoded = new double[shape.Count];

                seen.Add(tokenizer.Decode(tokens.ToArray(), shape, decoded, DecodePolicy.Prefix).Status);

                double[] expected = Inverse(tokenizer, [.. tokens], shape);
                for (int i = 0; i < decoded.Length; i++)
                    Assert.InRange(Math.Abs(decoded[i] - expected[i]), 0, 1e-9 * (1 + Math.Abs(expected[i])));
            }

            Assert.Equal(4, seen.Count);
        }
    }

    [Fact]
    public void Nothing_at_all_decodes_by_prefix_to_the_centre_of_the_range()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(normalizer: new(new(q01: [-3, 1], q99: [5, 2]), new()));
        var actions = new double[6];

        Assert.Equal(new(DecodeStatus.Short, 0, 0), tokenizer.Decode([], new(3, 2), actions, DecodePolicy.Prefix));
        Assert.Equal([1, 1.5, 1, 1.5, 1, 1.5], actions);
    }

    [Fact]
    public void A_policy_that_is_not_known_never_lets_an_incomplete_chunk_through() =>
        Assert.Throws<ActionDecodeException>(() => Small().Decode([6], _shape, new double[6], (DecodePolicy)7));

    private static void Damage(Random random, List<int> tokens, int vocabularySize)
    {
        int at = random.Next(tokens.Count + 1);
        switch (random.Next(4))
        {
            case 0:
                tokens.Insert(at, random.Next(vocabularySize));
                break;
            case 1:
                tokens.Insert(at, random.Next(2) == 0 ? -1 - random.Next(5) : vocabularySize + random.Next(5));
                break;
            case 2 when at < tokens.Count:
                tokens.RemoveAt(at);
                break;
            case 3 when at < tokens.Count:
                tokens[at] = random.Next(vocabularySize);
                break;
        }
    }

    // Expands, fills with zeros, and sums cosines one by one: slow and obviously right.
    private static double[] Inverse(FastActionTokenizer tokenizer, int[] tokens, ActionShape shape)
    {
        FastTokenizerDefinition definition = tokenizer.Definition;
        int[] coefficients = new int[shape.Count];
        int done = 0;
        foreach (int token in tokens.TakeWhile(token => token >= 0 && token < tokenizer.VocabularySize))
        {
            foreach (int symbol in definition.Vocabulary.GetSymbols(token))
                if (done < shape.Count) coefficients[done++] = symbol + definition.Alphabet.MinCoefficient;
        }

        var actions = new double[shape.Count];
        (int horizon, int dimensions) = (shape.Horizon, shape.Dimensions);
        for (int t = 0; t < horizon; t++)
        {
            for (int d = 0; d < dimensions; d++)
            {
                double sum = 0;
                for (int k = 0; k < horizon; k++)
                {
                    int at = definition.Order == CoefficientOrder.FrequencyMajor ? (k * dimensions) + d : (d * horizon) + k;
                    double size = Math.Sqrt((k == 0 ? 1.0 : 2.0) / horizon);
                    sum += coefficients[at] / definition.Scale * size * Math.Cos(Math.PI * k * ((2 * t) + 1) / (2.0 * horizon));
                }

                int i = (t * dimensions) + d;
                actions[i] = definition.Normalizer is { } normalizer ? (sum * normalizer.HalfRange[d]) + normalizer.Center[d] : sum;
            }
        }

        return actions;
    }

    private static FastActionTokenizer Small(CoefficientOrder order = CoefficientOrder.FrequencyMajor) => new(new FastTokenizerDefinition
    {
        Scale = 4,
        Alphabet = new IntegerAlphabet(-2, 2),
        Vocabulary = new BpeVocabulary(5, _merges),
        Order = order,
    });
}
