namespace Fast.Tokenizer.Decoding;

/// <summary>Follows a sequence of tokens as it is emitted and says which may come next, so that it gives exactly one chunk.</summary>
/// <remarks>
/// Ids are those of the <see cref="TokenGrammar"/>: model ids where it has a map. To roll back, keep <see cref="State"/> and set it again.
/// An instance is one sequence, not to be shared between threads; no member but <see cref="Clone"/> allocates.
/// </remarks>
public sealed class TokenConstraint
{
    private TokenConstraintState _state;

    /// <summary>Makes a constraint at the start of a chunk.</summary>
    /// <param name="grammar">The grammar; any number of constraints may share it.</param>
    public TokenConstraint(TokenGrammar grammar)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        Grammar = grammar;
    }

    /// <summary>The grammar.</summary>
    public TokenGrammar Grammar { get; }

    /// <summary>Where the sequence stands.</summary>
    /// <exception cref="ArgumentException">The state set is not one of this grammar.</exception>
    public TokenConstraintState State
    {
        get => _state;
        set => _state = Grammar.Holds(value)
            ? value : throw new ArgumentException($"{value} is not a state of the grammar of {Grammar.Shape}", nameof(value));
    }

    /// <summary>Coefficients still to come, 0 to T times D; a half-emitted character counts as still to come.</summary>
    public int RemainingCoefficients => Grammar.Remaining(_state);

    /// <summary>Whether the tokens so far are exactly one chunk.</summary>
    public bool IsComplete => Grammar.IsComplete(_state);

    /// <summary>Goes back to the start of a chunk.</summary>
    public void Reset() => _state = default;

    /// <summary>A constraint on the same grammar that stands where this one does.</summary>
    /// <returns>Another instance; the two go on apart.</returns>
    public TokenConstraint Clone() => new(Grammar) { _state = _state };

    /// <summary>Whether an id may come next.</summary>
    /// <param name="id">Id, any value.</param>
    /// <returns>False for any id that is not of the grammar.</returns>
    public bool IsAllowed(int id) => Grammar.TryStep(_state, id, out _);

    /// <summary>Takes an id, if it may come next.</summary>
    /// <param name="id">Id, any value.</param>
    /// <returns>Whether it was taken; if not, nothing changes.</returns>
    public bool TryAccept(int id)
    {
        // Into a variable of its own: the state before is read through a reference.
        bool taken = Grammar.TryStep(_state, id, out TokenConstraintState next);
        _state = next;
        return taken;
    }

    /// <summary>Takes an id.</summary>
    /// <param name="id">Id.</param>
    /// <exception cref="ArgumentException">It may not come next; nothing changes.</exception>
    public void Accept(int id)
    {
        if (!TryAccept(id)) throw NotAllowed(id);
    }

    /// <summary>Which ids may come next.</summary>
    /// <param name="mask">Receives for each id whether it may; at least <see cref="TokenGrammar.MinRowLength"/> long.</param>
    /// <exception cref="ArgumentException"><paramref name="mask"/> is too short.</exception>
    public void AllowedTokens(Span<bool> mask)
    {
        CheckRow(mask.Length, nameof(mask));
        mask.Clear();
        for (int id = Grammar.LowestId; id < Grammar.LowestId + Grammar.WindowLength; id++) mask[id] = IsAllowed(id);
        if (Grammar.Options.EndId is { } end) mask[end] = IsAllowed(end);
    }

    /// <summary>
    /// Sets the logits of all ids that may not come next to negative infinity. All of them where nothing may: complete, and no end marker
    /// to come.
    /// </summary>
    /// <param name="logits">A logit for each id; at least <see cref="TokenGrammar.MinRowLength"/> long, and none beyond is allowed.</param>
    /// <exception cref="ArgumentException"><paramref name="logits"/> is too short.</exception>
    public void ApplyTo(Span<float> logits)
    {
        CheckRow(logits.Length, nameof(logits));
        int end = Grammar.Options.EndId is { } marker && IsAllowed(marker) ? marker : -1;
        float kept = end >= 0 ? logits[end] : 0;
        logits[..Grammar.LowestId].Fill(float.NegativeInfinity);
        Grammar.MaskWindow(_state, logits.Slice(Grammar.LowestId, Grammar.WindowLength));
        logits[(Grammar.LowestId + Grammar.WindowLength)..].Fill(float.NegativeInfinity);
        if (end >= 0) logits[end] = kept;
    }

    internal void CheckRow(int length, string name)
    {
        if (length < Grammar.MinRowLength)
        {
            throw new ArgumentException(
                $"a row of {length} is too short for ids up to {Grammar.MinRowLength - 1}: pass one for the whole vocabulary", name);
        }
    }

    private ArgumentException NotAllowed(int id) => new(
        $"id {id} may not come after {_state.Tokens} tokens with {RemainingCoefficients} coefficients to come: choose one that IsAllowed",
        nameof(id));
}
