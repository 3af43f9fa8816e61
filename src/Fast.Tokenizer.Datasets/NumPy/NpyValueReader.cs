namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>Reads one <c>.npy</c> stream from its header to its end, as much at a time as is asked for.</summary>
internal sealed class NpyValueReader
{
    private const int BlockBytes = 65536;

    // Of a stream that cannot be measured beforehand, no more than this is allocated before it has proved to hold it.
    private const int FirstAllocation = 65536;

    private readonly Stream _stream;
    private readonly string _place;
    private readonly bool _measured;
    private int _done;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">Stands at the magic bytes; not disposed.</param>
    /// <param name="place">File and entry, for messages.</param>
    /// <exception cref="InvalidDataException">No valid header, or the stream is shorter or longer than the header says.</exception>
    public NpyValueReader(Stream stream, string place)
    {
        _stream = stream;
        _place = place;
        Header = NpyHeader.Read(buffer => Fill(buffer), place);
        if (!stream.CanSeek) return;

        long present = stream.Length - stream.Position;
        long declared = (long)Header.Count * Header.Element.Size;
        if (present != declared)
        {
            throw new InvalidDataException(
                $"{place}: shape ({string.Join(", ", Header.Shape)}) needs {declared} bytes of data, the file has {present}; "
                + (present < declared ? "it is truncated" : "something follows the array"));
        }

        _measured = true;
    }

    public NpyHeader Header { get; }

    /// <summary>Reads the whole array, row-major whatever its order in the file.</summary>
    public double[] ReadAll(CancellationToken cancellationToken)
    {
        double[] values = Read(Header.Count, cancellationToken);
        ReadEnd();
        return Header.FortranOrder && Header.Shape.Length > 1 && values.Length > 0 ? ToRowMajor(values, Header.Shape) : values;
    }

    /// <summary>Reads the next values in the order of the file.</summary>
    public double[] Read(int count, CancellationToken cancellationToken)
    {
        int size = Header.Element.Size;
        var values = new double[_measured ? count : Math.Min(count, FirstAllocation)];
        byte[] block = new byte[(int)Math.Min(BlockBytes, (long)count * size)];
        for (int done = 0; done < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (done == values.Length) Array.Resize(ref values, (int)Math.Min(count, 2L * values.Length));
            int wanted = Math.Min(values.Length - done, block.Length / size);
            Span<byte> bytes = block.AsSpan(0, wanted * size);
            int got = Fill(bytes);
            if (got < bytes.Length)
                throw new InvalidDataException($"{_place}: is truncated: ends after {_done + got / size} of {Header.Count} values");
            Header.Element.ToDouble(bytes, values.AsSpan(done, wanted));
            done += wanted;
            _done += wanted;
        }

        return values;
    }

    /// <summary>Checks that nothing follows the values.</summary>
    public void ReadEnd()
    {
        if (Fill(stackalloc byte[1]) != 0)
            throw new InvalidDataException($"{_place}: something follows the {Header.Count} values of the array");
    }

    private static double[] ToRowMajor(double[] columnMajor, int[] shape)
    {
        var values = new double[columnMajor.Length];
        var strides = new int[shape.Length];
        strides[0] = 1;
        for (int axis = 1; axis < shape.Length; axis++) strides[axis] = strides[axis - 1] * shape[axis - 1];

        var index = new int[shape.Length];
        for (int i = 0, from = 0; i < values.Length; i++)
        {
            values[i] = columnMajor[from];
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis]) break;
                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return values;
    }

    private int Fill(Span<byte> buffer)
    {
        try
        {
            return _stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{_place}: {e.Message}", e);
        }
    }
}
