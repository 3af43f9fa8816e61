using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Decoding;

/// <summary>Which token sequences give exactly one chunk: the tables that a <see cref="TokenConstraint"/> walks through.</summary>
/// <remarks>
/// A sequence of the grammar decodes to T times D coefficients, each within <see cref="LowestCoefficient"/> to
/// <see cref="HighestCoefficient"/>, and from every state that the grammar reaches it can be completed, within the budget where there is
/// one. Ids are model ids where there is a map, else those of the tokenizer. The range of an <see cref="IntegerAlphabet"/> is its own. A
/// byte-level alphabet can spell any character; its range is that of the characters which its tokens hold whole, and reaches at least as
/// far above zero as below. Whether tokens spell the words that the encoder would give is not asked. Immutable and safe to share between
/// threads.
/// </remarks>
public sealed class TokenGrammar
{
    /// <summary>The most values of a chunk, 2^16: the tables hold a number for each.</summary>
    public const int MaxCount = 1 << 16;

    /// <summary>
    /// The longest row of logits, 2^22: far above any model's vocabulary, and the tables hold a number for each id between two tokens.
    /// </summary>
    public const int MaxRowLength = 1 << 22;

    // Below this, single writes are faster than a pass over the row.
    private const int FewPlaces = 256;

    private readonly TokenTransitions _transitions;
    private readonly ShortestCompletions _completions;
    private readonly int _budget;
    private readonly int _count;

    /// <summary>Makes the grammar of a tokenizer's chunks of one shape.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="shape">Shape of the chunk, at most <see cref="MaxCount"/> values.</param>
    /// <param name="options">Budget, range and model ids; null for none of them.</param>
    /// <exception cref="ArgumentException">
    /// The chunk has too many values, the tokens cannot give it within the range and the budget, or the map, the end marker and the
    /// tokenizer do not fit each other.
    /// </exception>
    public TokenGrammar(FastActionTokenizer tokenizer, ActionShape shape, TokenGrammarOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (shape.Count is < 1 or > MaxCount)
            throw new ArgumentException($"a chunk of {shape} has {shape.Count} values, a grammar takes 1 to {MaxCount}", nameof(shape));
        tokenizer.CheckDimensions(shape);

        Options = options ?? new();
        Shape = shape;
        _count = tokenizer.Encoded(shape).Count;
        (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = (tokenizer.Definition.Alphabet, tokenizer.Definition.Vocabulary);
        (LowestCoefficient, HighestCoefficient) = Range(alphabet, vocabulary, Options);
        (LowestId, int[] places, WindowLength) = Places(vocabulary.Count, Options.ModelIds);
        CheckEnd(Options, vocabulary.Count);
        MinRowLength = Math.Max(LowestId + WindowLength, Options.EndId + 1 ?? 0);

        _transitions = new TokenTransitions(Automaton(alphabet), vocabulary, places, WindowLength, _count);
        _completions = new ShortestCompletions(_transitions, _count);
        _budget = Options.MaxTokens ?? int.MaxValue;
        MinTokenCount = _completions.Fewest(CoefficientAutomaton.Boundary, _count);
        if (MinTokenCount == ShortestCompletions.Impossible)
        {
            throw new ArgumentException(
                $"no sequence of tokens gives {_count} coefficients from {LowestCoefficient} to {HighestCoefficient}: "
                + "widen the range, or use a vocabulary with a token for each coefficient", nameof(options));
        }

        if (MinTokenCount > _budget)
        {
            throw new ArgumentException(
                $"a chunk of {shape} takes at least {MinTokenCount} tokens, the budget is {_budget}: raise MaxTokens", nameof(options));
        }
    }

    /// <summary>Shape of the chunk.</summary>
    public ActionShape Shape { get; }

    /// <summary>The choices the grammar was made with.</summary>
    public TokenGrammarOptions Options { get; }

    /// <summary>The smallest coefficient that a sequence can give.</summary>
    public int LowestCoefficient { get; }

    /// <summary>The largest coefficient that a sequence can give.</summary>
    public int HighestCoefficient { get; }

    /// <summary>The fewest tokens that give a chunk: the smallest possible budget.</summary>
    public int MinTokenCount { get; }

    /// <summary>The fewest logits a row can have: one more than the highest id of a token or the end marker.</summary>
    public int MinRowLength { get; }

    /// <summary>The lowest id of a token: where in a row the window begins outside which no token stands.</summary>
    internal int LowestId { get; }

    /// <summary>Length of the window.</summary>
    internal int WindowLength { get; }

    internal int Remaining(in TokenConstraintState state) => _count - state.Coefficients;

    internal bool IsComplete(in TokenConstraintState state) =>
        state.Coefficients == _count && state.Pending == CoefficientAutomaton.Boundary;

    internal bool IsEnd(int id) => id >= 0 && id == (Options.EndId ?? -1);

    /// <summary>The state after an id; false where the id is not allowed.</summary>
    internal bool TryStep(in TokenConstraintState state, int id, out TokenConstraintState next)
    {
        next = state;
        uint place = (uint)(id - LowestId);
        if (place < (uint)WindowLength)
        {
            int transition = _transitions.Row(state.Pending)[(int)place];
            int remaining = Remaining(state);
            if (transition <= TokenTransitions.Limit(remaining) && CanComplete(transition, remaining, _budget - state.Tokens - 1))
            {
                int coefficients = state.Coefficients + TokenTransitions.Completed(transition);
                next = new TokenConstraintState(coefficients, state.Tokens + 1, TokenTransitions.Target(transition), ended: false);
                return true;
            }
        }

        if (!IsEnd(id) || state.IsEnded || !IsComplete(state)) return false;
        next = new TokenConstraintState(state.Coefficients, state.Tokens, state.Pending, ended: true);
        return true;
    }

    /// <summary>Sets the logits of the tokens that are not allowed to negative infinity.</summary>
    internal void MaskWindow(in TokenConstraintState state, Span<float> window)
    {
        int remaining = Remaining(state), left = _budget - state.Tokens - 1;
        _transitions.Mask(state.Pending, TokenTransitions.Limit(remaining) + 1, TokenTransitions.Invalid, window);
        if (left >= _completions.Worst(remaining)) return;

        // Closed transitions mostly follow each other: a run of them is masked in one pass.
        ReadOnlySpan<TransitionGroup> groups = _transitions.Groups(state.Pending);
        for (int i = 0; i < groups.Length && TokenTransitions.Needed(groups[i].Transition) <= remaining; i++)
        {
            int start = i;
            while (i < groups.Length && TokenTransitions.Needed(groups[i].Transition) <= remaining
                && !CanComplete(groups[i].Transition, remaining, left))
            {
                i++;
            }
            if (i > start) MaskRun(state.Pending, groups[start..i], window);
        }
    }

    private void MaskRun(int pending, ReadOnlySpan<TransitionGroup> run, Span<float> window)
    {
        int places = 0;
        foreach (TransitionGroup group in run) places += group.Places.Length;
        if (places >= FewPlaces)
        {
            _transitions.Mask(pending, run[0].Transition, run[^1].Transition, window);
            return;
        }

        foreach (TransitionGroup group in run)
            foreach (int place in group.Places) window[place] = float.NegativeInfinity;
    }

    /// <summary>Whether a state can be one of this grammar.</summary>
    internal bool Holds(in TokenConstraintState state) =>
        state.Coefficients <= _count && state.Pending < _transitions.StateCount
        && (!state.IsEnded || (IsComplete(state) && Options.EndId is not null))
        && _completions.Fewest(state.Pending, Remaining(state)) <= _budget - state.Tokens;

    // An impossible completion is more than any number of tokens left, which is below the largest number.
    private bool CanComplete(int transition, int remaining, int left) =>
        _completions.Fewest(TokenTransitions.Target(transition), remaining - TokenTransitions.Completed(transition)) <= left;

    private CoefficientAutomaton Automaton(CoefficientAlphabet alphabet) => alphabet is IntegerAlphabet integer
        ? CoefficientAutomaton.OfIntegers(
            integer.SymbolCount, LowestCoefficient - alphabet.MinCoefficient, HighestCoefficient - alphabet.MinCoefficient)
        : CoefficientAutomaton.OfText(LowestCoefficient - alphabet.MinCoefficient, HighestCoefficient - alphabet.MinCoefficient);

    private static (int Lowest, int Highest) Range(CoefficientAlphabet alphabet, BpeVocabulary vocabulary, TokenGrammarOptions options)
    {
        (int lowest, int highest) = (alphabet.MinCoefficient, alphabet.MaxCoefficient);
        if (alphabet is ByteLevelAlphabet text)
        {
            // The published fit keeps the smallest coefficient it saw and not the largest, which may be a character that no token holds
            // whole.
            (int first, int last) = CoefficientAutomaton.WholeCharacters(vocabulary) ?? (0, 0);
            int mirrored = (int)Math.Min(-2L * text.MinToken, ByteLevelAlphabet.MaxCodePoint);
            (lowest, highest) = (text.MinToken + first, text.MinToken + Math.Max(last, mirrored));
        }

        (int from, int to) = (options.LowestCoefficient ?? lowest, options.HighestCoefficient ?? highest);
        if (from > to || from < alphabet.MinCoefficient || to > alphabet.MaxCoefficient)
        {
            throw new ArgumentException(
                $"the range {from} to {to} must rise and lie within the alphabet's {alphabet.MinCoefficient} to {alphabet.MaxCoefficient}",
                nameof(options));
        }

        return (from, to);
    }

    private static (int LowestId, int[] Places, int Length) Places(int count, ModelIdMap? map)
    {
        int[] places = [.. Enumerable.Range(0, count)];
        if (map is null) return (0, places, count);
        if (map.Count != count)
        {
            throw new ArgumentException(
                $"the map holds {map.Count} action tokens, the tokenizer has {count}: make the map for this tokenizer", nameof(map));
        }

        if (map.HighestModelId >= MaxRowLength)
        {
            throw new ArgumentException(
                $"the map holds the id {map.HighestModelId}, a row of logits has at most {MaxRowLength}", nameof(map));
        }

        for (int token = 0; token < count; token++) places[token] = map.ToModelId(token) - map.LowestModelId;
        return (map.LowestModelId, places, map.HighestModelId - map.LowestModelId + 1);
    }

    private static void CheckEnd(TokenGrammarOptions options, int count)
    {
        if (options.EndId is not { } end) return;
        int size = Math.Min(options.ModelIds?.ModelVocabularySize ?? MaxRowLength, MaxRowLength);
        if (end < 0 || end >= size)
            throw new ArgumentException($"the end marker is {end}, it must be 0 to {size - 1}", nameof(options));
        if (options.ModelIds is { } map ? map.TryToActionToken(end, out _) : end < count)
            throw new ArgumentException($"the end marker {end} is the id of an action token: choose one that is none", nameof(options));
    }
}
