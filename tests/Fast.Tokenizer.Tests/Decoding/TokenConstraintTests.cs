using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Decoding;

public sealed class TokenConstraintTests
{
    private static readonly (int Horizon, int Dimensions, int Sequences)[] _shapes =
        [(1, 1, 400), (1, 7, 300), (5, 7, 300), (10, 2, 300), (20, 7, 120), (50, 14, 40), (100, 44, 5)];

    public static TheoryData<string> Tokenizers => [.. Grammars.Names];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Every_sequence_drawn_under_the_mask_is_a_whole_chunk_within_range(string name)
    {
        FastActionTokenizer tokenizer = Grammars.Tokenizer(name);
        var random = new Random(1);
        int drawn = 0;
        foreach ((int horizon, int dimensions, int sequences) in _shapes)
        {
            var grammar = new TokenGrammar(tokenizer, new(horizon, dimensions));
            var constraint = new TokenConstraint(grammar);
            for (int i = 0; i < Rounds.Of(sequences); i++, drawn++)
            {
                int[] tokens = Grammars.Draw(constraint, random);
                Assert.True(tokens.Length >= grammar.MinTokenCount);
                Grammars.AssertWhole(tokenizer, grammar, tokens);
            }
        }

        // Eight tokenizers: more than 10,000 sequences in all.
        Assert.True(drawn * Grammars.Names.Length > Rounds.Of(10_000));
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Sequences_under_a_budget_finish_within_it(string name)
    {
        FastActionTokenizer tokenizer = Grammars.Tokenizer(name);
        var random = new Random(2);
        foreach ((int horizon, int dimensions) in ((int, int)[])[(1, 1), (1, 3), (5, 7), (10, 2), (20, 7)])
        {
            var shape = new ActionShape(horizon, dimensions);
            int least = new TokenGrammar(tokenizer, shape).MinTokenCount;
            foreach (int budget in (int[])[least, least + 1, least + (shape.Count / 4), shape.Count * 4])
            {
                var grammar = new TokenGrammar(tokenizer, shape, new() { MaxTokens = budget });
                var constraint = new TokenConstraint(grammar);
                for (int i = 0; i < Rounds.Of(15); i++)
                {
                    int[] tokens = Grammars.Draw(constraint, random);
                    Assert.InRange(tokens.Length, least, budget);
                    Grammars.AssertWhole(tokenizer, grammar, tokens);
                }
            }

            Refusal.Says<ArgumentException>(
                $"takes at least {least} tokens, the budget is {least - 1}", () => new TokenGrammar(tokenizer, shape, new() { MaxTokens = least - 1 }));
        }
    }

    [Theory]
    [InlineData("fast_plus", "aloha_sim_insertion_human", 1)]
    [InlineData("fast_plus", "adroit_door", 1)]
    [InlineData("fast_plus", "bridge", 1)]
    [InlineData("fast_plus", "gr1_pickplace", 1)]
    [InlineData("calvin_s50", "bridge", 1)]
    [InlineData("calvin_s50", "pusht", 0.9)]
    [InlineData("calvin_s50", "robosuite_panda", 0)]
    [InlineData("libero_s10", "robosuite_panda", 1)]
    [InlineData("libero_s10", "g1_inspire", 1)]
    [InlineData("libero_s10", "adroit_door", 0)]
    public void Canonical_encodings_of_recordings_are_allowed_step_by_step(string name, string recording, double leastShare)
    {
        FastActionTokenizer tokenizer = Grammars.Tokenizer(name);
        CoefficientAlphabet alphabet = tokenizer.Definition.Alphabet;
        Npz golden = Npz.Open(TestData.Locate("golden", name, recording + ".npz"));
        int[] sizes = golden["chunks"].Shape;
        var shape = new ActionShape(sizes[1], sizes[2]);
        double[] ids = golden["ids"].Values, offsets = golden["offsets"].Values;
        var grammar = new TokenGrammar(tokenizer, shape);
        var wide = new TokenConstraint(new TokenGrammar(tokenizer, shape, new() { HighestCoefficient = 2000, MaxTokens = shape.Count * 4 }));
        var codec = alphabet.CreateCodec(tokenizer.Definition.Vocabulary);
        var coefficients = new int[shape.Count];
        int inRange = 0;
        for (int i = 0; i < sizes[0]; i++)
        {
            int[] tokens = Array.ConvertAll(ids[(int)offsets[i]..(int)offsets[i + 1]], id => (int)id);
            bool complete = codec.Decode(tokens, coefficients).IsComplete;
            bool known = complete && coefficients.All(value => value >= grammar.LowestCoefficient && value <= grammar.HighestCoefficient);

            // What the tokenizer was not made for, or lost bytes of, is no chunk of it; all else must be.
            Assert.Equal(known, AcceptsAll(new(grammar), tokens));
            wide.Reset();
            Assert.Equal(complete, AcceptsAll(wide, tokens));
            inRange += known ? 1 : 0;
        }

        Assert.True(inRange >= leastShare * sizes[0], $"{inRange} of {sizes[0]}");
    }

    [Theory]
    [InlineData(AlphabetKind.Integer)]
    [InlineData(AlphabetKind.ByteLevel)]
    public void Every_chunk_that_a_tokenizer_was_trained_on_is_allowed(AlphabetKind alphabet)
    {
        (FastActionTokenizer tokenizer, Episode[] episodes) = Grammars.Train(alphabet);
        var shape = new ActionShape(20, 3);
        var constraint = new TokenConstraint(new(tokenizer, shape));
        foreach (Episode episode in episodes)
        {
            for (int step = 0; step + shape.Horizon <= episode.Steps; step += 3)
            {
                constraint.Reset();
                Assert.True(AcceptsAll(constraint, tokenizer.Encode(episode.Actions.Span.Slice(step * 3, shape.Count), shape)));
            }
        }

        Refusal.Says<ArgumentException>("has 2 dimensions, the tokenizer's statistics 3", () => new TokenGrammar(tokenizer, new(20, 2)));
    }

    [Fact]
    public void The_default_range_is_what_whole_characters_say_and_as_far_up_as_down()
    {
        Assert.Equal((-354, 354), Range("fast_plus"));
        Assert.Equal((-158, 158), Range("calvin_s50"));
        Assert.Equal((-71, 71), Range("libero_s10"));
        Assert.Equal((-3, 9), Range("unmerged integer"));

        static (int, int) Range(string name)
        {
            var grammar = new TokenGrammar(Grammars.Tokenizer(name), new(2, 2));
            return (grammar.LowestCoefficient, grammar.HighestCoefficient);
        }
    }

    [Fact]
    public void The_shortest_completions_are_those_of_the_longest_tokens_that_fit()
    {
        // Tokens of 1, 2 and 4 symbols: 7 takes 4 + 2 + 1.
        FastActionTokenizer tokenizer = Grammars.Of(new IntegerAlphabet(0, 0), new BpeVocabulary(1, [new(0, 0, 1), new(1, 1, 2)]));
        int[] expected = [1, 1, 2, 1, 2, 2, 3, 2, 3];
        Assert.Equal(expected, Enumerable.Range(1, 9).Select(count => new TokenGrammar(tokenizer, new(count, 1)).MinTokenCount));

        var constraint = new TokenConstraint(new(tokenizer, new(7, 1), new() { MaxTokens = 4 }));
        Assert.Equal([true, true, true], Allowed(constraint));
        constraint.Accept(0);
        Assert.Equal([true, true, true], Allowed(constraint));
        constraint.Accept(1);
        Assert.Equal([false, true, true], Allowed(constraint));
        constraint.Accept(1);
        Assert.Equal([false, true, false], Allowed(constraint));
        constraint.Accept(1);
        Assert.True(constraint.IsComplete);
        Assert.Equal([false, false, false], Allowed(constraint));
    }

    [Fact]
    public void Going_back_is_setting_the_state_and_clones_go_their_own_way()
    {
        FastActionTokenizer tokenizer = Grammars.Tokenizer("fast_plus");
        var constraint = new TokenConstraint(new(tokenizer, new(5, 7), new() { MaxTokens = 60 }));
        var random = new Random(6);
        int[] tokens = Grammars.Draw(constraint, random);
        constraint.Reset();
        Assert.Equal((default, 35), (constraint.State, constraint.RemainingCoefficients));
        var states = new List<TokenConstraintState>();
        var masks = new List<bool[]>();
        foreach (int token in tokens)
        {
            states.Add(constraint.State);
            masks.Add(Allowed(constraint));
            constraint.Accept(token);
        }

        for (int i = tokens.Length - 1; i >= 0; i--)
        {
            constraint.State = states[i];
            TokenConstraint clone = constraint.Clone();
            Assert.Equal(masks[i], Allowed(clone));
            clone.Accept(tokens[i]);
            Assert.Equal(states[i], constraint.State);
            Assert.Equal(i + 1, clone.State.Tokens);
            for (int k = i + 1; k < tokens.Length; k++) clone.Accept(tokens[k]);
            Assert.True(clone.IsComplete);
        }
    }

    [Fact]
    public void What_is_not_allowed_is_refused_and_changes_nothing()
    {
        FastActionTokenizer tokenizer = Grammars.Tokenizer("integer");
        var constraint = new TokenConstraint(new(tokenizer, new(1, 2)));
        int tooLong = Enumerable.Range(0, tokenizer.VocabularySize).First(token => tokenizer.Definition.Vocabulary.GetSymbols(token).Length > 2);
        foreach (int id in (int[])[tooLong, -1, tokenizer.VocabularySize, int.MinValue, int.MaxValue])
        {
            Assert.False(constraint.IsAllowed(id));
            Assert.False(constraint.TryAccept(id));
            Refusal.Says<ArgumentException>($"id {id} may not come after 0 tokens with 2 coefficients", () => constraint.Accept(id));
            Assert.Equal(default, constraint.State);
        }

        constraint.Accept(0);
        constraint.Accept(1);
        Assert.True(constraint.IsComplete);
        TokenConstraintState complete = constraint.State;
        var other = new TokenConstraint(new(tokenizer, new(1, 1)));
        Refusal.Says<ArgumentException>("is not a state of the grammar of [1,1]", () => other.State = complete);
        string tooShort = $"a row of 3 is too short for ids up to {tokenizer.VocabularySize - 1}: ";
        Refusal.Says<ArgumentException>(tooShort, () => constraint.ApplyTo(new float[3]));
        Refusal.Says<ArgumentException>(tooShort, () => constraint.AllowedTokens(new bool[3]));
        Assert.Throws<ArgumentNullException>(() => new TokenConstraint(null!));
    }

    [Fact]
    public void Impossible_grammars_are_refused()
    {
        FastActionTokenizer integer = Grammars.Tokenizer("integer");
        var shape = new ActionShape(2, 2);
        int size = integer.VocabularySize;
        Refusal.Says<ArgumentException>("has 65792 values", () => new TokenGrammar(integer, new(257, 256)));
        Refusal.Says<ArgumentException>("has 0 values", () => new TokenGrammar(integer, default));
        Refusal.Says<ArgumentException>("must rise", () => new TokenGrammar(integer, shape, new() { LowestCoefficient = 5, HighestCoefficient = 4 }));
        Refusal.Says<ArgumentException>("must rise", () => new TokenGrammar(integer, shape, new() { HighestCoefficient = 121 }));
        Refusal.Says<ArgumentException>("the map holds 3 action tokens", () => new TokenGrammar(integer, shape, new() { ModelIds = new ContiguousIdMap(0, 3) }));
        Refusal.Says<ArgumentException>("end marker 7 is the id of an action token", () => new TokenGrammar(integer, shape, new() { EndId = 7 }));
        Refusal.Says<ArgumentException>("the end marker is -1", () => new TokenGrammar(integer, shape, new() { EndId = -1 }));
        var map = new PaliGemmaIdMap(size);
        Refusal.Says<ArgumentException>("it must be 0 to 257151", () => new TokenGrammar(integer, shape, new() { ModelIds = map, EndId = 257152 }));
        Refusal.Says<ArgumentException>("is the id of an action token", () => new TokenGrammar(integer, shape, new() { ModelIds = map, EndId = map.HighestModelId }));
        var far = new ContiguousIdMap(int.MaxValue - size, size);
        Refusal.Says<ArgumentException>("a row of logits has at most", () => new TokenGrammar(integer, shape, new() { ModelIds = far }));
    }

    [Theory]
    [InlineData("integer", "none")]
    [InlineData("integer", "PaliGemma")]
    [InlineData("integer", "table")]
    [InlineData("integer", "first is the end")]
    [InlineData("trained byte-level", "contiguous")]
    [InlineData("byte-level by hand", "table")]
    [InlineData("byte-level by hand", "first is the end")]
    [InlineData("fast_plus", "none")]
    [InlineData("fast_plus", "PaliGemma")]
    [InlineData("fast_plus", "table")]
    [InlineData("libero_s10", "contiguous")]
    [InlineData("libero_s10", "table")]
    public void Model_rows_agree_with_single_tokens_and_end_exactly_when_complete(string name, string kind)
    {
        FastActionTokenizer tokenizer = Grammars.Tokenizer(name);
        int size = tokenizer.VocabularySize;
        ModelIdMap? map = Grammars.Map(kind, size);
        var shape = new ActionShape(5, 3);
        int end = kind switch { "none" => size, "PaliGemma" => 1, "contiguous" => 12 + size, "first is the end" => 0, _ => 17 };
        int least = new TokenGrammar(tokenizer, shape).MinTokenCount;
        foreach (int? budget in (int?[])[null, least, least + 1, 20])
        {
            var tokens = new TokenConstraint(new(tokenizer, shape, new() { MaxTokens = budget }));
            var grammar = new TokenGrammar(tokenizer, shape, new() { MaxTokens = budget, ModelIds = map, EndId = end });
            var model = new TokenConstraint(grammar);

            // A row longer than it must be, of any length: what no token stands for is masked too.
            var random = new Random(7);
            var row = new float[grammar.MinRowLength + 5];
            var mask = new bool[row.Length];
            for (int sequence = 0; sequence < (Rounds.AreFew ? 1 : 3); sequence++)
            {
                int[] drawn = Grammars.Draw(tokens, random);
                tokens.Reset();
                model.Reset();
                for (int i = 0; i <= drawn.Length; i++)
                {
                    for (int id = 0; id < row.Length; id++) row[id] = id + 1;
                    Array.Fill(mask, true);
                    model.ApplyTo(row);
                    model.AllowedTokens(mask);
                    bool[] expected = new bool[row.Length];
                    for (int token = 0; token < size; token++) expected[map?.ToModelId(token) ?? token] = tokens.IsAllowed(token);
                    expected[end] = i == drawn.Length;
                    Assert.True(expected.AsSpan().SequenceEqual(mask));
                    for (int id = 0; id < row.Length; id++)
                    {
                        if (expected[id] ? row[id] != id + 1 : row[id] != float.NegativeInfinity) Assert.Fail($"logit {id} is {row[id]}");
                        if (Rounds.AreFew && !expected[id] && id % 1009 != 0) continue;
                        if (expected[id] != model.IsAllowed(id)) Assert.Fail($"IsAllowed({id})");
                    }

                    Assert.Equal(tokens.IsComplete, model.IsComplete);
                    if (i == drawn.Length) break;
                    tokens.Accept(drawn[i]);
                    model.Accept(map?.ToModelId(drawn[i]) ?? drawn[i]);
                }

                model.Accept(end);
                Assert.True(model is { IsComplete: true, State.IsEnded: true });
                model.ApplyTo(row);
                Assert.All(row, value => Assert.Equal(float.NegativeInfinity, value));
                Assert.False(model.TryAccept(end));
            }
        }
    }

    [Fact]
    public void Tails_of_rows_of_every_length_are_masked()
    {
        for (int symbols = 1; symbols < 40; symbols++)
        {
            var merges = Enumerable.Range(0, symbols).Select(i => new BpeMerge(i, i, symbols + i)).Take(symbols / 2).ToArray();
            FastActionTokenizer tokenizer = Grammars.Of(new IntegerAlphabet(0, symbols - 1), new BpeVocabulary(symbols, merges));
            var constraint = new TokenConstraint(new(tokenizer, new(1, 1)));
            var logits = new float[tokenizer.VocabularySize];
            Array.Fill(logits, 3);
            constraint.ApplyTo(logits);
            Assert.Equal(Enumerable.Range(0, logits.Length).Select(token => token < symbols ? 3 : float.NegativeInfinity), logits);
        }
    }

    private static bool[] Allowed(TokenConstraint constraint)
    {
        var mask = new bool[constraint.Grammar.MinRowLength];
        constraint.AllowedTokens(mask);
        return mask;
    }

    private static bool AcceptsAll(TokenConstraint constraint, int[] tokens) => tokens.All(constraint.TryAccept) && constraint.IsComplete;
}
