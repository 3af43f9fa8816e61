using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Interop;

/// <summary>What the statistics files of other projects have in common: bounded reading, replaced writing, fields by name.</summary>
internal static class StatisticsFile
{
    /// <summary>The longest file or line that is read, 64 MB: thousands of times a real one.</summary>
    public const int MaxLength = 64 << 20;

    private static readonly JsonWriterOptions _options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">It is longer than <see cref="MaxLength"/>.</exception>
    public static byte[] ReadBounded(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.CanSeek && stream.Length > MaxLength) throw TooLong(path);
        using var read = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        while (stream.Read(buffer) is > 0 and int count)
        {
            read.Write(buffer, 0, count);
            if (read.Length > MaxLength) throw TooLong(path);
        }

        return read.ToArray();
    }

    /// <summary>Makes statistics of the fields of a file.</summary>
    /// <exception cref="InvalidDataException">The fields contradict each other; the message names file, field and dimension.</exception>
    public static ActionStatistics ToStatistics(Dictionary<string, double[]> fields, string file, string key)
    {
        double[]? Field(string name) => fields.GetValueOrDefault(name);
        long? count = Field("count") is { } counts ? Count(counts, file, key) : null;
        try
        {
            return new ActionStatistics(count, Field("min"), Field("max"), Field("mean"), Field("std"),
                Field("q01"), Field("q10"), Field("q50"), Field("q90"), Field("q99"));
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"{file}: '{key}': {problem.Message}", problem);
        }
    }

    /// <summary>Checks a count of steps.</summary>
    /// <exception cref="InvalidDataException">It is not one whole number from 1 to 2^53.</exception>
    public static long Count(double[] counts, string file, string key) =>
        counts is [>= 1 and <= 1L << 53] && Math.Floor(counts[0]) == counts[0]
            ? (long)counts[0]
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{file}: count of '{key}' is [{string.Join(", ", counts.Take(4))}], expected one whole number of steps, at least 1"));

    /// <summary>Makes a normaliser of statistics from a file.</summary>
    /// <exception cref="InvalidDataException">The statistics lack what the options need; the message names the file.</exception>
    public static ActionNormalizer ToNormalizer(ActionStatistics statistics, NormalizationOptions options, string path)
    {
        try
        {
            return new ActionNormalizer(statistics, options);
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"{path}: {problem.Message}", problem);
        }
    }

    /// <summary>Writes fields of one feature, each a list of numbers that Python reads as floats.</summary>
    public static byte[] Serialize(
        string? wrapper, string key, IEnumerable<(string Name, IReadOnlyList<double>? Values)> fields, long? count)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            json.WriteStartObject();
            if (wrapper is not null) json.WriteStartObject(wrapper);
            json.WriteStartObject(key);
            foreach (var (name, values) in fields)
            {
                if (values is null) continue;
                json.WriteStartArray(name);
                foreach (double value in values) json.WriteRawValue(Number(value));
                json.WriteEndArray();
            }

            if (count is { } steps)
            {
                json.WriteStartArray("count");
                json.WriteNumberValue(steps);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            if (wrapper is not null) json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    /// <summary>Writes a file, whole or not at all; an existing one is replaced.</summary>
    public static void Replace(string path, byte[] content)
    {
        string target = Path.GetFullPath(path), written = $"{target}.{Guid.NewGuid().ToString("N")[..8]}.tmp";
        try
        {
            using (var stream = new FileStream(written, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(written, target, overwrite: true);
        }
        finally
        {
            File.Delete(written);
        }
    }

    /// <summary>The error of a file or line that is longer than any real one.</summary>
    public static InvalidDataException TooLong(string where) =>
        new($"{where} is longer than {MaxLength} bytes, which statistics are not; is it another file?");

    // Without a fraction or exponent Python would make integers of them, and an integer array of a list of such.
    private static string Number(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }
}
