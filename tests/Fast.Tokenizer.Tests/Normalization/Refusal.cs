namespace Fast.Tokenizer.Tests.Normalization;

/// <summary>Asserts that bad input is refused with a message that names it.</summary>
internal static class Refusal
{
    public static void Says<T>(string text, Func<object?> act) where T : Exception =>
        Assert.Contains(text, Assert.Throws<T>(act).Message, StringComparison.Ordinal);

    public static void Says<T>(string text, Action act) where T : Exception =>
        Assert.Contains(text, Assert.Throws<T>(act).Message, StringComparison.Ordinal);
}
