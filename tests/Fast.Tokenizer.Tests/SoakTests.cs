namespace Fast.Tokenizer.Tests;

/// <summary>A hundred thousand chunks both ways leave nothing behind; the <c>soak</c> verb of the benchmarks does ten million.</summary>
[Collection(nameof(AllocationTests))]
public sealed class SoakTests
{
    [Fact]
    public void Memory_is_flat()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();
        var random = new Random(41);
        ActionShape[] shapes = [new(1, 1), new(5, 7), new(20, 3), new(16, 14)];
        double[][] chunks = [.. shapes.Select(shape => SampleTokenizers.Motion(random, shape))];
        void Run(int count) => Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            ActionShape shape = shapes[i % shapes.Length];
            Span<int> tokens = stackalloc int[shape.Count];
            Span<float> actions = stackalloc float[shape.Count];
            int count = tokenizer.Encode(chunks[i % chunks.Length], shape, tokens).Count;
            Assert.True(tokenizer.TryDecode(tokens[..count], shape, actions).IsComplete);
        });

        Run(20_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Run(100_000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 200_000);
    }
}
