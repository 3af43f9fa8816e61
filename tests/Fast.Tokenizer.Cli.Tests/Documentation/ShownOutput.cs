namespace Fast.Tokenizer.Cli.Tests.Documentation;

/// <summary>Compares what a document shows of an output with the output.</summary>
internal static class ShownOutput
{
    /// <summary>Stands in a document for any number of lines.</summary>
    private const string Omitted = "...";

    /// <summary>Asserts that the output is what is shown; blank lines and blanks at the ends of lines do not count.</summary>
    /// <param name="shown">The block.</param>
    /// <param name="actual">What the commands or the program wrote.</param>
    public static void AssertIs(string shown, string actual)
    {
        List<string> expected = Lines(shown), lines = Lines(actual);
        Assert.True(Matches([.. expected], [.. lines]), $"shown is\n{shown}\nbut written was\n{actual}");
    }

    private static bool Matches(ReadOnlySpan<string> expected, ReadOnlySpan<string> lines)
    {
        while (!expected.IsEmpty)
        {
            if (expected[0] == Omitted)
            {
                for (int skipped = 0; skipped <= lines.Length; skipped++)
                    if (Matches(expected[1..], lines[skipped..])) return true;
                return false;
            }

            if (lines.IsEmpty || lines[0] != expected[0]) return false;
            expected = expected[1..];
            lines = lines[1..];
        }

        return lines.IsEmpty;
    }

    private static List<string> Lines(string text) =>
        [.. text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
}
