namespace Fast.Tokenizer.Tests;

/// <summary>How often a test goes round: with <c>FAST_TOKENIZER_FEW_ROUNDS=1</c> a twentieth of it.</summary>
/// <remarks>
/// For runs under which the library is slower by an order of magnitude: a mutated one asks at every operator which mutant is on, a measured
/// one counts its lines.
/// </remarks>
internal static class Rounds
{
    public static readonly bool AreFew = Environment.GetEnvironmentVariable("FAST_TOKENIZER_FEW_ROUNDS") == "1";

    public static int Of(int all) => AreFew ? Math.Max(1, all / 20) : all;

    /// <summary>Skips a test that goes through everything there is, which is too much where rounds are few.</summary>
    public static void SkipIfFew() => Assert.SkipWhen(AreFew, "takes too long with FAST_TOKENIZER_FEW_ROUNDS=1");
}
