using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Tests.Decoding;

/// <summary>The tables of a grammar against a search that goes through all tokens until nothing changes.</summary>
public sealed class ShortestCompletionsTests
{
    private const int Impossible = ShortestCompletions.Impossible;

    // Where nothing but U+20AC is allowed, the second has a state that only a second token leads to and that one coefficient cannot
    // complete. A token of the third needs a coefficient more than it completes. The last has no valid token.
    private static readonly byte[][][] _vocabularies =
    [
        [[0x41], [0xE2], [0x82], [0xAC], [0xE2, 0x82, 0xAC, 0x41]],
        [[0xE2], [0x82], [0x82, 0xAC], [0xAC, 0xE2]],
        [[0x41, 0x41, 0x41], [0x41, 0x41, 0xE2], [0xE2, 0x82]],
        [[0xFF]],
    ];

    [Fact]
    public void Transitions_and_completions_are_those_of_a_plain_search()
    {
        CoefficientAutomaton[] automata =
            [CoefficientAutomaton.OfText(0, 0xFFFF), CoefficientAutomaton.OfText(0x42, 0x20AC), CoefficientAutomaton.OfText(0x20AC, 0x20AC)];
        var random = new Random(1);
        foreach (byte[][] tokens in _vocabularies)
            foreach (CoefficientAutomaton automaton in automata) Check(automaton, tokens, most: 2, random);

        byte[] bytes = [0x41, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xFF];
        for (int round = 0; round < Rounds.Of(400); round++)
        {
            byte[] Token() => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => bytes[random.Next(bytes.Length)])];
            byte[][] tokens = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Token())];
            Check(automata[random.Next(automata.Length)], tokens, most: random.Next(1, 6), random);
        }
    }

    private static void Check(CoefficientAutomaton automaton, byte[][] tokens, int most, Random random)
    {
        int[] places = [.. Enumerable.Range(0, (tokens.Length * 2) + 1)];
        int length = places.Length;
        random.Shuffle(places);
        places = places[..tokens.Length];
        var transitions = new TokenTransitions(automaton, Grammars.OfBytes(tokens), places, length, most);
        var completions = new ShortestCompletions(transitions, most);

        Assert.Equal(automaton.StateCount, transitions.StateCount);
        (int Completed, int Target)?[][] steps =
            [.. Enumerable.Range(0, automaton.StateCount).Select(state => Steps(automaton, state, tokens, most))];
        for (int state = 0; state < steps.Length; state++)
        {
            var expected = new (int, int)?[length];
            for (int token = 0; token < tokens.Length; token++) expected[places[token]] = steps[state][token];
            int[] row = transitions.Row(state).ToArray();
            Assert.Equal(expected, row.Select(Read));
            Assert.Equal(
                row.Index().Where(entry => entry.Item != TokenTransitions.Invalid).OrderBy(entry => entry.Item),
                transitions.Groups(state).ToArray().SelectMany(group => group.Places.Order().Select(place => (place, group.Transition))));
        }

        int[][] fewest = Fewest(steps, most);
        bool[] reached = Reached(steps);
        int worst = 0;
        for (int remaining = 0; remaining <= most; remaining++)
        {
            for (int state = 0; state < steps.Length; state++)
            {
                Assert.Equal(fewest[state][remaining], completions.Fewest(state, remaining));
                bool exists = reached[state] && (remaining > 0 || state == CoefficientAutomaton.Boundary);
                if (exists) worst = Math.Max(worst, fewest[state][remaining]);
            }

            Assert.Equal(worst, completions.Worst(remaining));
        }

        static (int, int)? Read(int transition) =>
            transition == TokenTransitions.Invalid ? null : (TokenTransitions.Completed(transition), TokenTransitions.Target(transition));
    }

    // For each token the coefficients that it completes from a state and where it leads; null where it does not fit.
    private static (int Completed, int Target)?[] Steps(CoefficientAutomaton automaton, int state, byte[][] tokens, int most)
    {
        return [.. tokens.Select(Step)];

        (int, int)? Step(byte[] token)
        {
            (int completed, int at) = (0, state);
            foreach (byte value in token)
            {
                at = automaton.Next(at, value);
                if (at == CoefficientAutomaton.None) return null;
                completed += at == CoefficientAutomaton.Boundary ? 1 : 0;
            }

            return completed + (at == CoefficientAutomaton.Boundary ? 0 : 1) <= most ? (completed, at) : null;
        }
    }

    private static int[][] Fewest((int Completed, int Target)?[][] steps, int most)
    {
        int[][] fewest = [.. steps.Select(_ => Enumerable.Repeat(Impossible, most + 1).ToArray())];
        fewest[CoefficientAutomaton.Boundary][0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int state = 0; state < steps.Length; state++)
            {
                foreach ((int completed, int target) in steps[state].OfType<(int, int)>())
                {
                    for (int remaining = completed; remaining <= most; remaining++)
                    {
                        int rest = fewest[target][remaining - completed];
                        if (rest == Impossible || rest + 1 >= fewest[state][remaining]) continue;
                        fewest[state][remaining] = rest + 1;
                        changed = true;
                    }
                }
            }
        }

        return fewest;
    }

    private static bool[] Reached((int Completed, int Target)?[][] steps)
    {
        var reached = new bool[steps.Length];
        reached[CoefficientAutomaton.Boundary] = true;
        for (int pass = 0; pass < steps.Length; pass++)
        {
            for (int state = 0; state < steps.Length; state++)
            {
                if (!reached[state]) continue;
                foreach ((_, int target) in steps[state].OfType<(int, int)>()) reached[target] = true;
            }
        }

        return reached;
    }
}
