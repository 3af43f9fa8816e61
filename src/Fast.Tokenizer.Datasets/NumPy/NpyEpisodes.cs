namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>One array as the episodes it holds, read one after the other.</summary>
/// <remarks>Its shape is <c>[steps]</c>, <c>[steps, dims]</c> or <c>[episodes, steps, dims]</c>.</remarks>
internal sealed class NpyEpisodes
{
    private readonly NpyValueReader _reader;
    private double[]? _all;
    private int _next;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">Stands at the magic bytes; not disposed.</param>
    /// <param name="place">File and entry, for messages.</param>
    /// <exception cref="InvalidDataException">It is no array, or its shape is not of episodes.</exception>
    public NpyEpisodes(Stream stream, string place)
    {
        Place = place;
        _reader = new NpyValueReader(stream, place);
        int[] shape = _reader.Header.Shape;
        IsStack = shape.Length == 3;
        (Count, Steps, Dimensions) = shape switch
        {
            [var t] => (1, t, 1),
            [var t, var d] => (1, t, d),
            // A file of a hundred bytes could otherwise promise a billion episodes of nothing.
            [> 0 and var n, > 0 and var t, var d] => (n, t, d),
            _ => throw new InvalidDataException(
                $"{place}: shape ({string.Join(", ", shape)}) is not of episodes; "
                + "expected [steps, dims], [steps] or a non-empty [episodes, steps, dims]"),
        };
    }

    /// <summary>File and entry, for messages.</summary>
    public string Place { get; }

    /// <summary>Whether there is an axis of episodes.</summary>
    public bool IsStack { get; }

    /// <summary>Episodes.</summary>
    public int Count { get; }

    /// <summary>Time steps of each.</summary>
    public int Steps { get; }

    /// <summary>Dimensions of each step.</summary>
    public int Dimensions { get; }

    /// <summary>Reads the next episode, of which there are <see cref="Count"/>.</summary>
    /// <returns>Row-major <c>[Steps, Dimensions]</c>.</returns>
    /// <exception cref="InvalidDataException">The array is truncated or damaged.</exception>
    public ReadOnlyMemory<double> Read(CancellationToken cancellationToken)
    {
        int length = Steps * Dimensions, index = _next++;
        // In Fortran order the values of an episode stand scattered over the whole array.
        if (_reader.Header.FortranOrder) return (_all ??= _reader.ReadAll(cancellationToken)).AsMemory(index * length, length);

        double[] values = _reader.Read(length, cancellationToken);
        // The checksum stands at the end: no last episode is handed out before it was compared.
        if (_next == Count) _reader.ReadEnd();
        return values;
    }
}
