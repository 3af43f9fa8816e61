namespace Fast.Tokenizer.Tests;

/// <summary>How often a test goes round: a twentieth of it where every mutant of the library has the tests run again.</summary>
/// <remarks>
/// <c>MutationTests=true</c>, which README.md of the tests says to set, is read by the project file, too. A mutated library is slower by an order of
/// magnitude, for it asks at every operator which mutant is on.
/// </remarks>
internal static class Rounds
{
    public static readonly bool AreFew = Environment.GetEnvironmentVariable("MutationTests") == "true";

    public static int Of(int all) => AreFew ? Math.Max(1, all / 20) : all;

    /// <summary>Skips a test that goes through everything there is, which is too much where rounds are few.</summary>
    public static void SkipIfFew() => Assert.SkipWhen(AreFew, "takes too long for every mutant");
}
