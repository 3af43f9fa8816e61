using System.Globalization;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>Cuts text into words as the GPT-2 regular expression does, on code points and without a string.</summary>
/// <remarks>
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, the pre-tokenizer of GPT-2 and of every published
/// FAST tokenizer. Its matches follow each other without gaps, so a word is known by its end.
/// </remarks>
internal static class WordSplitter
{
    // Coefficients near zero are characters far below this in every known tokenizer.
    private const int TableSize = 0x800;
    private const int FirstOfLetters = 0xF8;
    private const int LastOfLetters = 0x2C1;

    private static readonly CodePointClass[] _classes = [.. Enumerable.Range(0, TableSize).Select(Classify)];

    /// <summary>The end of the word that starts at a place.</summary>
    public static int WordEnd(ReadOnlySpan<int> codePoints, int start)
    {
        if (codePoints[start] == '\'' && Contraction(codePoints[start..]) is > 0 and int length) return start + length;

        CodePointClass first = ClassOf(codePoints[start]);
        if (codePoints[start] == ' ' && start + 1 < codePoints.Length
            && ClassOf(codePoints[start + 1]) is var next and not CodePointClass.Blank)
        {
            return RunEnd(codePoints, start + 1, next);
        }

        int end = RunEnd(codePoints, start, first);

        // \s+(?!\S): before a word, the last blank of several is left to it or stands alone.
        return first == CodePointClass.Blank && end < codePoints.Length && end - start > 1 ? end - 1 : end;
    }

    public static CodePointClass ClassOf(int codePoint) => (uint)codePoint < TableSize ? _classes[codePoint] : Classify(codePoint);

    private static int RunEnd(ReadOnlySpan<int> codePoints, int start, CodePointClass kind)
    {
        int end = start + 1;
        while (end < codePoints.Length && ClassOf(codePoints[end]) == kind)
        {
            // Characters near each other mostly are of one class: U+00F8 to U+02C1, where FAST+ has its coefficients, are all letters.
            end++;
            if (kind != CodePointClass.Letter || codePoints.Length - end < 8) continue;
            int other = codePoints[end..].IndexOfAnyExceptInRange(FirstOfLetters, LastOfLetters);
            if (other < 0) return codePoints.Length;
            end += other;
        }

        return end;
    }

    private static int Contraction(ReadOnlySpan<int> text)
    {
        if (text.Length < 2) return 0;
        int second = text.Length > 2 ? text[2] : 0;
        return (text[1], second) switch
        {
            ('s' or 't' or 'm' or 'd', _) => 2,
            ('r', 'e') or ('v', 'e') or ('l', 'l') => 3,
            _ => 0,
        };
    }

    private static CodePointClass Classify(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CodePointClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CodePointClass.Number,
        _ => codePoint <= char.MaxValue && char.IsWhiteSpace((char)codePoint) ? CodePointClass.Blank : CodePointClass.Other,
    };
}
