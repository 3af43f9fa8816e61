using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Decoding;

/// <summary>The limits of a grammar: the last value that is possible, and the first that is not.</summary>
public sealed class TokenGrammarTests
{
    // Coefficients -1 to 1, and a token of two zeros.
    private static readonly FastActionTokenizer _tokenizer =
        Grammars.Of(new IntegerAlphabet(-1, 1), new BpeVocabulary(3, [new(1, 1, 3)]));

    private static readonly FastActionTokenizer _single = Grammars.Of(new IntegerAlphabet(0, 0), new BpeVocabulary(1, []));

    [Fact]
    public void The_largest_chunk_takes_as_many_tokens_as_it_has_values()
    {
        Assert.Equal(TokenGrammar.MaxCount, new TokenGrammar(_single, new(256, 256)).MinTokenCount);
        Refusal.Says<ArgumentException>($"has {TokenGrammar.MaxCount + 1} values", () =>
            new TokenGrammar(_single, new(TokenGrammar.MaxCount + 1, 1)));
    }

    [Fact]
    public void A_row_ends_with_the_highest_id()
    {
        const int Longest = TokenGrammar.MaxRowLength;
        Assert.Equal(4, RowLength(new()));
        Assert.Equal(5, RowLength(new() { EndId = 4 }));
        Assert.Equal(14, RowLength(new() { ModelIds = new ContiguousIdMap(10, 4), EndId = 2 }));
        Assert.Equal(14, RowLength(new() { ModelIds = new ContiguousIdMap(10, 4), EndId = 9 }));
        Assert.Equal(15, RowLength(new() { ModelIds = new ContiguousIdMap(10, 4), EndId = 14 }));
        Assert.Equal(Longest, RowLength(new() { EndId = Longest - 1 }));
        Refusal.Says<ArgumentException>($"it must be 0 to {Longest - 1}", () => RowLength(new() { EndId = Longest }));
        Assert.Equal(Longest, RowLength(new() { ModelIds = new ContiguousIdMap(Longest - 4, 4) }));
        Refusal.Says<ArgumentException>($"holds the id {Longest}", () =>
            RowLength(new() { ModelIds = new ContiguousIdMap(Longest - 3, 4) }));

        static int RowLength(TokenGrammarOptions options) => new TokenGrammar(_tokenizer, new(1, 1), options).MinRowLength;
    }

    [Fact]
    public void An_end_marker_is_any_id_of_the_model_that_is_no_action_token()
    {
        Assert.Equal(0, new TokenGrammar(_tokenizer, new(1, 1), new() { ModelIds = new ContiguousIdMap(1, 4), EndId = 0 }).Options.EndId);
        Refusal.Says<ArgumentException>("end marker 3 is the id", () => new TokenGrammar(_tokenizer, new(1, 1), new() { EndId = 3 }));
        var table = new TableIdMap([4, 2, 9, 7], 12);
        Assert.Equal(11, new TokenGrammar(_tokenizer, new(1, 1), new() { ModelIds = table, EndId = 11 }).Options.EndId);
        Refusal.Says<ArgumentException>("it must be 0 to 11", () =>
            new TokenGrammar(_tokenizer, new(1, 1), new() { ModelIds = table, EndId = 12 }));
        Refusal.Says<ArgumentException>("end marker 9 is the id", () =>
            new TokenGrammar(_tokenizer, new(1, 1), new() { ModelIds = table, EndId = 9 }));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(-1, -1)]
    [InlineData(1, 1)]
    [InlineData(0, 1)]
    public void Only_coefficients_of_the_range_are_allowed(int lowest, int highest)
    {
        var grammar = new TokenGrammar(_tokenizer, new(1, 2), new() { LowestCoefficient = lowest, HighestCoefficient = highest });
        Assert.Equal((lowest, highest), (grammar.LowestCoefficient, grammar.HighestCoefficient));
        var mask = new bool[4];
        new TokenConstraint(grammar).AllowedTokens(mask);
        bool Has(int coefficient) => coefficient >= lowest && coefficient <= highest;
        Assert.Equal([Has(-1), Has(0), Has(1), Has(0)], mask);
    }

    [Theory]
    [InlineData(-4, 1)]
    [InlineData(-3, -3)]
    [InlineData(-2, 0)]
    [InlineData(1, 1)]
    public void Only_characters_of_the_range_are_allowed(int lowest, int highest)
    {
        // Coefficient -100 is character 0, so "a" is -3; the last is -3 and 1.
        FastActionTokenizer letters = Grammars.OfBytes(-100, [.. "a"u8], [.. "b"u8], [.. "c"u8], [.. "d"u8], [.. "e"u8], [.. "ae"u8]);
        var grammar = new TokenGrammar(letters, new(1, 2), new() { LowestCoefficient = lowest, HighestCoefficient = highest });
        var mask = new bool[6];
        new TokenConstraint(grammar).AllowedTokens(mask);
        bool Has(int coefficient) => coefficient >= lowest && coefficient <= highest;
        Assert.Equal([Has(-3), Has(-2), Has(-1), Has(0), Has(1), Has(-3) && Has(1)], mask);
    }

    [Theory]
    [InlineData(-2, 1)]
    [InlineData(-1, 2)]
    [InlineData(1, 0)]
    public void A_range_beyond_the_alphabet_or_falling_is_refused_with_both(int lowest, int highest) =>
        Refusal.Says<ArgumentException>($"the range {lowest} to {highest} must rise and lie within the alphabet's -1 to 1", () =>
            new TokenGrammar(_tokenizer, new(1, 1), new() { LowestCoefficient = lowest, HighestCoefficient = highest }));

    [Fact]
    public void A_range_without_a_token_is_refused_with_the_remedy()
    {
        string[] texts = ["b"];
        var alphabet = new ByteLevelAlphabet(0, splitsWords: false, texts);
        FastActionTokenizer letters = Grammars.Of(alphabet, ByteLevelVocabulary.Create(texts, []));
        var grammar = new TokenGrammar(letters, new(1, 1));
        Assert.Equal((98, 98), (grammar.LowestCoefficient, grammar.HighestCoefficient));
        Refusal.Says<ArgumentException>("no sequence of tokens gives 1 coefficients from 97 to 97: widen the range", () =>
            new TokenGrammar(letters, new(1, 1), new() { LowestCoefficient = 97, HighestCoefficient = 97 }));
    }

    [Fact]
    public void The_range_of_text_is_that_of_the_whole_characters_and_as_far_up_as_down()
    {
        // "ab" whole, a first byte of two, and U+FFFD, which stands for what is no character.
        string replaced = string.Concat(new[] { 0xEF, 0xBF, 0xBD }.Select(ByteLevelVocabulary.Character));
        string[] texts = ["ab", "z", ByteLevelVocabulary.Character(0xC3).ToString(), replaced];
        BpeVocabulary vocabulary = ByteLevelVocabulary.Create(texts, []);
        Assert.Equal(('a', 'z'), CoefficientAutomaton.WholeCharacters(vocabulary));
        foreach ((int minToken, int highest) in ((int, int)[])[(0, 'z'), (-10, 'z' - 10), (-61, 'z' - 61), (-100, 100)])
        {
            var grammar = new TokenGrammar(Grammars.Of(new ByteLevelAlphabet(minToken, false, texts), vocabulary), new(1, 2));
            Assert.Equal((minToken + 'a', highest), (grammar.LowestCoefficient, grammar.HighestCoefficient));
        }

        string[] parts = [ByteLevelVocabulary.Character(0xC3).ToString(), replaced];
        Assert.Null(CoefficientAutomaton.WholeCharacters(ByteLevelVocabulary.Create(parts, [])));
    }

    [Theory]
    [InlineData(0, 0, 0, false, true)]
    [InlineData(2, 2, 0, false, true)]
    [InlineData(2, 1, 0, false, true)]
    [InlineData(1, 1, 0, false, true)]
    [InlineData(2, 2, 0, true, true)]
    [InlineData(3, 2, 0, false, false)]
    [InlineData(2, 3, 0, false, false)]
    [InlineData(1, 2, 0, false, false)]
    [InlineData(0, 1, 0, false, true)]
    [InlineData(0, 2, 0, false, false)]
    [InlineData(1, 1, 0, true, false)]
    [InlineData(0, 0, 1, false, false)]
    public void A_state_is_one_of_the_grammar_where_a_chunk_can_still_be_completed(
        int coefficients, int tokens, int pending, bool ended, bool holds)
    {
        var state = new TokenConstraintState(coefficients, tokens, pending, ended);
        var constraint = new TokenConstraint(new(_tokenizer, new(1, 2), new() { MaxTokens = 2, EndId = 4 }));
        if (!holds)
        {
            Refusal.Says<ArgumentException>("is not a state of the grammar of [1,2]", () => constraint.State = state);
            return;
        }

        constraint.State = state;
        Assert.Equal(state, constraint.State);

        // Without an end marker none can have been taken.
        var endless = new TokenConstraint(new(_tokenizer, new(1, 2), new() { MaxTokens = 2 }));
        if (ended) Assert.Throws<ArgumentException>(() => endless.State = state);
        else endless.State = state;
    }

    [Fact]
    public void A_budget_is_kept_to_the_last_token()
    {
        var grammar = new TokenGrammar(_tokenizer, new(1, 4), new() { MaxTokens = 3 });
        Assert.Equal(2, grammar.MinTokenCount);
        var constraint = new TokenConstraint(grammar);
        var mask = new bool[4];
        var logits = new float[4];
        (int, bool[])[] steps = [(0, [true, true, true, true]), (2, [true, true, true, true]), (3, [false, false, false, true])];
        foreach ((int token, bool[] allowed) in steps)
        {
            constraint.AllowedTokens(mask);
            Assert.Equal(allowed, mask);
            Array.Clear(logits);
            constraint.ApplyTo(logits);
            Assert.Equal(allowed, logits.Select(logit => logit == 0));
            constraint.Accept(token);
        }

        Assert.True(constraint.IsComplete);
        Assert.Equal(2, new TokenGrammar(_tokenizer, new(1, 4), new() { MaxTokens = 2 }).MinTokenCount);
        Refusal.Says<ArgumentException>("a chunk of [1,4] takes at least 2 tokens, the budget is 1: raise MaxTokens", () =>
            new TokenGrammar(_tokenizer, new(1, 4), new() { MaxTokens = 1 }));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(400)]
    public void However_many_tokens_a_budget_closes_they_are_masked_and_no_others(int symbols)
    {
        // Tokens of two, three and four symbols: where budgets are low single symbols are closed, all together.
        var vocabulary = new BpeVocabulary(symbols, [new(0, 0, symbols), new(symbols, 1, symbols + 1), new(symbols, symbols, symbols + 2)]);
        FastActionTokenizer tokenizer = Grammars.Of(new IntegerAlphabet(0, symbols - 1), vocabulary);
        var random = new Random(symbols);
        var row = new float[tokenizer.VocabularySize];
        int closed = 0;
        foreach (int budget in (int[])[3, 4, 5, 6, 11])
        {
            var constraint = new TokenConstraint(new(tokenizer, new(3, 4), new() { MaxTokens = budget }));
            while (!constraint.IsComplete)
            {
                for (int id = 0; id < row.Length; id++) row[id] = id - 100;
                constraint.ApplyTo(row);
                int[] allowed = [.. Enumerable.Range(0, row.Length).Where(constraint.IsAllowed)];
                for (int id = 0; id < row.Length; id++)
                    Assert.Equal(constraint.IsAllowed(id) ? id - 100 : float.NegativeInfinity, row[id]);
                closed = Math.Max(closed, row.Length - allowed.Length);
                constraint.Accept(allowed[random.Next(allowed.Length)]);
            }
        }

        Assert.True(closed >= symbols);
        Assert.Throws<ArgumentNullException>(() => new TokenGrammar(null!, new(1, 1)));
    }

    [Fact]
    public void A_token_from_which_the_next_can_come_to_no_end_is_masked_however_large_the_budget()
    {
        // The bytes of U+20AC are E2 82 AC. The last one comes only with the first of the next, so after the first two one by one the
        // last coefficient has no end: seen only two tokens after the boundary.
        byte[][] tokens = [[0xE2], [0x82], [0x82, 0xAC], [0xAC, 0xE2]];
        FastActionTokenizer tokenizer = Grammars.OfBytes(0, tokens);
        var range = new TokenGrammarOptions { LowestCoefficient = 0x20AC, HighestCoefficient = 0x20AC };
        foreach (int? budget in (int?[])[null, 4, 100])
        {
            var constraint = new TokenConstraint(new(tokenizer, new(1, 2), range with { MaxTokens = budget }));
            foreach ((int[] allowed, int next) in ((int[], int)[])[([0], 0), ([1, 2], 1), ([3], 3), ([2], 2)])
            {
                var logits = new float[4];
                constraint.ApplyTo(logits);
                Assert.Equal(allowed, Enumerable.Range(0, 4).Where(token => logits[token] == 0));
                constraint.Accept(next);
            }

            Assert.True(constraint.IsComplete);
        }
    }
}
