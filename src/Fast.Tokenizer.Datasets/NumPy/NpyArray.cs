namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>An array read from a <c>.npy</c> file.</summary>
public sealed class NpyArray
{
    internal NpyArray(NpyHeader header, double[] values)
    {
        Shape = Array.AsReadOnly(header.Shape);
        IsFloat32 = header.Element is { Kind: 'f', Size: 4 };
        Data = values;
    }

    /// <summary>Length of each axis, outermost first; empty for a single value.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Whether the file holds float32, so that a result can be written back in the type it came in.</summary>
    public bool IsFloat32 { get; }

    /// <summary>The values, row-major whatever the order in the file. Exact, but for integers beyond 2^53, which are rounded.</summary>
    public ReadOnlyMemory<double> Data { get; }
}
