namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>Writes a <c>.npy</c> file of shape <c>[N, ...]</c> item by item, for an N that is not known beforehand.</summary>
/// <remarks>
/// The file appears, or is replaced, by <see cref="Complete"/>; disposed before, nothing is left of it. Not safe to share between threads.
/// </remarks>
public sealed class NpyStreamWriter : IDisposable
{
    private readonly ReplacedFile _file;
    private readonly bool _isFloat32;
    private readonly int[] _shape;
    private readonly long _itemLength;
    private bool _complete;

    /// <summary>Starts a file.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="isFloat32">Whether to store float32; float64 otherwise.</param>
    /// <param name="itemShape">Shape of one item, such as <c>[T, D]</c>; each length at least 1, empty for single values.</param>
    /// <exception cref="ArgumentException">A length is below 1, or the item is larger than an array can be.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public NpyStreamWriter(string path, bool isFloat32, ReadOnlySpan<int> itemShape)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _itemLength = 1;
        foreach (int length in itemShape)
        {
            _itemLength *= length;
            if (length < 1 || _itemLength > NpyHeader.MaxElements)
                throw new ArgumentException($"({string.Join(", ", itemShape.ToArray())}) is not the shape of an item", nameof(itemShape));
        }

        _isFloat32 = isFloat32;
        _shape = [0, .. itemShape];
        _file = new ReplacedFile(path);
        _file.Stream.Write(NpyHeader.Format(isFloat32, _shape));
    }

    /// <summary>Items written so far, N.</summary>
    public int Count => _shape[0];

    /// <summary>Appends one or more whole items.</summary>
    /// <param name="items">Values, row-major, a whole number of items.</param>
    /// <exception cref="ArgumentException">The values are not a whole number of items, or more than an array can hold.</exception>
    /// <exception cref="InvalidOperationException">The file is complete.</exception>
    public void Append(ReadOnlySpan<float> items)
    {
        Accept(items.Length);
        if (_isFloat32)
        {
            NpyWriter.WriteValues(_file.Stream, items);
            return;
        }

        Span<double> wide = stackalloc double[256];
        while (items.Length > 0)
        {
            int count = Math.Min(items.Length, wide.Length);
            for (int i = 0; i < count; i++) wide[i] = items[i];
            NpyWriter.WriteValues(_file.Stream, wide[..count]);
            items = items[count..];
        }
    }

    /// <summary>Appends one or more whole items, rounded to the nearest float32 where the file stores float32.</summary>
    /// <inheritdoc cref="Append(ReadOnlySpan{float})"/>
    public void Append(ReadOnlySpan<double> items)
    {
        Accept(items.Length);
        if (!_isFloat32)
        {
            NpyWriter.WriteValues(_file.Stream, items);
            return;
        }

        Span<float> narrow = stackalloc float[512];
        while (items.Length > 0)
        {
            int count = Math.Min(items.Length, narrow.Length);
            for (int i = 0; i < count; i++) narrow[i] = (float)items[i];
            NpyWriter.WriteValues(_file.Stream, narrow[..count]);
            items = items[count..];
        }
    }

    /// <summary>Writes N into the header and puts the file in its place.</summary>
    /// <exception cref="InvalidOperationException">The file is complete already.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Complete()
    {
        ThrowIfComplete();
        _complete = true;
        _file.Stream.Position = 0;
        _file.Stream.Write(NpyHeader.Format(_isFloat32, _shape));
        _file.Commit();
    }

    /// <summary>Discards the file, unless it is complete.</summary>
    public void Dispose() => _file.Dispose();

    private void Accept(int length)
    {
        ThrowIfComplete();
        if (length % _itemLength != 0)
            throw new ArgumentException($"{length} values are not a whole number of items of {_itemLength} values");
        if (_shape[0] * _itemLength + length > NpyHeader.MaxElements)
            throw new ArgumentException($"the array would have more than {NpyHeader.MaxElements} values; write several files");
        _shape[0] += (int)(length / _itemLength);
    }

    private void ThrowIfComplete()
    {
        if (_complete) throw new InvalidOperationException("the file is complete");
    }
}
