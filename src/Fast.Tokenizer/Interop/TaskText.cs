using System.Globalization;
using System.Text;

namespace Fast.Tokenizer.Interop;

/// <summary>Python's string methods as the published prompts apply them to a task.</summary>
internal static class TaskText
{
    // The four blanks of Python's str.strip that are no white space in .NET.
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    // Inside a word for the rule of the final sigma: Unicode's case-ignorable punctuation.
    private const string IgnorablePunctuation = "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

    /// <summary>Refuses half a surrogate pair, which has no bytes in UTF-8: a SentencePiece model would read it as U+FFFD.</summary>
    public static void CheckWellFormed(string task)
    {
        for (int i = 0; i < task.Length; i++)
        {
            if (!char.IsSurrogate(task[i])) continue;
            if (!char.IsSurrogatePair(task, i))
            {
                throw new ArgumentException(
                    $"character {i} of the task is half a pair of surrogates, U+{(int)task[i]:X4}: give well-formed text", nameof(task));
            }

            i++;
        }
    }

    /// <summary>As <c>str.strip()</c>.</summary>
    public static string Strip(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && IsBlank(text[start])) start++;
        while (start < end && IsBlank(text[end - 1])) end--;
        return text[start..end];
    }

    /// <summary>
    /// As <c>str.lower()</c>, which unlike .NET's maps a capital sigma by its place in the word, and the dotted capital I to two
    /// characters.
    /// </summary>
    public static string Lower(string text)
    {
        string lower = text.ToLowerInvariant();
        if (text.AsSpan().IndexOfAny('\u03A3', '\u0130') < 0) return lower;

        var result = new StringBuilder(lower.Length + 8);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\u0130') result.Append("i\u0307");
            else if (text[i] == '\u03A3' && IsCased(text, i, -1) && !IsCased(text, i, 1)) result.Append('\u03C2');
            else result.Append(lower[i]);
        }

        return result.ToString();
    }

    // Whether the next character that counts, before or after the one at `index`, is a letter with case.
    private static bool IsCased(string text, int index, int step)
    {
        for (int i = index + step; (uint)i < (uint)text.Length; i += step)
        {
            if (step < 0 && i > 0 && char.IsSurrogatePair(text[i - 1], text[i])) i--;
            var category = CharUnicodeInfo.GetUnicodeCategory(text, i);
            if (step > 0 && char.IsSurrogatePair(text, i)) i++;
            bool ignorable = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
                or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
            if (!ignorable && !IgnorablePunctuation.Contains(text[i], StringComparison.Ordinal))
                return category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;
        }

        return false;
    }
}
