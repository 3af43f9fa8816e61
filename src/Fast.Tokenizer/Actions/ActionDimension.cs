using System.Globalization;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Actions;

/// <summary>How one dimension of the robot's own actions is encoded. The default encodes it as it is.</summary>
public sealed record ActionDimension
{
    /// <summary>Whether the dimension is encoded. One that is not costs no tokens, and <see cref="Fill"/> comes back for it.</summary>
    public bool Encoded { get; init; } = true;

    /// <summary>
    /// What a decode writes where the dimension is not encoded or is masked, in the unit of the actions; null leaves what the caller's
    /// buffer holds.
    /// </summary>
    public double? Fill { get; init; } = 0;

    /// <summary>What the values are relative to.</summary>
    public ActionReference Reference { get; init; }

    /// <summary>Which value of the robot's state a relative dimension refers to; null for the one of the dimension's own index.</summary>
    public int? StateIndex { get; init; }

    /// <summary>
    /// Length of a full turn, above 0 in the unit of the actions, where the dimension is an angle: 2 pi, 360. Then values are unwrapped
    /// along time before they are made relative and encoded, and wrapped after they are decoded. Null for a dimension that does not wrap
    /// around.
    /// </summary>
    public double? Period { get; init; }

    /// <summary>
    /// Where the range of decoded angles starts, which is one <see cref="Period"/> long; null for half a period below zero.
    /// </summary>
    public double? PeriodStart { get; init; }

    /// <summary>
    /// The two values of a binary dimension; null for any other. What is encoded is snapped to them, and so is what is decoded.
    /// </summary>
    public BinaryValues? Binary { get; init; }

    /// <summary>Whether the values are relative to the robot's state, directly or by way of the first step.</summary>
    public bool IsRelative => Encoded && Reference != ActionReference.Absolute;

    /// <summary>Refuses what cannot be; a loaded file may say anything.</summary>
    /// <exception cref="ArgumentException">A number is out of range, or two choices exclude each other; the message says which
    /// dimension.</exception>
    internal void Check(int dimension)
    {
        if (!Enum.IsDefined(Reference))
        {
            throw new ArgumentException(
                $"the reference {(int)Reference} of dimension {dimension} is not a member of {nameof(ActionReference)}");
        }

        if (StateIndex < 0) throw new ArgumentException($"the state index of dimension {dimension} is {StateIndex}; it must be at least 0");
        if (StateIndex is not null && Reference == ActionReference.Absolute)
            throw new ArgumentException($"dimension {dimension} has a state index and is not relative to the state: leave one of them out");
        CheckNumber(Fill, "fill value");
        CheckNumber(PeriodStart, "start of the period");
        CheckNumber(Binary?.Low, "low value");
        CheckNumber(Binary?.High, "high value");
        CheckNumber(Binary?.Threshold, "threshold");
        if (Period is { } period && !(period > 0 && period <= ActionStatistics.MaxMagnitude && period >= 1 / ActionStatistics.MaxMagnitude))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the period of dimension {dimension} is {period}; it must be a positive number, such as 360 for an angle in degrees"));
        }

        if (PeriodStart is not null && Period is null)
            throw new ArgumentException($"dimension {dimension} has a start of the period and no period: give both");
        if (Binary is not { } binary) return;

        if (!(binary.Low < binary.Threshold && binary.Threshold <= binary.High))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the binary values of dimension {dimension} are {binary.Low} and {binary.High} with a threshold of {binary.Threshold}; "
                + $"low must be below the threshold, and the threshold at most high"));
        }

        if (Reference != ActionReference.Absolute || Period is not null)
        {
            throw new ArgumentException(
                $"dimension {dimension} is binary, and so can be neither relative nor an angle: leave one of them out");
        }

        void CheckNumber(double? number, string what)
        {
            if (number is not { } value || Math.Abs(value) <= ActionStatistics.MaxMagnitude) return;
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the {what} of dimension {dimension} is {value}; it must be finite and at most {ActionStatistics.MaxMagnitude}"));
        }
    }
}
