namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Smooth made-up motion, the same on every run.</summary>
internal static class Motion
{
    /// <summary>Values of one episode, row-major [steps, dims].</summary>
    public static double[] Episode(int steps, int dims, int seed = 0)
    {
        var random = new Random(seed);
        double[] phases = [.. Enumerable.Range(0, dims).Select(_ => random.NextDouble() * 6)];
        return [.. Enumerable.Range(0, steps * dims).Select(i => Math.Sin((i / dims * 0.1 * (1 + (i % dims))) + phases[i % dims]))];
    }
}
