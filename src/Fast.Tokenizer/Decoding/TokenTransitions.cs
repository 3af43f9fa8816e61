using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Decoding;

/// <summary>For each state of the automaton and each place in a row of logits: what the token that stands there does.</summary>
/// <remarks>
/// A transition is one number: the coefficients that must remain before it, above the state after it. A pending character needs one more
/// coefficient than the token completes. So one comparison tells whether a token fits, for a whole vector of tokens at once.
/// </remarks>
internal sealed class TokenTransitions
{
    /// <summary>No token, or one that cannot stand in this state.</summary>
    public const int Invalid = int.MaxValue;

    /// <summary>More states than any range of characters needs.</summary>
    public const int MaxStates = 1 << StateBits;

    private const int StateBits = 8;

    private readonly int[][] _rows;
    private readonly TransitionGroup[][] _groups;

    /// <summary>Runs every token from every state.</summary>
    /// <param name="automaton">Symbols to coefficients.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="places">For each token its place in the row.</param>
    /// <param name="length">Length of the row; places without a token are invalid.</param>
    /// <param name="most">The most coefficients that can remain.</param>
    public TokenTransitions(CoefficientAutomaton automaton, BpeVocabulary vocabulary, ReadOnlySpan<int> places, int length, int most)
    {
        if (automaton.StateCount > MaxStates)
            throw new UnreachableException($"{automaton.StateCount} states, at most {MaxStates} fit");
        _rows = new int[automaton.StateCount][];
        _groups = new TransitionGroup[automaton.StateCount][];
        for (int state = 0; state < automaton.StateCount; state++)
        {
            var groups = new SortedDictionary<int, List<int>>();
            _rows[state] = new int[length];
            Array.Fill(_rows[state], Invalid);
            for (int token = 0; token < places.Length; token++)
            {
                int transition = Run(automaton, state, vocabulary.GetSymbols(token), most);
                _rows[state][places[token]] = transition;
                if (transition == Invalid) continue;
                if (!groups.TryGetValue(transition, out List<int>? members)) groups[transition] = members = [];
                members.Add(places[token]);
            }

            _groups[state] = [.. groups.Select(group => new TransitionGroup(group.Key, [.. group.Value]))];
        }
    }

    public int StateCount => _rows.Length;

    /// <summary>What the token at each place does in a state.</summary>
    public ReadOnlySpan<int> Row(int state) => _rows[state];

    /// <summary>The valid transitions of a state with their places, by what they need.</summary>
    public ReadOnlySpan<TransitionGroup> Groups(int state) => _groups[state];

    /// <summary>The coefficients that must remain for a transition.</summary>
    public static int Needed(int transition) => transition >> StateBits;

    /// <summary>The state after a transition.</summary>
    public static int Target(int transition) => transition & (MaxStates - 1);

    /// <summary>The coefficients that a transition completes.</summary>
    public static int Completed(int transition) => Needed(transition) - (Target(transition) == CoefficientAutomaton.Boundary ? 0 : 1);

    /// <summary>The largest transition that fits; all that are larger do not.</summary>
    public static int Limit(int remaining) => (remaining << StateBits) | (MaxStates - 1);

    /// <summary>Sets the logits of tokens whose transitions are in a range, both ends included, to negative infinity.</summary>
    public void Mask(int state, int from, int to, Span<float> logits)
    {
        ReadOnlySpan<int> row = _rows[state];
        var first = new Vector<int>(from);
        var last = new Vector<int>(to);
        var none = new Vector<float>(float.NegativeInfinity);
        ReadOnlySpan<Vector<int>> wide = MemoryMarshal.Cast<int, Vector<int>>(row);
        Span<Vector<float>> values = MemoryMarshal.Cast<float, Vector<float>>(logits)[..wide.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            Vector<int> inside = Vector.GreaterThanOrEqual(wide[i], first) & Vector.LessThanOrEqual(wide[i], last);
            values[i] = Vector.ConditionalSelect(inside, none, values[i]);
        }

        for (int i = wide.Length * Vector<int>.Count; i < row.Length; i++)
        {
            if (row[i] >= from && row[i] <= to) logits[i] = float.NegativeInfinity;
        }
    }

    private static int Run(CoefficientAutomaton automaton, int state, ReadOnlySpan<int> symbols, int most)
    {
        // A token of nothing would let a sequence go on for ever.
        if (symbols.IsEmpty) return Invalid;
        int completed = 0;
        foreach (int symbol in symbols)
        {
            state = automaton.Next(state, symbol);
            if (state == CoefficientAutomaton.None) return Invalid;
            if (state == CoefficientAutomaton.Boundary && ++completed > most) return Invalid;
        }

        int needed = state == CoefficientAutomaton.Boundary ? completed : completed + 1;
        return needed > most ? Invalid : (needed << StateBits) | state;
    }
}
