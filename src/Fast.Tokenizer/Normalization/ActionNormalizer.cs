using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Normalization;

/// <summary>Maps each action dimension to its normalised range by <c>y = (x - center) / halfRange</c>, and back. Immutable.</summary>
/// <remarks>
/// <para>All of this holds for <see cref="NormalizationFormula.Exact"/>; a project's formula does as that project does, which
/// <see cref="NormalizationFormula"/> describes.</para>
/// <para>The range methods map the two statistics to -1 and 1, to rounding, and no epsilon is added to the range. -1 and 1 come back as the
/// statistics exactly where some center and half range in float64 allow it, as for most float32 statistics; else within one unit in the
/// last place of the larger one.</para>
/// <para>A dimension whose two quantiles are equal while min and max are not (a gripper that rarely moves) takes min and max as its range:
/// by its quantiles every motion would be lost. Without min and max in the statistics it counts as constant.</para>
/// <para>A constant dimension (no range, or one too small to divide by) maps to 0 and comes back exactly as the constant.</para>
/// <para>A masked dimension is left as it is. Masked and constant dimensions are never clipped.</para>
/// <para>With <see cref="NormalizationOptions.Weights"/> a dimension takes <c>y = (x - center) / unit</c>, where the unit is the half range
/// divided by the weight: the two statistics go to plus and minus the weight.</para>
/// </remarks>
public sealed class ActionNormalizer
{
    /// <summary>The largest magnitude of a normalised value, 1e100; a larger one is refused, as NaN is.</summary>
    public const double MaxNormalized = 1e100;

    private readonly double[] _center;
    private readonly double[] _origin;
    private readonly double[] _shift;
    private readonly double[] _halfRange;
    private readonly double[] _unit;
    private readonly bool _clips;

    // One vector per dimension: the dimensions repeat D after D, so D vectors hold a whole number of periods whatever their width.
    private readonly Vector<double>[] _origins;
    private readonly Vector<double>[] _shifts;
    private readonly Vector<double>[] _units;
    private readonly Vector<double>[] _gains;
    private readonly Vector<double>[] _lows;
    private readonly Vector<double>[] _highs;
    private readonly Vector<double>[] _limits;

    /// <summary>Makes a normaliser.</summary>
    /// <param name="statistics">Statistics that hold the fields the method needs; per time step, one value per step and dimension,
    /// row-major [T,D].</param>
    /// <param name="options">Method, clipping, and mask and weights of D dimensions.</param>
    /// <param name="horizon">Time steps in a chunk where the options say <see cref="NormalizationOptions.PerTimestep"/>; else null.</param>
    /// <exception cref="ArgumentException">
    /// The statistics lack a field that the method needs, the mask has the wrong length, clipping is asked of a method without a range, or
    /// the formula's project lacks the method, clips otherwise, or would divide by a negative range. The weights have the wrong length,
    /// one is not a positive number, or does not go with the formula (the message names it and the dimension). Or the horizon is missing,
    /// not wanted, or does not divide the statistics.
    /// </exception>
    public ActionNormalizer(ActionStatistics statistics, NormalizationOptions options, int? horizon = null)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(options);
        Horizon = CheckHorizon(statistics, options, horizon);
        Dimensions = statistics.Dimensions / (Horizon ?? 1);
        var map = NormalizationMap.Create(statistics, Horizon is null ? options : options with
        {
            Mask = Repeat(options.Mask),
            Weights = Repeat(options.Weights),
        });
        Statistics = statistics;
        Options = options with
        {
            Mask = options.Mask is null ? null : Array.AsReadOnly(options.Mask.ToArray()),
            Weights = options.Weights is null ? null : Array.AsReadOnly(options.Weights.ToArray()),
        };
        (_origin, _shift, _halfRange) = (map.Origin, map.Shift, map.HalfRange);
        _unit = [.. map.HalfRange.Select((half, d) => half / map.Weight[d])];
        _center = [.. map.Origin.Select((origin, d) => origin + map.Shift[d] * _unit[d])];
        _origins = Tile(map.Origin);
        _shifts = Tile(map.Shift);
        _units = Tile(_unit);
        _gains = Tile(Array.ConvertAll(_unit, unit => unit == 0 ? 0 : 1 / unit));
        _lows = Tile(map.Low);
        _highs = Tile(map.High);
        _limits = Tile([.. map.High.Select((high, d) => double.IsFinite(high) ? map.Weight[d] : double.PositiveInfinity)]);
        _clips = map.High.Any(double.IsFinite) || map.Low.Any(double.IsFinite);
    }

    /// <summary>A normaliser that leaves every value as it is, and only refuses what is not finite.</summary>
    internal static ActionNormalizer Identity(int dimensions)
    {
        double[] zeros = new double[dimensions];
        var statistics = new ActionStatistics(mean: zeros, std: zeros);
        return new ActionNormalizer(statistics, new NormalizationOptions { Method = NormalizationMethod.Identity });
    }

    /// <summary>The statistics that this normaliser was made from.</summary>
    public ActionStatistics Statistics { get; }

    /// <summary>The options that this normaliser was made from.</summary>
    public NormalizationOptions Options { get; }

    /// <summary>Action dimensions, D.</summary>
    public int Dimensions { get; }

    /// <summary>Time steps in a chunk, T, where the statistics are per time step; null where they are the same for all steps. Then only
    /// whole chunks can be normalised, and every span below is row-major [T,D] instead of one value per dimension.</summary>
    public int? Horizon { get; }

    /// <summary>The action that maps to 0, one per dimension, in the unit of the actions.</summary>
    public ReadOnlySpan<double> Center => _center;

    /// <summary>Half the recorded range per dimension, or what the method has for it, in the unit of the actions; 0 for a constant, 1 for a
    /// masked one. What a normalised error is a share of, whatever the weights.</summary>
    public ReadOnlySpan<double> HalfRange => _halfRange;

    /// <summary>The size of one normalised unit per dimension, in the unit of the actions: the half range divided by the weight.</summary>
    public ReadOnlySpan<double> UnitSize => _unit;

    /// <summary>The half range of a dimension; per time step, its mean over the steps that have one. Unit of normalised errors.</summary>
    /// <param name="dimension">Index among the encoded dimensions.</param>
    /// <returns>In the unit of the dimension; 0 where it does not move.</returns>
    public double MeanHalfRange(int dimension) => Mean(_halfRange, dimension);

    /// <summary>The unit of a dimension; per time step, its mean over the steps that have one.</summary>
    internal double MeanUnit(int dimension) => Mean(_unit, dimension);

    /// <summary>Normalises actions.</summary>
    /// <param name="actions">Actions, row-major <c>[steps, D]</c>, in physical units.</param>
    /// <param name="normalized">Receives as many values; elsewhere in memory than <paramref name="actions"/>. Undefined when this
    /// throws.</param>
    /// <returns>How many values were clipped; 0 where clipping is off.</returns>
    /// <exception cref="ArgumentException">
    /// Not whole steps, lengths differ, the spans overlap, or a value is NaN, infinite or beyond <see cref="MaxNormalized"/> once
    /// normalised (the message names value, step and dimension).
    /// </exception>
    public int Normalize(ReadOnlySpan<float> actions, Span<double> normalized)
    {
        CheckLengths(actions.Length, normalized.Length);
        if (_clips)
        {
            Widen(actions, normalized);
            if (!TryNormalizeAndClip(normalized, normalized, out int clipped)) ThrowBadAction(actions);
            return clipped;
        }

        if (!TryNormalize(actions, normalized)) ThrowBadAction(actions);
        return 0;
    }

    /// <inheritdoc cref="Normalize(ReadOnlySpan{float}, Span{double})"/>
    public int Normalize(ReadOnlySpan<double> actions, Span<double> normalized)
    {
        CheckLengths(actions.Length, normalized.Length);
        if (actions.Overlaps(normalized))
        {
            throw new ArgumentException(
                "actions and normalized overlap, so a bad value could not be named; give them memory of their own", nameof(normalized));
        }
        int clipped = 0;
        if (!(_clips ? TryNormalizeAndClip(actions, normalized, out clipped) : TryNormalize(actions, normalized))) ThrowBadAction(actions);
        return clipped;
    }

    /// <summary>Gives the actions that normalised values stand for. Clipped values come back as the ends of the range.</summary>
    /// <param name="normalized">Normalised values, row-major <c>[steps, D]</c>; finite.</param>
    /// <param name="actions">Receives as many actions, in physical units, rounded to float32; beyond its range, its largest number.</param>
    /// <exception cref="ArgumentException">Not whole steps, or lengths differ.</exception>
    public void Denormalize(ReadOnlySpan<double> normalized, Span<float> actions)
    {
        CheckLengths(actions.Length, normalized.Length);
        var source = MemoryMarshal.Cast<double, Vector<double>>(normalized);
        var target = MemoryMarshal.Cast<float, Vector<float>>(actions);
        Vector<double> least = new(-float.MaxValue), most = new(float.MaxValue);
        for (int i = 0, k = 0; i < target.Length; i++)
        {
            var low = (source[2 * i] + _shifts[k]) * _units[k] + _origins[k];
            k = Next(k);
            var high = (source[2 * i + 1] + _shifts[k]) * _units[k] + _origins[k];
            k = Next(k);
            target[i] = Vector.Narrow(
                Vector.MinNative(Vector.MaxNative(low, least), most), Vector.MinNative(Vector.MaxNative(high, least), most));
        }

        for (int i = target.Length * Vector<float>.Count; i < actions.Length; i++)
            actions[i] = (float)Math.Clamp(Denormalize(normalized[i], i % Row), -float.MaxValue, float.MaxValue);
    }

    /// <summary>Gives the actions that normalised values stand for. Clipped values come back as the ends of the range.</summary>
    /// <param name="normalized">Normalised values, row-major <c>[steps, D]</c>; finite.</param>
    /// <param name="actions">Receives as many actions, in physical units; may be the same memory as <paramref name="normalized"/>.</param>
    /// <exception cref="ArgumentException">Not whole steps, or lengths differ.</exception>
    public void Denormalize(ReadOnlySpan<double> normalized, Span<double> actions)
    {
        CheckLengths(actions.Length, normalized.Length);
        var source = MemoryMarshal.Cast<double, Vector<double>>(normalized);
        var target = MemoryMarshal.Cast<double, Vector<double>>(actions);
        for (int i = 0, k = 0; i < target.Length; i++, k = Next(k))
            target[i] = (source[i] + _shifts[k]) * _units[k] + _origins[k];
        for (int i = target.Length * Vector<double>.Count; i < actions.Length; i++)
            actions[i] = Denormalize(normalized[i], i % Row);
    }

    private double Denormalize(double normalized, int d) => (normalized + _shift[d]) * _unit[d] + _origin[d];

    // The flag is gathered in passing and the culprit looked for afterwards. NaN fails every comparison, infinity the one with the limit.
    private bool TryNormalize(ReadOnlySpan<double> actions, Span<double> normalized)
    {
        var source = MemoryMarshal.Cast<double, Vector<double>>(actions);
        var target = MemoryMarshal.Cast<double, Vector<double>>(normalized);
        var fine = Vector<long>.AllBitsSet;
        for (int i = 0, k = 0; i < source.Length; i++, k = Next(k))
        {
            var y = (source[i] - _origins[k]) * _gains[k] - _shifts[k];
            fine &= Vector.LessThanOrEqual(Vector.Abs(y), new Vector<double>(MaxNormalized));
            target[i] = y;
        }

        bool allFine = Vector.EqualsAll(fine, Vector<long>.AllBitsSet);
        for (int i = source.Length * Vector<double>.Count; i < actions.Length; i++)
        {
            double y = (actions[i] - _origin[i % Row]) * At(_gains, i) - _shift[i % Row];
            allFine &= Math.Abs(y) <= MaxNormalized;
            normalized[i] = y;
        }

        return allFine;
    }

    private bool TryNormalize(ReadOnlySpan<float> actions, Span<double> normalized)
    {
        var source = MemoryMarshal.Cast<float, Vector<float>>(actions);
        var target = MemoryMarshal.Cast<double, Vector<double>>(normalized);
        var fine = Vector<long>.AllBitsSet;
        var limit = new Vector<double>(MaxNormalized);
        for (int i = 0, k = 0; i < source.Length; i++, k = Next(k))
        {
            Vector.Widen(source[i], out var low, out var high);
            low = (low - _origins[k]) * _gains[k] - _shifts[k];
            k = Next(k);
            high = (high - _origins[k]) * _gains[k] - _shifts[k];
            fine &= Vector.LessThanOrEqual(Vector.Abs(low), limit) & Vector.LessThanOrEqual(Vector.Abs(high), limit);
            target[2 * i] = low;
            target[2 * i + 1] = high;
        }

        bool allFine = Vector.EqualsAll(fine, Vector<long>.AllBitsSet);
        for (int i = source.Length * Vector<float>.Count; i < actions.Length; i++)
        {
            double y = (actions[i] - _origin[i % Row]) * At(_gains, i) - _shift[i % Row];
            allFine &= Math.Abs(y) <= MaxNormalized;
            normalized[i] = y;
        }

        return allFine;
    }

    // Clipping compares physical values, so that the end of the range, whose image may round to just above 1, does not count as clipped.
    private bool TryNormalizeAndClip(ReadOnlySpan<double> actions, Span<double> normalized, out int clipped)
    {
        var source = MemoryMarshal.Cast<double, Vector<double>>(actions);
        var target = MemoryMarshal.Cast<double, Vector<double>>(normalized);
        var fine = Vector<long>.AllBitsSet;
        var outside = Vector<long>.Zero;
        for (int i = 0, k = 0; i < source.Length; i++, k = Next(k))
        {
            Vector<double> x = source[i], low = _lows[k], high = _highs[k], limit = _limits[k];
            fine &= Vector.LessThanOrEqual(Vector.Abs(x), new Vector<double>(double.MaxValue));
            outside -= Vector.LessThan(x, low) | Vector.GreaterThan(x, high);
            var y = (Vector.Min(Vector.Max(x, low), high) - _origins[k]) * _gains[k] - _shifts[k];
            y = Vector.Min(Vector.Max(y, -limit), limit);
            fine &= Vector.LessThanOrEqual(Vector.Abs(y), new Vector<double>(MaxNormalized));
            target[i] = y;
        }

        clipped = (int)Vector.Sum(outside);
        bool allFine = Vector.EqualsAll(fine, Vector<long>.AllBitsSet);
        for (int i = source.Length * Vector<double>.Count; i < actions.Length; i++)
        {
            double x = actions[i], low = At(_lows, i), high = At(_highs, i), limit = At(_limits, i);
            if (x < low || x > high) clipped++;
            double y = (Math.Min(Math.Max(x, low), high) - _origin[i % Row]) * At(_gains, i) - _shift[i % Row];
            y = Math.Min(Math.Max(y, -limit), limit);
            allFine &= double.IsFinite(x) && Math.Abs(y) <= MaxNormalized;
            normalized[i] = y;
        }

        return allFine;
    }

    private int Next(int k) => k + 1 == _origins.Length ? 0 : k + 1;

    private static double At(Vector<double>[] tiles, int i)
    {
        int within = i % (tiles.Length * Vector<double>.Count);
        return tiles[within / Vector<double>.Count][within % Vector<double>.Count];
    }

    private static Vector<double>[] Tile(double[] perDimension)
    {
        var tiles = new Vector<double>[perDimension.Length];
        var values = MemoryMarshal.Cast<Vector<double>, double>(tiles.AsSpan());
        for (int i = 0; i < values.Length; i++) values[i] = perDimension[i % perDimension.Length];
        return tiles;
    }

    private static void Widen(ReadOnlySpan<float> values, Span<double> widened)
    {
        var source = MemoryMarshal.Cast<float, Vector<float>>(values);
        var target = MemoryMarshal.Cast<double, Vector<double>>(widened);
        for (int i = 0; i < source.Length; i++)
        {
            Vector.Widen(source[i], out var low, out var high);
            target[2 * i] = low;
            target[2 * i + 1] = high;
        }

        for (int i = source.Length * Vector<float>.Count; i < values.Length; i++) widened[i] = values[i];
    }

    // What repeats: the statistics of a step, or those of a whole chunk.
    private int Row => _center.Length;

    private string What => (Horizon is { } steps ? $"chunks of {steps} " : "") + $"steps of {Dimensions} dimensions";

    private static int? CheckHorizon(ActionStatistics statistics, NormalizationOptions options, int? horizon)
    {
        if (options.PerTimestep != horizon is not null)
        {
            throw new ArgumentException(
                options.PerTimestep ? "statistics per time step need the number of steps: give the horizon"
                    : "a horizon is for statistics per time step, which the options do not say", nameof(horizon));
        }

        if (horizon is { } steps && (steps < 1 || statistics.Dimensions % steps != 0))
        {
            throw new ArgumentException(
                $"{statistics.Dimensions} statistics are not those of {steps} time steps of equally many dimensions", nameof(horizon));
        }

        return horizon;
    }

    private T[]? Repeat<T>(IReadOnlyList<T>? perDimension) =>
        perDimension is null || perDimension.Count != Dimensions
            ? perDimension?.ToArray()
            : [.. Enumerable.Range(0, Horizon ?? 1).SelectMany(_ => perDimension)];

    private double Mean(double[] values, int dimension)
    {
        double sum = 0;
        int count = 0;
        for (int i = dimension; i < values.Length; i += Dimensions)
        {
            if (!(values[i] > 0)) continue;
            sum += values[i];
            count++;
        }

        return count == 0 ? 0 : sum / count;
    }

    private void CheckLengths(int actions, int normalized)
    {
        if (actions % Row != 0)
            throw new ArgumentException($"{actions} actions are not a whole number of {What}", nameof(actions));
        if (actions != normalized)
        {
            throw new ArgumentException(
                $"there are {actions} actions and room for {normalized} normalised values; give spans of one length", nameof(normalized));
        }
    }

    [DoesNotReturn]
    private void ThrowBadAction(ReadOnlySpan<float> actions)
    {
        double[] values = new double[actions.Length];
        Widen(actions, values);
        ThrowBadAction(values);
    }

    [DoesNotReturn]
    private void ThrowBadAction(ReadOnlySpan<double> actions)
    {
        for (int i = 0; i < actions.Length; i++)
        {
            double value = actions[i], y = (value - _origin[i % Row]) * At(_gains, i) - _shift[i % Row];
            bool clipsHere = double.IsFinite(At(_highs, i));
            if (double.IsFinite(value) && (clipsHere || Math.Abs(y) <= MaxNormalized)) continue;
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the action at step {i / Dimensions}, dimension {i % Dimensions} is {value}; it must be finite and at most " +
                $"{MaxNormalized} once normalised: check the sensor or controller that produced it, or the statistics"), nameof(actions));
        }

        throw new ArgumentException(
            "the actions changed while they were being normalised; do not write to them from another thread", nameof(actions));
    }
}
