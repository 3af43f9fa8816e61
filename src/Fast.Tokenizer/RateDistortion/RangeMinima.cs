using System.Numerics;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>The smallest of any range of numbers that are given from the last to the first.</summary>
/// <param name="table">Room for the logarithm of the length (rounded down) plus 1 rows.</param>
/// <param name="length">How many numbers there are.</param>
internal readonly ref struct RangeMinima(Span<double> table, int length)
{
    private readonly Span<double> _table = table;

    /// <summary>Room that a table needs.</summary>
    public static int Size(int length) => length * (BitOperations.Log2((uint)length + 1) + 1);

    /// <summary>Gives the number before all that were given so far.</summary>
    public void Set(int index, double value)
    {
        _table[index] = value;
        int at = index;
        for (int span = 1; index + (2 * span) <= length; span *= 2, at += length)
            _table[at + length] = Math.Min(_table[at], _table[at + span]);
    }

    /// <summary>The smallest of the numbers from one index to another, both included; infinity for an empty range.</summary>
    public double Minimum(int first, int last)
    {
        if (first > last) return double.PositiveInfinity;
        int row = BitOperations.Log2((uint)(last - first + 1));
        int at = row * length;
        return Math.Min(_table[at + first], _table[at + last - (1 << row) + 1]);
    }
}
