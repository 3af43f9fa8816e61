using System.Buffers.Binary;
using PureHDF;

namespace Fast.Tokenizer.Datasets.Tests.Hdf5;

/// <summary>HDF5 files as bytes, sound and not.</summary>
internal static class Hdf5Bytes
{
    public static byte[] Of(H5File file, H5WriteOptions? options = null)
    {
        using var stream = new MemoryStream();
        file.Write(stream, options);
        return stream.ToArray();
    }

    /// <summary>A file of demonstrations: the number of each and what its group holds.</summary>
    public static H5File Demos(params (string Name, H5Group Group)[] demos)
    {
        var data = new H5Group();
        foreach ((string name, H5Group group) in demos) data[name] = group;
        return new H5File { ["data"] = data };
    }

    public static H5Group Demo(double[,] actions) => new() { ["actions"] = actions };

    /// <summary>Values that are recognised: row r, column c of episode e is 100 e + 10 r + c.</summary>
    public static double[,] Matrix(int episode, int steps, int dimensions)
    {
        var values = new double[steps, dimensions];
        for (int row = 0; row < steps; row++)
            for (int column = 0; column < dimensions; column++) values[row, column] = (100 * episode) + (10 * row) + column;
        return values;
    }

    public static double[] Flat(double[,] values) => [.. values.Cast<double>()];

    /// <summary>Replaces the one place where some bytes stand.</summary>
    public static byte[] Patch(byte[] file, byte[] from, byte[] to)
    {
        int at = file.AsSpan().IndexOf(from);
        Assert.True(at >= 0 && file.AsSpan(at + 1).IndexOf(from) < 0, "the bytes must stand there once");
        byte[] patched = [.. file];
        to.CopyTo(patched, at);
        return patched;
    }

    public static byte[] LittleEndian(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
