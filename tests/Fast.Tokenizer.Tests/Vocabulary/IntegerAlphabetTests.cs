using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

public sealed class IntegerAlphabetTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(-3, 4, 8)]
    [InlineData(0, 20_991, 20_992)]
    [InlineData(-20_991, 0, 20_992)]
    [InlineData(-10_000, 10_991, 20_992)]
    public void Each_coefficient_is_a_symbol(int min, int max, int symbols)
    {
        var alphabet = new IntegerAlphabet(min, max);

        Assert.Equal(symbols, alphabet.SymbolCount);
        Assert.Equal(min, alphabet.MinCoefficient);
        Assert.Equal(max, alphabet.MaxCoefficient);
        Assert.Equal(1, alphabet.MaxSymbolsPerCoefficient);
    }

    [Theory]
    [InlineData(1, 4, "minCoefficient")]
    [InlineData(int.MaxValue, int.MaxValue, "minCoefficient")]
    [InlineData(-4, -1, "maxCoefficient")]
    [InlineData(int.MinValue, int.MinValue, "maxCoefficient")]
    public void Bounds_without_zero_between_them_are_refused(int min, int max, string which) =>
        Assert.Contains(
            $"from {min} to {max} do not include 0",
            Assert.Throws<ArgumentOutOfRangeException>(which, () => new IntegerAlphabet(min, max)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 20_992, 20_993L)]
    [InlineData(-20_992, 0, 20_993L)]
    [InlineData(int.MinValue, int.MaxValue, 4_294_967_296L)]
    public void More_coefficients_than_a_folder_can_hold_are_refused_with_the_remedy(int min, int max, long symbols)
    {
        var problem = Assert.Throws<ArgumentOutOfRangeException>("maxCoefficient", () => new IntegerAlphabet(min, max));

        Assert.Contains($"from {min} to {max} need {symbols} symbols, at most 20992", problem.Message, StringComparison.Ordinal);
        Assert.Contains("lower the scale", problem.Message, StringComparison.Ordinal);
    }
}
