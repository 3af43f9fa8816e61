using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Transform;

/// <summary>The cosine transform <c>y[k] = scale * sum of x[t] cos(pi (2t+1) (2k+1) / 4n)</c>; its matrix is its own transpose.</summary>
/// <remarks>
/// For even n: rotations of the pairs x[t], x[n-1-t], a DCT-II of half the length on either coordinate, and additions (Plonka and
/// Tasche 2005, "Fast and numerically stable algorithms for discrete cosine transforms").
/// </remarks>
internal sealed class DctIV
{
    // Measured, like DctII's.
    private const int SplitLength = 24;

    private readonly int _length;
    private readonly DctII? _half;
    private readonly double[] _rotations = [];
    private readonly DenseMatrix? _matrix;

    public DctIV(int length, DctParts parts)
    {
        _length = length;
        CosineTable cosines = parts.Cosines;
        long step = cosines.Quarter / (2 * length);
        if (length % 2 != 0 || length < SplitLength)
        {
            _matrix = new DenseMatrix(length, length, (k, t) => parts.Scale * cosines.Cos((2L * t + 1) * (2 * k + 1) * step));
            return;
        }

        _half = parts.Second(length / 2);
        ScratchRows = length + _half.ScratchRows;
        _rotations = new double[4 * (length / 2)];
        for (int t = 0; t < length / 2; t++)
        {
            double cos = cosines.Cos((2 * t + 1) * step), sin = cosines.Sin((2 * t + 1) * step), sign = t % 2 == 0 ? 1 : -1;
            double[] rotation = [cos, sin, sign * sin, -sign * cos];
            rotation.CopyTo(_rotations, 4 * t);
        }
    }

    /// <summary>Rows of scratch that <see cref="Transform"/> needs.</summary>
    public int ScratchRows { get; }

    /// <summary>Transforms packed rows.</summary>
    [MethodImpl(Kernel.Compilation)]
    public void Transform<TLanes>(ReadOnlySpan<double> source, Panel<TLanes> target, Span<double> scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        if (_matrix is not null)
        {
            _matrix.Multiply(source, target);
            return;
        }

        int half = _length / 2, size = half * Panel<TLanes>.Width;
        Span<double> first = scratch[..size], second = scratch.Slice(size, size), rest = scratch[(2 * size)..];
        Rotate<TLanes>(source, first, second);

        // With u = DCT-II(first) and v = DCT-II(second): y[0] = u[0], y[n-1] = v[0], and between them y[2k-1] = u[k] + v[n/2-k],
        // y[2k] = u[k] - v[n/2-k]. Writing u to the even rows and v, upwards, to the odd ones puts each pair where its results go.
        _half!.Transform(PanelSource<TLanes>.Packed(first), target.Rows(0, 2), rest);
        _half.Transform(PanelSource<TLanes>.Packed(second), target.Rows(_length - 1, -2), rest);
        for (int k = 1; k < half; k++) target.Butterfly(2 * k, 2 * k - 1, 2 * k - 1, 2 * k);
    }

    [MethodImpl(Kernel.Compilation)]
    private void Rotate<TLanes>(ReadOnlySpan<double> source, Span<double> first, Span<double> second) where TLanes : struct, ILanes<TLanes>
    {
        PanelSource<TLanes> rows = PanelSource<TLanes>.Packed(source);
        Panel<TLanes> firstRows = Panel<TLanes>.Packed(first), secondRows = Panel<TLanes>.Packed(second);
        for (int t = 0; t < _length / 2; t++)
        {
            rows.Load(t, out TLanes headLeft, out TLanes headRight);
            rows.Load(_length - 1 - t, out TLanes tailLeft, out TLanes tailRight);
            ReadOnlySpan<double> rotation = _rotations.AsSpan(4 * t, 4);
            TLanes head = TLanes.Broadcast(rotation[0]), tail = TLanes.Broadcast(rotation[1]);
            firstRows.Store(t, TLanes.MultiplyAdd(head, headLeft, tail * tailLeft), TLanes.MultiplyAdd(head, headRight, tail * tailRight));
            head = TLanes.Broadcast(rotation[2]);
            tail = TLanes.Broadcast(rotation[3]);
            secondRows.Store(t, TLanes.MultiplyAdd(head, headLeft, tail * tailLeft), TLanes.MultiplyAdd(head, headRight, tail * tailRight));
        }
    }
}
