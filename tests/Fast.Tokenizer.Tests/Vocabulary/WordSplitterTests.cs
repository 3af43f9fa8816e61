using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Fast.Tokenizer.Tests.Interop;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>Cuts against the regular expression itself.</summary>
public sealed partial class WordSplitterTests
{
    // All that the expression tells apart: the letters of contractions, the blank it may take along, other blanks, a digit, a sign.
    private const string Representatives = "'srel \u00A0\n1!";

    [Fact]
    public void All_short_strings_are_cut_as_the_expression_cuts_them()
    {
        for (int length = 1; length <= (Rounds.AreFew ? 4 : 6); length++)
        {
            var digits = new int[length];
            var text = new char[length];
            var codePoints = new int[length];
            bool more = true;
            while (more)
            {
                for (int i = 0; i < length; i++) codePoints[i] = text[i] = Representatives[digits[i]];
                CheckCuts(text, codePoints);
                more = Next(digits, Representatives.Length);
            }
        }
    }

    [Fact]
    public void Every_contraction_is_cut_as_the_expression_cuts_it()
    {
        const string Letters = "'stremvld x";
        for (int length = 1; length <= (Rounds.AreFew ? 3 : 5); length++)
        {
            var digits = new int[length];
            bool more = true;
            while (more)
            {
                CheckCuts([.. digits.Select(digit => Letters[digit])]);
                more = Next(digits, Letters.Length);
            }
        }
    }

    [Fact]
    public void Random_strings_of_any_characters_are_cut_as_the_expression_cuts_them()
    {
        for (int seed = 0; seed < Rounds.Of(20_000); seed++)
            CheckCuts(Array.ConvertAll(CoefficientRows.Next(new Random(seed), 0x162, astral: false), value => (char)value));
    }

    [Fact]
    public void Characters_of_one_unit_are_in_the_class_the_expression_gives_them()
    {
        for (int value = 0; value <= char.MaxValue; value += Rounds.AreFew ? 3 : 1)
        {
            if (char.IsSurrogate((char)value)) continue;
            ReadOnlySpan<char> text = [(char)value];
            CodePointClass expected = Letter().IsMatch(text) ? CodePointClass.Letter
                : Number().IsMatch(text) ? CodePointClass.Number
                : Blank().IsMatch(text) ? CodePointClass.Blank
                : CodePointClass.Other;
            Assert.True(expected == WordSplitter.ClassOf(value), $"U+{value:X4}");
        }
    }

    [Fact]
    public void Characters_of_two_units_are_in_the_class_of_their_category_and_never_blank()
    {
        var seen = new HashSet<CodePointClass>();
        for (int value = 0x10000; value <= 0x10FFFF; value += Rounds.AreFew ? 97 : 1)
        {
            CodePointClass expected = Rune.GetUnicodeCategory(new Rune(value)) switch
            {
                <= UnicodeCategory.OtherLetter => CodePointClass.Letter,
                UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CodePointClass.Number,
                _ => CodePointClass.Other,
            };
            Assert.True(expected == WordSplitter.ClassOf(value), $"U+{value:X}");
            seen.Add(expected);
        }

        Assert.Equal(3, seen.Count);
    }

    [Theory]
    [InlineData("\U0001D7CE1", new[] { 2 })]
    [InlineData("a\U00020000", new[] { 2 })]
    [InlineData("a\U0001F600!", new[] { 1, 3 })]
    [InlineData(" \U00020000 \U0001F600", new[] { 2, 4 })]
    public void A_character_of_two_units_is_one_character(string text, int[] ends) =>
        Assert.Equal(ends, Ends([.. text.EnumerateRunes().Select(rune => rune.Value)]));

    private static void CheckCuts(char[] text) => CheckCuts(text, [.. text.Select(character => (int)character)]);

    private static void CheckCuts(ReadOnlySpan<char> text, ReadOnlySpan<int> codePoints)
    {
        int start = 0;
        foreach (ValueMatch match in NaiveByteLevel.Words().EnumerateMatches(text))
        {
            int end = WordSplitter.WordEnd(codePoints, start);
            if (match.Index != start || end != start + match.Length)
                Assert.Fail($"'{Regex.Escape(text.ToString())}': the word at {start} ends at {end}, expected {match.Index + match.Length}");
            start = end;
        }

        Assert.Equal(text.Length, start);
    }

    private static int[] Ends(int[] codePoints)
    {
        var ends = new List<int>();
        for (int start = 0; start < codePoints.Length; start = ends[^1]) ends.Add(WordSplitter.WordEnd(codePoints, start));
        return [.. ends];
    }

    private static bool Next(int[] digits, int radix)
    {
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            if (++digits[i] < radix) return true;
            digits[i] = 0;
        }

        return false;
    }

    [GeneratedRegex(@"\p{L}")]
    private static partial Regex Letter();

    [GeneratedRegex(@"\p{N}")]
    private static partial Regex Number();

    [GeneratedRegex(@"\s")]
    private static partial Regex Blank();
}
