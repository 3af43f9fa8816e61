using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Decoding;

public sealed class ConstrainedSamplerTests
{
    private static readonly int _draws = Rounds.Of(20_000);

    // The allowed tokens of [1,1] are the five symbols: the toy distribution. Its merges are not, however large their logits.
    private static readonly FastActionTokenizer _toy = TokenConstraintTests.Make(
        new Fast.Tokenizer.Vocabulary.IntegerAlphabet(-2, 2), new(5, [new(0, 1, 5), new(2, 2, 6), new(6, 6, 7), new(7, 7, 8)]));

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
        var grammar = new TokenGrammar(tokenizer, new(4, 3), new() { ModelIds = TokenConstraintTests.Map(kind, tokenizer.VocabularySize), MaxTokens = 30 });
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
        var constraint = new TokenConstraint(new(tokenizer, new(1, 1), new() { ModelIds = TokenConstraintTests.Map("contiguous", tokenizer.VocabularySize) }));
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
