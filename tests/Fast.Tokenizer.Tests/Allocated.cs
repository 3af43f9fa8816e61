namespace Fast.Tokenizer.Tests;

/// <summary>Bytes that an action allocates on this thread.</summary>
internal static class Allocated
{
    private const int Rounds = 10;

    /// <summary>The least of several rounds after a first call. Code that allocates does so in each; a pool that the garbage of other tests
    /// emptied is refilled in one.</summary>
    public static long By(Action action)
    {
        action();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
