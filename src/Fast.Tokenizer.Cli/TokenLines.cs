using System.Globalization;
using System.Text;
using System.Text.Json;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Cli;

/// <summary>Token ids as JSON lines: an array of ids per chunk, or an object with it as <c>ids</c>, as <c>tokenize</c> writes.</summary>
internal static class TokenLines
{
    /// <summary>Writes one line.</summary>
    public static void Write(TextWriter writer, ReadOnlySpan<int> tokens)
    {
        writer.Write('[');
        Span<char> digits = stackalloc char[11];
        for (int i = 0; i < tokens.Length; i++)
        {
            if (i > 0) writer.Write(',');
            tokens[i].TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture);
            writer.Write(digits[..length]);
        }

        writer.Write("]\n");
    }

    /// <summary>Reads lines one by one; blank ones are skipped.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Number of the line, from 1, and its ids.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// A line is not a JSON array of 32-bit integers, nor an object with one as <c>ids</c>; the message names file and line.
    /// </exception>
    public static IEnumerable<(int Line, int[] Tokens)> Read(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"no such file: {path}", path);
        int line = 0;
        foreach (string text in File.ReadLines(path, Encoding.UTF8))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text)) yield return (line, Parse(text, path, line));
        }
    }

    private static int[] Parse(string text, string path, int line)
    {
        var tokens = new List<int>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            if (!reader.Read()) throw Bad("it is empty");
            if (reader.TokenType == JsonTokenType.StartObject) FindIds(ref reader);
            if (reader.TokenType != JsonTokenType.StartArray) throw Bad("it does not start with '['");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int token))
                    throw Bad($"entry {tokens.Count} is {Shorten(reader.ValueSpan)}, which is no 32-bit integer");
                tokens.Add(token);
            }

            while (reader.Read()) reader.TrySkip();
        }
        catch (JsonException problem)
        {
            throw Bad($"after {tokens.Count} ids, at byte {problem.BytePositionInLine}, it is no JSON");
        }
        catch (InvalidOperationException problem)
        {
            // A name with half of a surrogate pair.
            throw Bad(JsonProblem.Describe(problem));
        }

        return [.. tokens];

        InvalidDataException Bad(string reason) =>
            new($"{path}, line {line}: {reason}; expected one array of token ids such as [12,7,300]");
    }

    // Stands on the value of "ids" afterwards, or on the end of the object where it has none.
    private static void FindIds(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIds = reader.ValueTextEquals("ids"u8);
            reader.Read();
            if (isIds) return;
            reader.Skip();
        }
    }

    private static string Shorten(ReadOnlySpan<byte> value) =>
        value.Length <= 24 ? Encoding.UTF8.GetString(value) : $"{Encoding.UTF8.GetString(value[..24])}...";
}
