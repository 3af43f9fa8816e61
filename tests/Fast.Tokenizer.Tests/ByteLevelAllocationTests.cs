namespace Fast.Tokenizer.Tests;

/// <summary>Counts the bytes allocated with a published tokenizer.</summary>
public sealed class ByteLevelAllocationTests
{
    [Theory]
    [InlineData("fast_plus", 50, 14)]
    [InlineData("fast_plus", 5, 7)]
    [InlineData("libero_s10", 20, 7)]
    public void Neither_direction_allocates(string name, int horizon, int dimensions)
    {
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(TestData.Locate("tokenizers", name));
        var shape = new ActionShape(horizon, dimensions);
        var random = new Random(4);
        double[] actions = [.. Enumerable.Range(0, shape.Count).Select(i => Math.Sin(i * 0.01) + (0.1 * random.NextDouble()))];
        var clamp = new EncodeOptions { OutOfRange = OutOfRangePolicy.Clamp };
        int[] exact = tokenizer.Encode(actions, shape), tokens = new int[tokenizer.MaxTokenCount(shape)];
        int[] ids = new int[tokenizer.Encode(actions, shape, tokens, clamp).Count];
        tokens.AsSpan(0, ids.Length).CopyTo(ids);

        void Run()
        {
            tokenizer.Encode(actions, shape, tokens);
            tokenizer.Encode(actions, shape, exact);
            tokenizer.Encode(actions, shape, tokens, clamp);
            Assert.True(tokenizer.TryDecode(ids, shape, actions).IsComplete);
            Assert.False(tokenizer.TryDecode(ids.AsSpan(1), shape, actions).IsComplete);
        }

        // The first decode leaves actions that come back as they are.
        for (int i = 0; i < 50; i++) Run();
        Assert.Equal(0, Allocated.By(Run));
    }
}
