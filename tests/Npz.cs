using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Fast.Tokenizer.Tests;

/// <summary>Reads the golden arrays: a NumPy zip of little-endian, C-ordered f8, f4, i4 or i8, each widened to float64.</summary>
internal sealed class Npz
{
    private readonly Dictionary<string, NpzArray> _arrays = [];

    private Npz()
    {
    }

    public IEnumerable<string> Names => _arrays.Keys;

    public NpzArray this[string name] => _arrays[name];

    public static Npz Open(string path)
    {
        var npz = new Npz();
        using ZipArchive zip = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using var bytes = new MemoryStream();
            using (Stream stream = entry.Open()) stream.CopyTo(bytes);
            npz._arrays[Path.GetFileNameWithoutExtension(entry.FullName)] = Parse(bytes.ToArray(), $"{path}/{entry.FullName}");
        }

        return npz;
    }

    internal static NpzArray Parse(ReadOnlySpan<byte> npy, string where)
    {
        if (npy.Length < 10 || !npy[1..].StartsWith("NUMPY"u8)) throw new InvalidDataException($"{where} is not a .npy file");
        int start = npy[6] == 1 ? 10 : 12;
        int length = npy[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(npy[8..]) : BinaryPrimitives.ReadInt32LittleEndian(npy[8..]);
        string header = Encoding.ASCII.GetString(npy.Slice(start, length));
        if (!header.Contains("'fortran_order': False", StringComparison.Ordinal))
            throw new InvalidDataException($"{where} is not in C order: {header}");

        string type = Regex.Match(header, "'descr': '([^']*)'").Groups[1].Value;
        int[] shape = [.. Regex.Match(header, @"'shape': \(([^)]*)\)").Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
        ReadOnlySpan<byte> data = npy[(start + length)..];
        var values = new double[shape.Aggregate(1, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = type switch
            {
                "<f8" => BinaryPrimitives.ReadDoubleLittleEndian(data[(8 * i)..]),
                "<f4" => BinaryPrimitives.ReadSingleLittleEndian(data[(4 * i)..]),
                "<i4" => BinaryPrimitives.ReadInt32LittleEndian(data[(4 * i)..]),
                "<i8" => BinaryPrimitives.ReadInt64LittleEndian(data[(8 * i)..]),
                _ => throw new InvalidDataException($"{where} has elements of type {type}"),
            };
        }

        return new NpzArray(values, shape);
    }
}

/// <summary>The values of one array, row-major, and its shape; a scalar has no sizes.</summary>
internal sealed record NpzArray(double[] Values, int[] Shape);
