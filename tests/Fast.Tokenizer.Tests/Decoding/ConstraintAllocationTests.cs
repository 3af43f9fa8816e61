using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Tests.Decoding;

/// <summary>Counts the bytes allocated by the steps of a constrained loop, while no other test runs.</summary>
[CollectionDefinition(nameof(ConstraintAllocationTests), DisableParallelization = true)]
[Collection(nameof(ConstraintAllocationTests))]
public sealed class ConstraintAllocationTests
{
    [Theory]
    [InlineData("integer", "none", null)]
    [InlineData("fast_plus", "PaliGemma", null)]
    [InlineData("libero_s10", "table", 40)]
    public void A_step_allocates_nothing(string name, string kind, int? budget)
    {
        FastActionTokenizer tokenizer = Grammars.Tokenizer(name);
        var grammar = new TokenGrammar(
            tokenizer, new(5, 7), new() { MaxTokens = budget, ModelIds = Grammars.Map(kind, tokenizer.VocabularySize) });
        var constraint = new TokenConstraint(grammar);
        ConstrainedSampler[] samplers = [new(), new(new() { Temperature = 1 }), new(new() { Temperature = 1, TopK = 50, TopP = 0.9 })];
        var random = new Random(1);
        float[] logits = [.. Enumerable.Range(0, grammar.MinRowLength).Select(_ => random.NextSingle())];
        float[] row = [.. logits];
        var mask = new bool[row.Length];

        Assert.Equal(0, Allocated.By(() =>
        {
            foreach (ConstrainedSampler sampler in samplers)
            {
                constraint.Reset();
                while (!constraint.IsComplete)
                {
                    logits.CopyTo(row, 0);
                    constraint.ApplyTo(row);
                    constraint.AllowedTokens(mask);
                    TokenConstraintState state = constraint.State;
                    int id = sampler.Next(logits, constraint);
                    constraint.Accept(id);
                    constraint.State = state;
                    constraint.Accept(id);
                }
            }
        }));
    }
}
