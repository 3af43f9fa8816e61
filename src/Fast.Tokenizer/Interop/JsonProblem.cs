using System.Text.Json;

namespace Fast.Tokenizer.Interop;

/// <summary>What is wrong with a JSON text, as a part of a message.</summary>
internal static class JsonProblem
{
    /// <summary>
    /// Whether an exception is about the text: text that is no JSON, or a name or string in it that is no text, such as half a surrogate
    /// pair or bytes that are not UTF-8, which is an <see cref="InvalidOperationException"/> where it is read.
    /// </summary>
    public static bool Is(Exception problem) => problem is JsonException or InvalidOperationException;

    /// <summary>The message of the reader, which may quote the whole rest of a file.</summary>
    public static string Describe(Exception problem) => ForeignText.Message(problem.Message);
}
