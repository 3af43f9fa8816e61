namespace Fast.Tokenizer;

/// <summary>The shape of a chunk of actions: time steps by action dimensions, row-major.</summary>
public readonly record struct ActionShape
{
    /// <summary>
    /// The largest number of values in a chunk, 2^24; far above any real chunk, and it keeps every size below in an <see cref="int"/>.
    /// </summary>
    public const int MaxCount = 1 << 24;

    /// <summary>Makes a shape.</summary>
    /// <param name="horizon">Time steps in the chunk, T; at least 1.</param>
    /// <param name="dimensions">Action dimensions, D; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the product is above <see cref="MaxCount"/>.</exception>
    public ActionShape(int horizon, int dimensions)
    {
        if (horizon < 1 || dimensions < 1)
        {
            throw new ArgumentOutOfRangeException(
                horizon < 1 ? nameof(horizon) : nameof(dimensions),
                $"a chunk of [{horizon},{dimensions}] is empty: it has at least 1 step and 1 dimension");
        }

        if ((long)horizon * dimensions > MaxCount)
            throw new ArgumentOutOfRangeException(nameof(horizon), $"a chunk of [{horizon},{dimensions}] has more than {MaxCount} values");

        Horizon = horizon;
        Dimensions = dimensions;
    }

    /// <summary>Time steps in the chunk, T.</summary>
    public int Horizon { get; }

    /// <summary>Action dimensions, D.</summary>
    public int Dimensions { get; }

    /// <summary>Values in the chunk, T times D.</summary>
    public int Count => Horizon * Dimensions;

    /// <summary>The shape as <c>[T,D]</c>.</summary>
    /// <returns>Such as <c>[50,7]</c>.</returns>
    public override string ToString() => $"[{Horizon},{Dimensions}]";
}
