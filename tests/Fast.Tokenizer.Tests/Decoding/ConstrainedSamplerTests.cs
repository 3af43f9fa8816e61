using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Decoding;

public sealed class ConstrainedSamplerTests
{
    private const double LargestNumber = 1 - (1.0 / (1L << 53));

    private static readonly int _draws = Rounds.Of(20_000);

    // The allowed tokens of [1,1] are the five symbols: the toy distribution. Its merges are not, however large their logits.
    private static readonly FastActionTokenizer _toy = Grammars.Of(
        new IntegerAlphabet(-2, 2), new(5, [new(0, 1, 5), new(2, 2, 6), new(6, 6, 7), new(7, 7, 8)]));

    private static readonly double[] _chances = [0.1, 0.4, 0.05, 0.25, 0.2];
    private static readonly float[] _logits = [.. _chances.Select(chance => (float)Math.Log(chance)), 9, 9, 9, 9];

    [Theory]
    [InlineData("integer", "none")]
    [InlineData("fast_plus", "PaliGemma")]
    [InlineData("libero_s10", "table")]
    [InlineData("trained byte-level", "contiguous")]
    public void Greedy_is_the_first_largest_of_the_masked_row(string name, string kind)
    {
        FastActionTokenizer tokenizer = Grammars.Tokenizer(name);
        var grammar = new TokenGrammar(tokenizer, new(4, 3), new() { ModelIds = Grammars.Map(kind, tokenizer.VocabularySize), MaxTokens = 30 });
        var constraint = new TokenConstraint(grammar);
        var sampler = new ConstrainedSampler();
        var random = new Random(1);
        var row = new float[grammar.MinRowLength + 3];
        var masked = new float[row.Length];
        for (int sequence = 0; sequence < Rounds.Of(40); sequence++)
        {
            constraint.Reset();
            while (!constraint.IsComplete)
            {
                // Few values, so that many are equal.
                for (int i = 0; i < row.Length; i++) row[i] = random.Next(-3, sequence % 2 == 0 ? 4 : 1000);
                row.CopyTo(masked, 0);
                constraint.ApplyTo(masked);
                int expected = Array.IndexOf(masked, masked.Max());
                Assert.Equal(expected, sampler.Next(row, constraint));
                constraint.Accept(expected);
            }

            Refusal.Says<InvalidOperationException>("the chunk is complete", () => sampler.Next(row, constraint));
        }
    }

    [Fact]
    public void The_end_marker_is_chosen_exactly_when_complete()
    {
        var constraint = new TokenConstraint(new(_toy, new(1, 2), new() { EndId = 12 }));
        var sampler = new ConstrainedSampler(new() { Temperature = 1 });
        var row = new float[13];
        row[12] = 100;
        while (!constraint.IsComplete)
        {
            int id = sampler.Next(row, constraint);
            Assert.NotEqual(12, id);
            constraint.Accept(id);
        }

        Assert.Equal(12, sampler.Next(row, constraint));
        constraint.Accept(12);
        Assert.Throws<InvalidOperationException>(() => sampler.Next(row, constraint));
    }

    [Fact]
    public void Temperature_one_draws_with_the_chances_of_the_logits() =>
        AssertChances(_chances, new() { Temperature = 1, Seed = 1 });

    [Fact]
    public void A_lower_temperature_sharpens()
    {
        double sum = _chances.Sum(chance => chance * chance);
        AssertChances([.. _chances.Select(chance => chance * chance / sum)], new() { Temperature = 0.5, Seed = 2 });
    }

    [Fact]
    public void Top_k_draws_among_the_k_likeliest() =>
        AssertChances([0, 0.4 / 0.65, 0, 0.25 / 0.65, 0], new() { Temperature = 1, TopK = 2, Seed = 3 });

    [Fact]
    public void Top_p_draws_among_the_fewest_that_reach_p()
    {
        AssertChances([0, 0.4 / 0.85, 0, 0.25 / 0.85, 0.2 / 0.85], new() { Temperature = 1, TopP = 0.7, Seed = 4 });
        AssertChances([0, 1, 0, 0, 0], new() { Temperature = 1, TopP = 1e-9, Seed = 5 });
    }

    [Fact]
    public void Top_p_counts_what_top_k_left()
    {
        // 0.4 of 0.65 is 0.62.
        AssertChances([0, 1, 0, 0, 0], new() { Temperature = 1, TopK = 2, TopP = 0.6, Seed = 6 });
        AssertChances([0, 0.4 / 0.65, 0, 0.25 / 0.65, 0], new() { Temperature = 1, TopK = 2, TopP = 0.63, Seed = 7 });
    }

    [Fact]
    public void Equal_logits_are_cut_by_id()
    {
        var constraint = new TokenConstraint(new(_toy, new(1, 1)));
        var sampler = new ConstrainedSampler(new() { Temperature = 1, TopK = 2 });
        float[] row = [-0f, 0, 0, -0f, 0, 0, 0, 0, 0];
        var seen = new HashSet<int>();
        for (int i = 0; i < 200; i++) seen.Add(sampler.Next(row, constraint));
        Assert.Equal([0, 1], seen.Order());
    }

    [Fact]
    public void The_same_seed_gives_the_same_tokens_and_another_does_not()
    {
        int[] Run(ulong seed)
        {
            var constraint = new TokenConstraint(new(Grammars.Tokenizer("integer"), new(10, 7)));
            var sampler = new ConstrainedSampler(new() { Temperature = 1.3, TopK = 100, TopP = 0.95, Seed = seed });
            var random = new Random(9);
            var row = new float[constraint.Grammar.MinRowLength];
            var ids = new List<int>();
            while (!constraint.IsComplete)
            {
                for (int i = 0; i < row.Length; i++) row[i] = (float)(random.NextDouble() * 6);
                ids.Add(sampler.Next(row, constraint));
                constraint.Accept(ids[^1]);
            }

            return [.. ids];
        }

        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));

        // The numbers of the published generator for seed 0 (e220a839..., 6e789e6a..., 06c45d18...), of which the first 53 bits count.
        var toy = new TokenConstraint(new(_toy, new(1, 1)));
        var uniform = new ConstrainedSampler(new() { Temperature = 1 });
        Assert.Equal([4, 2, 0], Enumerable.Range(0, 3).Select(_ => uniform.Next(new float[9], toy)));
    }

    // One sampler for windows of several lengths, in any order.
    [Fact]
    public void Every_choice_is_that_of_a_plain_sampler()
    {
        var random = new Random(10);
        FastActionTokenizer text = Grammars.Tokenizer("byte-level by hand");
        TokenGrammar[] grammars =
        [
            new(_toy, new(1, 1)),
            new(_toy, new(2, 2), new() { MaxTokens = 3 }),
            new(_toy, new(5, 1), new() { ModelIds = Grammars.Map("table", _toy.VocabularySize), EndId = 17 }),
            new(text, new(2, 1), new() { ModelIds = Grammars.Map("contiguous", text.VocabularySize) }),
        ];
        for (int round = 0; round < (Rounds.AreFew ? 120 : 600); round++)
        {
            var options = new SamplingOptions
            {
                Temperature = Any(0, 0.3, 1, 2),
                TopK = Any(0, 1, 2, 4, 5, 6, 100, int.MaxValue),
                TopP = Any(1, 0.999, 0.8, 0.5, 0.25, 1e-9),
                Seed = (ulong)random.NextInt64(),
            };
            var sampler = new ConstrainedSampler(options);
            var reference = new PlainSampler(options);
            for (int step = 0; step < 20; step++)
            {
                var constraint = new TokenConstraint(Any(grammars));
                var row = new float[constraint.Grammar.MinRowLength];
                foreach (int _ in Enumerable.Range(0, random.Next(3)))
                {
                    if (constraint.IsComplete) break;
                    constraint.Accept(Any([.. Enumerable.Range(0, row.Length).Where(constraint.IsAllowed)]));
                }

                if (constraint.IsComplete) continue;
                int kind = random.Next(5);
                for (int i = 0; i < row.Length; i++) row[i] = Logit(kind);
                int expected = reference.Next(row, constraint);
                int chosen = sampler.Next(row, constraint);
                if (expected != chosen) Assert.Fail($"{chosen} instead of {expected}: {options}, kind {kind} of row");
            }
        }

        T Any<T>(params T[] values) => values[random.Next(values.Length)];

        // All equal or few values, of both signs; with infinities; and so large that the others have no chance.
        float Logit(int kind) => kind switch
        {
            0 => 2,
            1 => random.Next(-2, 3),
            2 => (random.NextSingle() * 6) - 3,
            3 => random.Next(3) == 0 ? float.NegativeInfinity : random.Next(40) == 0 ? float.PositiveInfinity : random.Next(-2, 3),
            _ => Any(-1e30f, 1e30f, 3f, -3f, 0f, -0f, 2.5f),
        };
    }

    [Fact]
    public void A_cut_that_cuts_nothing_off_changes_no_draw()
    {
        var constraint = new TokenConstraint(new(_toy, new(1, 1)));
        int[] mosts = [0, 5, 6, int.MaxValue];
        ConstrainedSampler[] samplers = [.. mosts.Select(most => new ConstrainedSampler(new() { Temperature = 1, TopK = most }))];
        var reference = new PlainSampler(new() { Temperature = 1 });
        for (int i = 0; i < 200; i++)
        {
            int expected = reference.Next(_logits, constraint);
            Assert.All(samplers, sampler => Assert.Equal(expected, sampler.Next(_logits, constraint)));
        }
    }

    [Fact]
    public void A_probability_that_is_reached_exactly_is_enough()
    {
        var constraint = new TokenConstraint(new(_toy, new(1, 1), new() { LowestCoefficient = -1 }));
        (double, int[])[] cases = [(0.25, [1]), (0.5, [1, 2]), (Math.BitIncrement(0.5), [1, 2, 3]), (0.75, [1, 2, 3])];
        foreach ((double topP, int[] chosen) in cases)
        {
            var sampler = new ConstrainedSampler(new() { Temperature = 1, TopP = topP });
            Assert.Equal(chosen, Enumerable.Range(0, 200).Select(_ => sampler.Next(new float[9], constraint)).Distinct().Order());
        }
    }

    [Fact]
    public void A_number_on_the_border_of_two_tokens_is_the_second_ones()
    {
        var constraint = new TokenConstraint(new(_toy, new(1, 1)));
        float[] row = [-1e30f, 0, -1e30f, 0, float.NegativeInfinity, 0, 0, 0, 0];
        foreach ((double number, int expected) in ((double, int)[])[(0, 1), (0.5 - (1 - LargestNumber), 1), (0.5, 3), (LargestNumber, 3)])
        {
            var sampler = new ConstrainedSampler(new() { Temperature = 1, Seed = PlainSampler.SeedOf(number) });
            Assert.Equal(expected, sampler.Next(row, constraint));
        }
    }

    [Fact]
    public void What_rounding_leaves_over_is_the_last_ones_that_has_a_chance()
    {
        // Ten times 3/4 of the last bit of 1: each is rounded up when added to 1, so the sum is more than is taken off again.
        // The next is too small to change the sum, and the one after is none.
        var constraint = new TokenConstraint(new(Grammars.Of(new IntegerAlphabet(0, 19), new(20, [])), new(1, 1)));
        var row = new float[20];
        Array.Fill(row, float.NegativeInfinity);
        row[0] = 0;
        Array.Fill(row, (float)Math.Log(0.75 * Math.ScaleB(1, -52)), 1, 10);
        (row[11], row[12]) = (-60, -1e30f);

        // The second number of the seed is the largest; the first draw leaves its weights behind.
        var sampler = new ConstrainedSampler(new() { Temperature = 1, Seed = PlainSampler.SeedOf(LargestNumber) - PlainSampler.Step });
        sampler.Next(new float[20], constraint);
        Assert.Equal(11, sampler.Next(row, constraint));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Nothing_but_negative_infinity_gives_the_lowest_allowed_id(double temperature)
    {
        var row = new float[9];
        Array.Fill(row, float.NegativeInfinity);
        var constraint = new TokenConstraint(new(_toy, new(2, 2), new() { MaxTokens = 1 }));
        var sampler = new ConstrainedSampler(new() { Temperature = temperature });
        Assert.Equal(7, sampler.Next(row, constraint));
        row[8] = 1;
        Assert.Equal(7, sampler.Next(row, constraint));
        row[7] = -100;
        Assert.Equal(7, sampler.Next(row, constraint));
    }

    [Fact]
    public void Positive_infinities_share_the_choice_alone()
    {
        float[] row = [1, float.PositiveInfinity, float.NegativeInfinity, float.PositiveInfinity, 3e38f, 0, 0, 0, float.PositiveInfinity];
        AssertChances([0, 0.5, 0, 0.5, 0], new() { Temperature = 1, Seed = 8 }, row);
        AssertChances([0, 0.5, 0, 0.5, 0], new() { Temperature = 1, TopP = 0.9, TopK = 4, Seed = 8 }, row);
        Assert.Equal(1, new ConstrainedSampler().Next(row, new(new(_toy, new(1, 1)))));
    }

    [Fact]
    public void A_logit_that_is_no_number_is_refused_with_its_id()
    {
        FastActionTokenizer tokenizer = Grammars.Tokenizer("integer");
        var constraint = new TokenConstraint(new(tokenizer, new(1, 1), new() { ModelIds = Grammars.Map("contiguous", tokenizer.VocabularySize) }));
        foreach (int place in (int[])[0, 5, tokenizer.VocabularySize - 1])
        {
            var row = new float[constraint.Grammar.MinRowLength];
            row[12 + place] = float.NaN;
            foreach (double temperature in (double[])[0, 1])
            {
                var sampler = new ConstrainedSampler(new() { Temperature = temperature });
                Refusal.Says<ArgumentException>($"the logit of id {12 + place} is NaN", () => sampler.Next(row, constraint));
            }
        }

        Refusal.Says<ArgumentException>("too short", () => new ConstrainedSampler().Next(new float[20], constraint));
        Assert.Throws<ArgumentNullException>(() => new ConstrainedSampler().Next(new float[20], null!));
    }

    [Theory]
    [InlineData(-0.1, 0, 1.0, "temperature")]
    [InlineData(double.NaN, 0, 1.0, "temperature")]
    [InlineData(double.PositiveInfinity, 0, 1.0, "temperature")]
    [InlineData(1, -1, 1.0, "top-k")]
    [InlineData(1, 0, 0.0, "top-p")]
    [InlineData(1, 0, 1.01, "top-p")]
    [InlineData(1, 0, double.NaN, "top-p")]
    public void Impossible_options_are_refused(double temperature, int topK, double topP, string named) =>
        Refusal.Says<ArgumentOutOfRangeException>(named, () => new ConstrainedSampler(new() { Temperature = temperature, TopK = topK, TopP = topP }));

    /// <summary>By the words of the documentation: lists, sorted where something is cut off.</summary>
    private sealed class PlainSampler(SamplingOptions options)
    {
        public const ulong Step = 0x9E3779B97F4A7C15;
        private const ulong First = 0xBF58476D1CE4E5B9, Second = 0x94D049BB133111EB;

        private ulong _random = options.Seed;

        public int Next(float[] row, TokenConstraint constraint)
        {
            int[] allowed = [.. Enumerable.Range(0, row.Length).Where(constraint.IsAllowed)];
            float largest = allowed.Max(id => row[id]);
            if (options.Temperature == 0 || largest == float.NegativeInfinity) return allowed.First(id => row[id] == largest);

            int[] order = [.. allowed.Where(id => row[id] != float.NegativeInfinity)];
            int most = options.TopK == 0 ? order.Length : options.TopK;
            if (most < order.Length || options.TopP < 1) order = [.. order.OrderByDescending(id => row[id]).ThenBy(id => id).Take(most)];
            double[] sums =
                Sums([.. order.Select(id => row[id] == largest ? 1 : Math.Exp(((double)row[id] - largest) / options.Temperature))]);
            if (options.TopP < 1)
            {
                int kept = Array.FindIndex(sums, sum => sum >= sums[^1] * options.TopP) + 1;
                (order, sums) = (order[..kept], sums[..kept]);
            }

            _random += Step;
            double at = Number(_random) * sums[^1];
            return order[Array.FindIndex(sums, sum => sum > at)];
        }

        /// <summary>The seed whose first number is this, of 53 bits: the published generator read backwards.</summary>
        public static ulong SeedOf(double number)
        {
            ulong mixed = (ulong)Math.ScaleB(number, 53) << 11;
            mixed = Unshift(mixed, 31) * Inverse(Second);
            mixed = Unshift(mixed, 27) * Inverse(First);
            ulong state = Unshift(mixed, 30);
            Assert.Equal(number, Number(state));
            return state - Step;
        }

        private static double Number(ulong state)
        {
            ulong mixed = (state ^ (state >> 30)) * First;
            mixed = (mixed ^ (mixed >> 27)) * Second;
            return Math.ScaleB((mixed ^ (mixed >> 31)) >> 11, -53);
        }

        private static ulong Unshift(ulong value, int shift)
        {
            ulong result = value;
            for (int known = shift; known < 64; known += shift) result = value ^ (result >> shift);
            return result;
        }

        // Newton: each step doubles the bits that are right.
        private static ulong Inverse(ulong odd)
        {
            ulong inverse = odd;
            for (int i = 0; i < 6; i++) inverse *= 2 - (odd * inverse);
            return inverse;
        }

        private static double[] Sums(double[] weights)
        {
            var sums = new double[weights.Length];
            double sum = 0;
            for (int i = 0; i < weights.Length; i++) sums[i] = sum += weights[i];
            return sums;
        }
    }

    // Within five standard deviations of each count.
    private static void AssertChances(double[] expected, SamplingOptions options, float[]? row = null)
    {
        var constraint = new TokenConstraint(new(_toy, new(1, 1)));
        var sampler = new ConstrainedSampler(options);
        var counts = new int[_toy.VocabularySize];
        for (int i = 0; i < _draws; i++) counts[sampler.Next(row ?? _logits, constraint)]++;
        for (int token = 0; token < counts.Length; token++)
        {
            double chance = token < expected.Length ? expected[token] : 0;
            double slack = 5 * Math.Sqrt(_draws * chance * (1 - chance));
            Assert.True(Math.Abs(counts[token] - (_draws * chance)) <= slack, $"token {token} was drawn {counts[token]} times, expected {_draws * chance}");
        }
    }
}
