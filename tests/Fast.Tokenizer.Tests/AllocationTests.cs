namespace Fast.Tokenizer.Tests;

/// <summary>Counts the bytes allocated on the hot paths, while no other test runs.</summary>
/// <remarks>A full garbage collection lets the array pool drop its arrays, and the next call then allocates them anew.</remarks>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    [Theory]
    [InlineData(5, 7, true)]
    [InlineData(50, 14, true)]
    [InlineData(50, 14, false)]
    [InlineData(1, 1, false)]
    [InlineData(20, 44, true)]
    public void Neither_direction_allocates(int horizon, int dimensions, bool normalized)
    {
        var shape = new ActionShape(horizon, dimensions);
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(
            normalizer: normalized ? new(SampleTokenizers.Statistics(dimensions), new() { Clip = true }) : null);
        double[] wide = SampleTokenizers.Motion(new(19), shape);
        tokenizer.Definition.Normalizer?.Denormalize(wide, wide);
        float[] single = SampleTokenizers.ToSingle(wide);
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        int[] exact = tokenizer.Encode(wide, shape);
        int[] ids = [.. exact];

        void Run()
        {
            tokenizer.Encode(wide, shape, tokens);
            tokenizer.Encode(single, shape, tokens);
            tokenizer.Encode(wide, shape, exact);
            tokenizer.TryDecode(ids, shape, wide);
            tokenizer.TryDecode(ids, shape, single);
            tokenizer.TryDecode(ids.AsSpan(1), shape, wide);
            tokenizer.Decode(ids.AsSpan(1), shape, single, Tokenizer.Decoding.DecodePolicy.Prefix);
        }

        int calls = Math.Max(200, 20_000 / shape.Count);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        for (int i = 0; i < 50; i++) Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < calls; i++) Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
