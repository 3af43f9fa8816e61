using System.Text.Json;

namespace Fast.Tokenizer.Interop;

/// <summary>What is wrong with a JSON text, as a part of a message.</summary>
/// <remarks>The reader quotes what it could not read: that may be the whole rest of a hostile file, with all its lines.</remarks>
internal static class JsonProblem
{
    // The end says what was expected, and where.
    private const int LongestStart = 60, LongestEnd = 240;

    /// <summary>
    /// Whether an exception is about the text: text that is no JSON, or a name or string in it that is no text, such as half a surrogate
    /// pair or bytes that are not UTF-8, which is an <see cref="InvalidOperationException"/> where it is read.
    /// </summary>
    public static bool Is(Exception problem) => problem is JsonException or InvalidOperationException;

    /// <summary>The message of the reader in one line, shortened in the middle.</summary>
    public static string Describe(Exception problem)
    {
        string message = problem.Message;
        if (message.Length > LongestStart + LongestEnd) message = $"{message.AsSpan(0, LongestStart)}...{message.AsSpan(message.Length - LongestEnd)}";
        return string.Create(message.Length, message, static (line, text) =>
        {
            for (int i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029' ? ' ' : text[i];
        });
    }
}
