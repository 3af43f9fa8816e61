namespace Fast.Tokenizer.Actions;

/// <summary>The two values of a binary action dimension, such as a gripper that is open or closed.</summary>
/// <param name="Low">The value that everything below the threshold stands for, in the unit of the actions.</param>
/// <param name="High">The value that everything from the threshold up stands for; above <paramref name="Low"/>.</param>
public sealed record BinaryValues(double Low = 0, double High = 1)
{
    /// <summary>What tells the two apart, above <see cref="Low"/> and at most <see cref="High"/>; by default the middle.</summary>
    public double Threshold { get; init; } = (Low / 2) + (High / 2);

    /// <summary>Gives the one of the two values that a value stands for.</summary>
    /// <param name="value">Any number.</param>
    /// <returns><see cref="Low"/> or <see cref="High"/>.</returns>
    public double Snap(double value) => value < Threshold ? Low : High;
}
