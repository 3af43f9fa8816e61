namespace Fast.Tokenizer.Decoding;

/// <summary>The fewest tokens that complete a chunk, from every state and number of remaining coefficients.</summary>
internal sealed class ShortestCompletions
{
    /// <summary>No sequence of tokens completes the chunk.</summary>
    public const int Impossible = int.MaxValue;

    private readonly int[][] _fewest;
    private readonly int[] _worst;

    public ShortestCompletions(TokenTransitions transitions, int most)
    {
        _fewest = [.. Enumerable.Range(0, transitions.StateCount).Select(_ => new int[most + 1])];
        _worst = new int[most + 1];
        bool[] reachable = Reachable(transitions);
        for (int remaining = 0; remaining <= most; remaining++)
        {
            int worst = remaining > 0 ? _worst[remaining - 1] : 0;

            // A token that completes nothing leads from the boundary to any state, from another to a lower one: the boundary comes last.
            for (int i = 1; i <= transitions.StateCount; i++)
            {
                int state = i % transitions.StateCount;
                int fewest = _fewest[state][remaining] = Shortest(transitions, state, remaining);
                if (reachable[state] && (remaining > 0 || state == CoefficientAutomaton.Boundary)) worst = Math.Max(worst, fewest);
            }

            _worst[remaining] = worst;
        }
    }

    /// <summary>The fewest tokens from a state, or <see cref="Impossible"/>.</summary>
    public int Fewest(int state, int remaining) => _fewest[state][remaining];

    /// <summary>
    /// The most that <see cref="Fewest"/> gives for so many remaining coefficients or fewer: with as many tokens left, no way is closed.
    /// </summary>
    public int Worst(int remaining) => _worst[remaining];

    private int Shortest(TokenTransitions transitions, int state, int remaining)
    {
        if (state == CoefficientAutomaton.Boundary && remaining == 0) return 0;
        int fewest = Impossible;
        foreach ((int transition, _) in transitions.Groups(state))
        {
            if (TokenTransitions.Needed(transition) > remaining) break;
            int rest = _fewest[TokenTransitions.Target(transition)][remaining - TokenTransitions.Completed(transition)];
            if (rest < fewest - 1) fewest = rest + 1;
        }

        return fewest;
    }

    private static bool[] Reachable(TokenTransitions transitions)
    {
        var reachable = new bool[transitions.StateCount];
        var open = new Stack<int>([CoefficientAutomaton.Boundary]);
        reachable[CoefficientAutomaton.Boundary] = true;
        while (open.TryPop(out int state))
        {
            foreach ((int transition, _) in transitions.Groups(state))
            {
                int target = TokenTransitions.Target(transition);
                if (!reachable[target]) open.Push(target);
                reachable[target] = true;
            }
        }

        return reachable;
    }
}
