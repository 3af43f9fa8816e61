using System.Numerics;
using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Decoding;

/// <summary>Chooses the next token from logits, among those that a constraint allows.</summary>
/// <remarks>
/// Only the logits of action tokens are read, however long the row is. Equal logits are in order of id, the lowest first. Where all allowed
/// ones are negative infinity, the lowest allowed id is taken. Positive infinities share the choice alone. Not to be shared between
/// threads; after the first call with a grammar nothing is allocated.
/// </remarks>
public sealed class ConstrainedSampler
{
    private readonly SamplingOptions _options;
    private float[] _window = [];
    private double[] _weights = [];
    private ulong[] _order = [];
    private ulong _random;

    /// <summary>Makes a sampler.</summary>
    /// <param name="options">How to choose; null for greedy.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number in the options is out of its range.</exception>
    public ConstrainedSampler(SamplingOptions? options = null)
    {
        _options = options ?? new();
        if (!(_options.Temperature >= 0) || !double.IsFinite(_options.Temperature))
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"the temperature is {_options.Temperature}, it must be 0 or above, and finite");
        }

        if (_options.TopK < 0)
            throw new ArgumentOutOfRangeException(nameof(options), $"top-k is {_options.TopK}, it must be 1 or above, or 0 for all");
        if (!(_options.TopP is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), $"top-p is {_options.TopP}, it must be above 0 and at most 1");
        _random = _options.Seed;
    }

    /// <summary>Chooses the next id; the constraint does not change.</summary>
    /// <param name="logits">A logit for each id of the constraint's grammar, unmasked; not changed.</param>
    /// <param name="constraint">What may come next.</param>
    /// <returns>An allowed id: the end marker where the chunk is complete.</returns>
    /// <exception cref="ArgumentException">The row is too short, or the logit of an action token is NaN.</exception>
    /// <exception cref="InvalidOperationException">The chunk is complete and there is no end marker to come.</exception>
    public int Next(ReadOnlySpan<float> logits, TokenConstraint constraint)
    {
        ArgumentNullException.ThrowIfNull(constraint);
        constraint.CheckRow(logits.Length, nameof(logits));
        TokenGrammar grammar = constraint.Grammar;
        if (constraint.IsComplete)
        {
            return grammar.Options.EndId is { } end && constraint.IsAllowed(end)
                ? end
                : throw new InvalidOperationException("the chunk is complete and no token may follow: decode it, then Reset");
        }

        ReadOnlySpan<float> window = logits.Slice(grammar.LowestId, grammar.WindowLength);
        int best = Largest(window, grammar.LowestId);
        if (_options.Temperature == 0 && constraint.IsAllowed(grammar.LowestId + best)) return grammar.LowestId + best;

        if (_window.Length < window.Length) _window = new float[window.Length];
        Span<float> masked = _window.AsSpan(0, window.Length);
        window.CopyTo(masked);
        TokenConstraintState state = constraint.State;
        grammar.MaskWindow(state, masked);
        best = Largest(masked, grammar.LowestId);
        if (masked[best] == float.NegativeInfinity)
        {
            best = 0;
            while (!constraint.IsAllowed(grammar.LowestId + best)) best++;
        }
        else if (_options.Temperature > 0)
        {
            best = Draw(masked, masked[best]);
        }

        return grammar.LowestId + best;
    }

    private int Draw(ReadOnlySpan<float> logits, float largest)
    {
        if (_weights.Length < logits.Length) (_weights, _order) = (new double[logits.Length], new ulong[logits.Length]);
        int count = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (logits[i] > float.NegativeInfinity) _order[count++] = Rank(logits[i], i);
        }

        Span<ulong> order = _order.AsSpan(0, count);
        bool cut = (_options.TopK > 0 && _options.TopK < count) || _options.TopP < 1;
        if (cut) order.Sort();
        if (_options.TopK > 0 && _options.TopK < count) order = order[.._options.TopK];

        double sum = 0;
        for (int i = 0; i < order.Length; i++) sum += _weights[i] = Weight(logits[(int)(uint)order[i]], largest);
        if (_options.TopP < 1)
        {
            // At least one is wanted, as that is more than 0, and no more than all, as they are added in the same order.
            double wanted = sum * _options.TopP;
            sum = 0;
            int kept = 0;
            while (sum < wanted) sum += _weights[kept++];
            order = order[..kept];
        }

        double at = NextDouble() * sum;
        int last = 0;
        for (int i = 0; i < order.Length; i++)
        {
            if (_weights[i] == 0) continue;
            last = i;
            at -= _weights[i];
            if (at < 0) break;
        }

        return (int)(uint)order[last];
    }

    // The difference of two infinities is no number.
    private double Weight(float logit, float largest) => logit == largest ? 1 : Math.Exp(((double)logit - largest) / _options.Temperature);

    // Ascending order of these is descending order of logits, then ascending order of places; both zeros are one.
    private static ulong Rank(float logit, int place)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        uint ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)~ascending << 32) | (uint)place;
    }

    // SplitMix64 (Steele, Lea, Flood 2014): one number of state, the same everywhere.
    private double NextDouble()
    {
        _random += 0x9E3779B97F4A7C15;
        ulong mixed = (_random ^ (_random >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    private static int Largest(ReadOnlySpan<float> logits, int firstId)
    {
        ReadOnlySpan<Vector<float>> wide = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var largest = new Vector<float>(float.NegativeInfinity);
        Vector<int> ordered = Vector<int>.AllBitsSet;
        foreach (Vector<float> values in wide)
        {
            ordered &= Vector.Equals(values, values);
            largest = Vector.ConditionalSelect(Vector.GreaterThan(values, largest), values, largest);
        }

        bool isOrdered = ordered == Vector<int>.AllBitsSet;
        float best = float.NegativeInfinity;
        for (int i = 0; i < Vector<float>.Count; i++) best = Math.Max(best, largest[i]);
        for (int i = wide.Length * Vector<float>.Count; i < logits.Length; i++)
        {
            isOrdered &= !float.IsNaN(logits[i]);
            best = Math.Max(best, logits[i]);
        }

        int place = 0;
        if (!isOrdered)
        {
            while (!float.IsNaN(logits[place])) place++;
            throw new ArgumentException($"the logit of id {firstId + place} is NaN: the model's output is broken", nameof(logits));
        }

        while (logits[place] != best) place++;
        return place;
    }
}
