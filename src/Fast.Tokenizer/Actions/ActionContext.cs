namespace Fast.Tokenizer.Actions;

/// <summary>What an <see cref="ActionSpace"/> needs to know about one chunk beside its actions. The default knows nothing.</summary>
/// <remarks>A chunk must be decoded with the state and the mask that it was encoded with.</remarks>
public readonly ref struct ActionContext
{
    private readonly ReadOnlySpan<float> _single;
    private readonly ReadOnlySpan<double> _double;

    /// <summary>Wraps the robot's state; the memory is not copied.</summary>
    /// <param name="state">The state at the chunk's first step, in the unit of the actions. Needed where a dimension is relative.</param>
    public ActionContext(ReadOnlySpan<float> state) => _single = state;

    /// <inheritdoc cref="ActionContext(ReadOnlySpan{float})"/>
    public ActionContext(ReadOnlySpan<double> state) => _double = state;

    /// <summary>
    /// One flag per dimension of the robot's actions, true for one that this chunk does not have. It is encoded as the middle of its
    /// range, which costs next to nothing, whatever the actions hold there, and comes back as <see cref="ActionDimension.Fill"/>. Empty
    /// where nothing is masked.
    /// </summary>
    public ReadOnlySpan<bool> Masked { get; init; }

    /// <summary>Values in the state; 0 where there is none.</summary>
    public int StateLength => _single.Length + _double.Length;

    /// <summary>Gives one value of the state.</summary>
    /// <param name="index">Index from 0 to below <see cref="StateLength"/>.</param>
    /// <returns>In the unit of the actions.</returns>
    /// <exception cref="IndexOutOfRangeException">There is no such value.</exception>
    public double StateAt(int index) => _single.IsEmpty ? _double[index] : _single[index];

    internal bool IsMasked(int dimension) => !Masked.IsEmpty && Masked[dimension];
}
