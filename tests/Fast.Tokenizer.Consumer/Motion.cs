internal static class Motion
{
    /// <summary>A hundred steps: a sine that is slower or faster by the seed, with a tremor; the second dimension is twice as wide.</summary>
    public static double[] Of(int seed) => [.. Enumerable.Range(0, 200).Select(i =>
        (Math.Sin((i / 2 * 0.05 * (1 + (seed % 7))) + seed) + (0.2 * Math.Sin((i * 1.7) + (seed * seed)))) * (1 + (i % 2)))];
}
