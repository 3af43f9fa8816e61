using System.Buffers.Binary;

namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>Writes <c>.npy</c> files as <c>numpy.save</c> does: format version 1.0, little-endian, row-major.</summary>
/// <remarks>A file is replaced when it is complete; a failed write leaves the old one as it was.</remarks>
public static class NpyWriter
{
    /// <summary>Writes a float32 array.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="values">The values, row-major; as many as the shape has.</param>
    /// <param name="shape">Length of each axis, outermost first; empty for a single value.</param>
    /// <exception cref="ArgumentException">The shape and the number of values do not agree.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<float> values, ReadOnlySpan<int> shape)
    {
        Check(path, values.Length, shape);
        using ReplacedFile file = new(path);
        file.Stream.Write(NpyHeader.Format(isFloat32: true, shape));
        WriteValues(file.Stream, values);
        file.Commit();
    }

    /// <summary>Writes a float64 array.</summary>
    /// <inheritdoc cref="Write(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public static void Write(string path, ReadOnlySpan<double> values, ReadOnlySpan<int> shape)
    {
        Check(path, values.Length, shape);
        using ReplacedFile file = new(path);
        file.Stream.Write(NpyHeader.Format(isFloat32: false, shape));
        WriteValues(file.Stream, values);
        file.Commit();
    }

    internal static void WriteValues(Stream stream, ReadOnlySpan<float> values)
    {
        Span<byte> block = stackalloc byte[2048];
        while (values.Length > 0)
        {
            int count = Math.Min(values.Length, block.Length / sizeof(float));
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteSingleLittleEndian(block[(i * sizeof(float))..], values[i]);
            stream.Write(block[..(count * sizeof(float))]);
            values = values[count..];
        }
    }

    internal static void WriteValues(Stream stream, ReadOnlySpan<double> values)
    {
        Span<byte> block = stackalloc byte[2048];
        while (values.Length > 0)
        {
            int count = Math.Min(values.Length, block.Length / sizeof(double));
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteDoubleLittleEndian(block[(i * sizeof(double))..], values[i]);
            stream.Write(block[..(count * sizeof(double))]);
            values = values[count..];
        }
    }

    private static void Check(string path, int count, ReadOnlySpan<int> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long product = 1;
        foreach (int length in shape)
        {
            if (length < 0)
                throw new ArgumentException($"the shape ({string.Join(", ", shape.ToArray())}) has a negative length", nameof(shape));
            // Beyond int the product cannot match any more; stopping there keeps it from wrapping round to a match.
            product = Math.Min(product * length, int.MaxValue + 1L);
        }

        if (shape.Contains(0)) product = 0;
        if (product != count)
            throw new ArgumentException($"{count} values do not fill the shape ({string.Join(", ", shape.ToArray())})", nameof(shape));
    }
}
