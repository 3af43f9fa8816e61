using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Transform;

/// <summary>The transpose of a <see cref="DctII"/>, by the same steps backwards.</summary>
/// <remarks>The even frequencies make a part that is symmetric in time, the odd ones a part that is antisymmetric.</remarks>
internal sealed class DctIII
{
    private readonly int _length;
    private readonly DctIII? _evenTransform;
    private readonly DctIV? _oddTransform;
    private readonly DenseMatrix? _evenMatrix;
    private readonly DenseMatrix? _oddMatrix;

    public DctIII(DctII forward)
    {
        _length = forward.Length;
        _evenTransform = forward.EvenTransform is null ? null : new DctIII(forward.EvenTransform);
        _oddTransform = forward.OddTransform;
        _evenMatrix = forward.EvenMatrix?.Transpose();
        _oddMatrix = forward.OddMatrix?.Transpose();
        int half = _length / 2;
        ScratchRows = _evenTransform is null ? _length - half : half + Math.Max(_evenTransform.ScratchRows, _oddTransform!.ScratchRows);
    }

    /// <summary>Rows of scratch that <see cref="Transform"/> needs.</summary>
    public int ScratchRows { get; }

    [MethodImpl(Kernel.Compilation)]
    public void Transform<TLanes>(PanelSource<TLanes> source, Panel<TLanes> target, Span<double> scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        // The symmetric part goes down from the first row and the antisymmetric part up from the last: pairs lie where they are unfolded.
        int half = _length / 2, evens = _length - half, width = Panel<TLanes>.Width;
        Panel<TLanes> symmetric = target, antisymmetric = target.Rows(_length - 1, -1);
        if (_evenTransform is not null)
        {
            Span<double> odd = scratch[..(half * width)], rest = scratch[(half * width)..];
            _evenTransform.Transform(source.Rows(0, 2), symmetric, rest);
            Gather(source.Rows(1, 2), half, odd);
            _oddTransform!.Transform(odd, antisymmetric, rest);
        }
        else
        {
            Gather(source.Rows(0, 2), evens, scratch);
            _evenMatrix!.Multiply(scratch, symmetric);
            Gather(source.Rows(1, 2), half, scratch);
            _oddMatrix!.Multiply(scratch, antisymmetric);
        }

        for (int t = 0; t < half; t++) target.Butterfly(t, _length - 1 - t, t, _length - 1 - t);
    }

    [MethodImpl(Kernel.Compilation)]
    private static void Gather<TLanes>(PanelSource<TLanes> source, int rows, Span<double> packed) where TLanes : struct, ILanes<TLanes>
    {
        Panel<TLanes> target = Panel<TLanes>.Packed(packed);
        for (int k = 0; k < rows; k++)
        {
            source.Load(k, out TLanes left, out TLanes right);
            target.Store(k, left, right);
        }
    }
}
