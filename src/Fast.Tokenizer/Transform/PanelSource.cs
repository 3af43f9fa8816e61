using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Transform;

/// <summary>A <see cref="Panel{TLanes}"/> that is only read.</summary>
internal readonly ref struct PanelSource<TLanes>(ReadOnlySpan<double> data, int start, int stride, int second)
    where TLanes : struct, ILanes<TLanes>
{
    private readonly ReadOnlySpan<double> _data = data;
    private readonly int _start = start;
    private readonly int _stride = stride;
    private readonly int _second = second;

    /// <inheritdoc cref="Panel{TLanes}.Packed"/>
    public static PanelSource<TLanes> Packed(ReadOnlySpan<double> scratch) => new(scratch, 0, Panel<TLanes>.Width, TLanes.Count);

    /// <inheritdoc cref="Panel{TLanes}.Rows"/>
    public PanelSource<TLanes> Rows(int first, int step) => new(_data, _start + first * _stride, step * _stride, _second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(int row, out TLanes left, out TLanes right)
    {
        ReadOnlySpan<double> from = _data[(_start + row * _stride)..];
        left = TLanes.Load(from);
        right = TLanes.Load(from[_second..]);
    }
}
