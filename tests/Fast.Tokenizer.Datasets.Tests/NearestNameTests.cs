namespace Fast.Tokenizer.Datasets.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] _known = ["rlds", "npz", "horizon", "vocab-size", "observation.state"];

    [Theory]
    [InlineData("rlsd", "rlds")]
    [InlineData("RLDS", "rlds")]
    [InlineData("npy", "npz")]
    [InlineData("horizn", "horizon")]
    [InlineData("hrozion", "horizon")]
    [InlineData("vocab_siz", "vocab-size")]
    [InlineData("observation.states", "observation.state")]
    [InlineData("", null)]
    [InlineData("xyz", null)]
    [InlineData("lambda", null)]
    public void Nearest_within_a_third_of_the_letters(string name, string? nearest)
    {
        Assert.Equal(nearest, NearestName.Of(name, _known));
        Assert.Equal(nearest is null ? "" : $" (did you mean '{nearest}'?)", NearestName.Guess(name, _known));
        Assert.Null(NearestName.Of(name, []));
    }
}
