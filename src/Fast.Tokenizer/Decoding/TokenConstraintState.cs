namespace Fast.Tokenizer.Decoding;

/// <summary>
/// Where a <see cref="TokenConstraint"/> stands: a small value, to keep and to go back to. The default value is the start.
/// </summary>
public readonly record struct TokenConstraintState
{
    internal TokenConstraintState(int coefficients, int tokens, int pending, bool ended)
    {
        Coefficients = coefficients;
        Tokens = tokens;
        Pending = (byte)pending;
        IsEnded = ended;
    }

    /// <summary>Whole coefficients so far.</summary>
    public int Coefficients { get; }

    /// <summary>Tokens so far, the end marker not counted.</summary>
    public int Tokens { get; }

    /// <summary>Whether the end marker was taken.</summary>
    public bool IsEnded { get; }

    /// <summary>The state of the automaton: which bytes of a character are pending.</summary>
    internal byte Pending { get; }
}
