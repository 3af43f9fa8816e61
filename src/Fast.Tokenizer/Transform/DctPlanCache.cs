namespace Fast.Tokenizer.Transform;

/// <summary>The plans that a tokenizer has used, one per length; reading takes no lock.</summary>
internal sealed class DctPlanCache
{
    // A policy uses one or two horizons. Whoever walks through many lengths should not keep them all.
    private const int Capacity = 16;

    private DctPlan[] _plans = [];

    public DctPlan Get(int length)
    {
        foreach (DctPlan plan in Volatile.Read(ref _plans))
        {
            if (plan.Length == length) return plan;
        }

        return Add(length);
    }

    private DctPlan Add(int length)
    {
        var plan = new DctPlan(length);
        DctPlan[] before = Volatile.Read(ref _plans);
        DctPlan[] after = before.Length < Capacity ? [.. before, plan] : [plan];

        // Where two threads add at once one of the plans is dropped and made again when next needed.
        Interlocked.CompareExchange(ref _plans, after, before);
        return plan;
    }
}
