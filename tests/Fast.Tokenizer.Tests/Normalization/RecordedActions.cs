using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Fast.Tokenizer.Tests.Normalization;

/// <summary>Arrays of NumPy zips as double, for the tests of the statistics.</summary>
internal static class RecordedActions
{
    /// <summary>The data sets in <c>actions</c>.</summary>
    public static readonly string[] Names =
    [
        "adroit_door", "aloha_sim_insertion_human", "bridge", "franka_delta_eef", "g1_inspire", "gr1_pickplace", "pusht", "robosuite_panda",
        "robosuite_panda_wipe",
    ];

    private static readonly ConcurrentDictionary<string, (double[] Rows, int Dimensions)> _loaded = new();

    /// <summary>All arrays of a zip by key, in the order of the file.</summary>
    public static List<(string Key, int[] Shape, double[] Values)> Read(params string[] parts)
    {
        using var zip = ZipFile.OpenRead(TestData.Locate(parts));
        return [.. zip.Entries.Select(Array)];
    }

    /// <summary>All steps of a data set, row-major, and its dimensions.</summary>
    public static (double[] Rows, int Dimensions) Load(string name) => _loaded.GetOrAdd(name, Concatenate);

    /// <summary>One dimension of all steps, sorted.</summary>
    public static double[] SortedColumn((double[] Rows, int Dimensions) data, int d)
    {
        double[] column = new double[data.Rows.Length / data.Dimensions];
        for (int i = 0; i < column.Length; i++) column[i] = data.Rows[i * data.Dimensions + d];
        System.Array.Sort(column);
        return column;
    }

    private static (double[] Rows, int Dimensions) Concatenate(string name)
    {
        var episodes = Read("actions", name + ".npz");
        return ([.. episodes.SelectMany(episode => episode.Values)], episodes[0].Shape[1]);
    }

    private static (string, int[], double[]) Array(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        byte[] bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);

        int headerLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        string header = Encoding.ASCII.GetString(bytes, 10, headerLength);
        Assert.Contains("'fortran_order': False", header, StringComparison.Ordinal);
        string type = Regex.Match(header, "'descr': '(.*?)'").Groups[1].Value;
        int[] shape = [.. Regex.Match(header, @"\((.*?)\)").Groups[1].Value.Split(',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(n => int.Parse(n, CultureInfo.InvariantCulture))];

        int size = type[^1] - '0';
        double[] values = new double[shape.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++)
        {
            var item = bytes.AsSpan(10 + headerLength + i * size, size);
            values[i] = type switch
            {
                "<f4" => BinaryPrimitives.ReadSingleLittleEndian(item),
                "<f8" => BinaryPrimitives.ReadDoubleLittleEndian(item),
                "<i4" => BinaryPrimitives.ReadInt32LittleEndian(item),
                _ => throw new NotSupportedException($"{entry.FullName}: {type}"),
            };
        }

        return (Path.GetFileNameWithoutExtension(entry.FullName), shape, values);
    }
}
