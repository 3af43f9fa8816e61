using System.Globalization;
using System.Numerics;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Actions;

/// <summary>
/// The robot's own actions and how they are encoded: which dimensions, relative to what, which are angles and which binary. Immutable.
/// </summary>
/// <remarks>
/// <para>A stage between the caller's actions [T,D] and the normaliser, which sees the E encoded dimensions in the order of their indices.
/// Statistics are of its values, not of raw actions.</para>
/// <para>An angle is unwrapped along time: each value is moved by whole periods to within half a period of the one before, the first one
/// into the range of the angle, or to within half a period of the state where it is relative.</para>
/// </remarks>
public sealed class ActionSpace
{
    // Half a period below zero is where an angle starts that does not say.
    private readonly record struct Channel(
        int Dimension, ActionReference Reference, int State, double Period, double Start, BinaryValues? Binary)
    {
        // Whether all of it is to subtract the state or nothing, as for most dimensions.
        public bool IsShift { get; } = Reference != ActionReference.Previous && Period == 0 && Binary is null;
    }

    private readonly ActionDimension[] _dimensions;
    private readonly Channel[] _channels;
    private readonly int _stateLength;

    /// <summary>Makes an action space.</summary>
    /// <param name="dimensions">One entry per dimension of the robot's own actions.</param>
    /// <exception cref="ArgumentException">There is none, none is encoded, or an entry cannot be; the message says which
    /// dimension.</exception>
    public ActionSpace(params IReadOnlyList<ActionDimension> dimensions)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        _dimensions = [.. dimensions];
        for (int d = 0; d < _dimensions.Length; d++)
        {
            if (_dimensions[d] is null) throw new ArgumentException($"the action space has no entry for dimension {d}", nameof(dimensions));
            _dimensions[d].Check(d);
        }

        Dimensions = Array.AsReadOnly(_dimensions);
        _channels = [.. _dimensions.Index().Where(entry => entry.Item.Encoded).Select(entry => ChannelOf(entry.Index, entry.Item))];
        if (_channels.Length == 0) throw new ArgumentException("the action space encodes no dimension", nameof(dimensions));
        EncodedDimensions = Array.AsReadOnly(Array.ConvertAll(_channels, channel => channel.Dimension));
        _stateLength = _channels.Max(channel => channel.State + 1);
    }

    /// <summary>One entry per dimension of the robot's own actions.</summary>
    public IReadOnlyList<ActionDimension> Dimensions { get; }

    /// <summary>The dimensions that are encoded, ascending.</summary>
    public IReadOnlyList<int> EncodedDimensions { get; }

    /// <summary>Whether a dimension is relative, so that encode and decode need the robot's state.</summary>
    public bool NeedsState => _stateLength > 0;

    /// <summary>The fewest values that a state must have: 0 where none is needed.</summary>
    public int StateLength => _stateLength;

    /// <summary>The first dimension that is relative; null where none is.</summary>
    public int? FirstRelative => _stateLength == 0 ? null : EncodedDimensions.First(d => _dimensions[d].IsRelative);

    /// <summary>Whether the values of a dimension depend on where the chunk starts, so that its statistics are of windows.</summary>
    /// <param name="dimension">A dimension of the robot's actions.</param>
    internal bool DependsOnWindow(int dimension) =>
        _dimensions[dimension] is { Encoded: true } entry && (entry.IsRelative || entry.Period is not null);

    /// <summary>Throws an <see cref="ArgumentException"/> where the context lacks what the actions need, or does not fit them.</summary>
    internal void Check(in ActionContext context)
    {
        if (context.Masked.Length != 0 && context.Masked.Length != _dimensions.Length)
        {
            throw new ArgumentException(
                $"the mask has {context.Masked.Length} flags, the actions have {_dimensions.Length} dimensions: give one flag each",
                nameof(context));
        }

        foreach (ref readonly Channel channel in _channels.AsSpan())
        {
            if (channel.Reference == ActionReference.Absolute || context.IsMasked(channel.Dimension)) continue;
            if (context.StateLength == 0)
            {
                throw new ArgumentException(
                    $"dimension {channel.Dimension} is relative to the robot's state, and no state was given: pass an "
                    + $"{nameof(ActionContext)} with the state at the chunk's first step", nameof(context));
            }

            if (context.StateLength <= channel.State)
            {
                throw new ArgumentException(
                    $"dimension {channel.Dimension} is relative to value {channel.State} of the robot's state, and the state given has "
                    + $"{context.StateLength} values", nameof(context));
            }

            double state = context.StateAt(channel.State);
            if (Math.Abs(state) <= ActionStatistics.MaxMagnitude) continue;
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"value {channel.State} of the robot's state is {state}; it must be finite and at most {ActionStatistics.MaxMagnitude}"),
                nameof(context));
        }
    }

    /// <summary>Gives the values that are normalised and encoded.</summary>
    /// <param name="actions">The robot's own actions, row-major [T,D]. Dimensions that are not encoded or are masked may hold
    /// anything.</param>
    /// <param name="context">State and mask.</param>
    /// <param name="encoded">Receives the values, row-major [T,E]; elsewhere in memory. Masked dimensions are 0.</param>
    /// <exception cref="ArgumentException">
    /// A length does not fit, the context lacks the state, or a value is not finite (the message names value, step and dimension).
    /// </exception>
    public void Transform(ReadOnlySpan<double> actions, in ActionContext context, Span<double> encoded) =>
        Transform<double>(actions, context, [], encoded);

    /// <summary>Gives the actions that decoded values stand for.</summary>
    /// <param name="encoded">Values, row-major [T,E].</param>
    /// <param name="context">The state and the mask that the values were made with.</param>
    /// <param name="actions">Receives the robot's own actions, row-major [T,D]; elsewhere in memory.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the context lacks the state.</exception>
    public void Restore(ReadOnlySpan<double> encoded, in ActionContext context, Span<double> actions) =>
        Restore<double>(encoded, context, actions);

    /// <summary>How far a value is from another of the same dimension: of angles the shorter way round.</summary>
    /// <param name="dimension">A dimension of the robot's actions.</param>
    /// <param name="value">The one value.</param>
    /// <param name="from">The other value.</param>
    /// <returns>The difference with its sign.</returns>
    public double Difference(int dimension, double value, double from) => _dimensions[dimension].Period is { } period
        ? Math.IEEERemainder(value - from, period)
        : value - from;

    /// <summary>The same, where masked dimensions take values that are given: one per dimension, or row-major [T,E].</summary>
    internal void Transform<T>(ReadOnlySpan<T> actions, in ActionContext context, ReadOnlySpan<double> neutral, Span<double> encoded)
        where T : struct, IFloatingPointIeee754<T>
    {
        int width = _dimensions.Length;
        CheckLengths(actions.Length, encoded.Length);
        Check(context);
        for (int column = 0; column < _channels.Length; column++)
        {
            ref readonly Channel channel = ref _channels[column];
            if (context.IsMasked(channel.Dimension))
            {
                for (int place = column; place < encoded.Length; place += _channels.Length)
                    encoded[place] = neutral.IsEmpty ? 0 : neutral[place % neutral.Length];
                continue;
            }

            bool relative = channel.Reference != ActionReference.Absolute;
            double origin = relative ? context.StateAt(channel.State) : 0;
            if (channel.IsShift)
            {
                for (int i = channel.Dimension, place = column; i < actions.Length; i += width, place += _channels.Length)
                    encoded[place] = Finite(double.CreateTruncating(actions[i]), i, width) - origin;
                continue;
            }

            double before = relative ? origin : channel.Start + (channel.Period / 2);
            for (int i = channel.Dimension, place = column; i < actions.Length; i += width, place += _channels.Length)
            {
                double value = Finite(double.CreateTruncating(actions[i]), i, width);
                if (channel.Binary is { } binary) value = binary.Snap(value);
                if (channel.Period > 0 && Math.Abs(value - before) > channel.Period / 2)
                    value = before + Math.IEEERemainder(value - before, channel.Period);
                encoded[place] = value - origin;
                before = value;
                if (channel.Reference == ActionReference.Previous) origin = value;
            }
        }
    }

    internal void Restore<T>(ReadOnlySpan<double> encoded, in ActionContext context, Span<T> actions)
        where T : struct, IFloatingPointIeee754<T>
    {
        int width = _dimensions.Length;
        CheckLengths(actions.Length, encoded.Length);
        Check(context);
        for (int d = 0, column = 0; d < width; d++)
        {
            ActionDimension dimension = _dimensions[d];
            int own = dimension.Encoded ? column++ : -1;
            if (!dimension.Encoded || context.IsMasked(d))
            {
                if (dimension.Fill is { } fill)
                    for (int i = d; i < actions.Length; i += width) actions[i] = Narrow<T>(fill);
                continue;
            }

            ref readonly Channel channel = ref _channels[own];
            double origin = channel.Reference == ActionReference.Absolute ? 0 : context.StateAt(channel.State);
            if (channel.IsShift)
            {
                for (int i = d, place = own; i < actions.Length; i += width, place += _channels.Length)
                    actions[i] = Narrow<T>(origin + encoded[place]);
                continue;
            }

            for (int i = d, place = own; i < actions.Length; i += width, place += _channels.Length)
            {
                double value = origin + encoded[place];
                if (channel.Reference == ActionReference.Previous) origin = value;
                if (channel.Binary is { } binary) value = binary.Snap(value);
                actions[i] = Narrow<T>(channel.Period > 0 ? Wrap(value, channel) : value);
            }
        }
    }

    /// <summary>Sets the normalised values [T,E] of masked dimensions to zero.</summary>
    internal void ClearMasked(in ActionContext context, Span<double> normalized)
    {
        if (context.Masked.IsEmpty) return;
        for (int column = 0; column < _channels.Length; column++)
        {
            if (!context.IsMasked(_channels[column].Dimension)) continue;
            for (int i = column; i < normalized.Length; i += _channels.Length) normalized[i] = 0;
        }
    }

    private static Channel ChannelOf(int d, ActionDimension dimension) => new(
        d,
        dimension.Reference,
        dimension.Reference == ActionReference.Absolute ? -1 : dimension.StateIndex ?? d,
        dimension.Period ?? 0,
        dimension.PeriodStart ?? -(dimension.Period ?? 0) / 2,
        dimension.Binary);

    private static double Wrap(double value, in Channel channel)
    {
        if (value >= channel.Start && value < channel.Start + channel.Period) return value;
        double turned = Math.IEEERemainder(value - channel.Start, channel.Period);
        double wrapped = channel.Start + (turned < 0 ? turned + channel.Period : turned);

        // What lies just below the start is rounded up to the end, which is the start again.
        return wrapped < channel.Start + channel.Period ? wrapped : channel.Start;
    }

    // As the normaliser does it: beyond the range of float32 its largest number, so that a decoded action is always finite.
    private static T Narrow<T>(double value)
        where T : struct, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? T.CreateTruncating(Math.Clamp(value, -float.MaxValue, float.MaxValue)) : T.CreateTruncating(value);

    private static double Finite(double value, int index, int width) =>
        Math.Abs(value) <= ActionStatistics.MaxMagnitude ? value : throw BadAction(value, index / width, index % width);

    private void CheckLengths(int actions, int encoded)
    {
        int steps = actions / _dimensions.Length;
        if (steps * _dimensions.Length == actions && (long)steps * _channels.Length == encoded) return;
        throw new ArgumentException(
            $"{actions} actions of {_dimensions.Length} dimensions and {encoded} values of {_channels.Length} encoded ones are not as many "
            + "whole steps");
    }

    private static ArgumentException BadAction(double value, int step, int dimension) => new(string.Create(CultureInfo.InvariantCulture,
        $"the action at step {step}, dimension {dimension} is {value}; it must be finite and at most {ActionStatistics.MaxMagnitude}: "
        + $"check the sensor or controller that produced it, or mask the dimension"));
}
