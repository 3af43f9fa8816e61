using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class TaskTextTests
{
    // Values of Python's str.lower().
    [Theory]
    [InlineData("", "")]
    [InlineData("Pick UP", "pick up")]
    [InlineData("ÄÖÜ ß ẞ", "äöü ß ß")]
    [InlineData("\u01C5 \u2126", "\u01C6 \u03C9")]
    [InlineData("\u0130STANBUL I", "i\u0307stanbul i")]
    [InlineData("\u03A0\u039F\u03A3", "\u03C0\u03BF\u03C2")]
    [InlineData("\u03A3", "\u03C3")]
    [InlineData("1\u03A3", "1\u03C3")]
    [InlineData("\u03A3\u03A3", "\u03C3\u03C2")]
    [InlineData("\u0391\u03A3 \u0392\u03A3.", "\u03B1\u03C2 \u03B2\u03C2.")]
    [InlineData("\u0391\u03A3'\u0392", "\u03B1\u03C3'\u03B2")]
    [InlineData("\u0391\u03A3.\u0392", "\u03B1\u03C3.\u03B2")]
    [InlineData("\u0391\u03A3-\u0392", "\u03B1\u03C2-\u03B2")]
    [InlineData("\u0391\u0301\u03A3", "\u03B1\u0301\u03C2")]
    [InlineData("\u0391\u03A3\U0001D400", "\u03B1\u03C3\U0001D400")]
    [InlineData("\U0001D400\u03A3", "\U0001D400\u03C2")]
    [InlineData("\U00010400", "\U00010428")]
    public void Lower_case_is_Pythons(string text, string lower) => Assert.Equal(lower, TaskText.Lower(text));

    // Values of Python's str.strip().
    [Theory]
    [InlineData("", "")]
    [InlineData(" \t\r\n\v\f", "")]
    [InlineData("  a b \n", "a b")]
    [InlineData("\u001C\u001D\u001E\u001Fa\u0085\u00A0\u3000\u2028", "a")]
    [InlineData("\u200Ba\uFEFF", "\u200Ba\uFEFF")]
    public void Blanks_at_the_ends_are_Pythons(string text, string stripped) => Assert.Equal(stripped, TaskText.Strip(text));

    // No theory: an attribute cannot hold half a pair.
    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        (string, int)[] cases = [("ab\uD800", 2), ("\uDC00", 0), ("\U0001F600\uDE00", 2), ("\uD83D\uD83D\uDE00", 0)];
        foreach (var (text, position) in cases)
        {
            Refusal.Says<ArgumentException>($"character {position} of the task is half a pair of surrogates",
                () => TaskText.CheckWellFormed(text));
        }
    }

    [Fact]
    public void Whole_pairs_are_fine() => Assert.Null(Record.Exception(() => TaskText.CheckWellFormed("\U0001F600a\U00010400")));
}
