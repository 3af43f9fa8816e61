namespace Fast.Tokenizer.Interop;

/// <summary>Text out of files as messages show it: on one line, and short. Files are hostile.</summary>
internal static class ForeignText
{
    // Of a long one the end says most.
    private const int LongestStart = 60, LongestEnd = 240;

    /// <summary>A name or a value, cut behind its first characters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Characters shown.</param>
    public static string Shown(string text, int most = 80) => OneLine(text.Length <= most ? text : $"{text.AsSpan(0, most)}...");

    /// <summary>The message of a library that quotes what it could not read, cut in the middle.</summary>
    public static string Message(string text) => OneLine(text.Length <= LongestStart + LongestEnd
        ? text
        : $"{text.AsSpan(0, LongestStart)}...{text.AsSpan(text.Length - LongestEnd)}");

    /// <summary>Text of any length, without what would break a line or drive a terminal.</summary>
    public static string OneLine(string text) => string.Create(text.Length, text, static (line, text) =>
    {
        for (int i = 0; i < line.Length; i++)
        {
            bool isBlank = char.IsWhiteSpace(text[i]);
            line[i] = isBlank ? ' ' : char.IsControl(text[i]) ? '?' : text[i];
        }
    });
}
