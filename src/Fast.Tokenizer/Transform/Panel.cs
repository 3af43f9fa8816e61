using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Transform;

/// <summary>Two vectors of columns, walked down the rows of a matrix: what the transforms write and may read back.</summary>
/// <param name="data">The matrix.</param>
/// <param name="start">Index of row 0 of the first vector.</param>
/// <param name="stride">Elements from one row to the next; negative to walk upwards.</param>
/// <param name="second">Elements from the first vector to the second. Less than a vector where the matrix is too narrow for two:
/// the shared columns are computed twice, to the same bits.</param>
internal readonly ref struct Panel<TLanes>(Span<double> data, int start, int stride, int second)
    where TLanes : struct, ILanes<TLanes>
{
    private readonly Span<double> _data = data;
    private readonly int _start = start;
    private readonly int _stride = stride;
    private readonly int _second = second;

    /// <summary>Elements that a row of packed scratch takes.</summary>
    public static int Width => 2 * TLanes.Count;

    /// <summary>The rows of scratch memory, one directly after the other.</summary>
    public static Panel<TLanes> Packed(Span<double> scratch) => new(scratch, 0, Width, TLanes.Count);

    /// <summary>Rows <paramref name="first"/>, <c>first + step</c>, <c>first + 2 step</c> and so on of this panel.</summary>
    public Panel<TLanes> Rows(int first, int step) => new(_data, _start + first * _stride, step * _stride, _second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(int row, out TLanes left, out TLanes right)
    {
        ReadOnlySpan<double> from = _data[(_start + row * _stride)..];
        left = TLanes.Load(from);
        right = TLanes.Load(from[_second..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int row, TLanes left, TLanes right)
    {
        Span<double> to = _data[(_start + row * _stride)..];
        left.Store(to);
        right.Store(to[_second..]);
    }

    /// <summary>Replaces the rows a and b by a + b and a - b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Butterfly(int a, int b, int sum, int difference)
    {
        Load(a, out TLanes aLeft, out TLanes aRight);
        Load(b, out TLanes bLeft, out TLanes bRight);
        Store(sum, aLeft + bLeft, aRight + bRight);
        Store(difference, aLeft - bLeft, aRight - bRight);
    }
}
