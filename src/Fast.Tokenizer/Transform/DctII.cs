using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Transform;

/// <summary>The cosine transform <c>y[k] = scale * sum of x[t] cos(pi (2t+1) k / 2n)</c>, with a scale of its own for k = 0.</summary>
/// <remarks>
/// Folding x about its middle gives sums, which alone make the even frequencies, and differences, which alone make the odd ones.
/// For even n these are a DCT-II and a DCT-IV of half the length (Plonka and Tasche 2005, "Fast and numerically stable algorithms
/// for discrete cosine transforms"), taken while the length is worth it; below that they are two dense matrices.
/// </remarks>
internal sealed class DctII
{
    // Measured: from here on two halves beat one fold. Flat around it, and much the same for 256 and 512 bits.
    private const int SplitLength = 48;

    public DctII(int length, double zeroScale, DctParts parts)
    {
        Length = length;
        int half = length / 2;
        if (length % 2 == 0 && length >= SplitLength)
        {
            EvenTransform = zeroScale == parts.Scale ? parts.Second(half) : new DctII(half, zeroScale, parts);
            OddTransform = parts.Fourth(half);
            ScratchRows = length + Math.Max(EvenTransform.ScratchRows, OddTransform.ScratchRows);
            return;
        }

        long step = parts.Cosines.Quarter / length;
        EvenMatrix = new DenseMatrix(length - half, length - half, (k, t) => Entry(2 * k, t));
        OddMatrix = new DenseMatrix(half, half, (k, t) => Entry(2 * k + 1, t));
        ScratchRows = length;

        double Entry(int k, int t) => (k == 0 ? zeroScale : parts.Scale) * parts.Cosines.Cos((2L * t + 1) * k * step);
    }

    public int Length { get; }

    /// <summary>Rows of scratch that <see cref="Transform"/> needs.</summary>
    public int ScratchRows { get; }

    // Either the two transforms or the two matrices are there. Which depends on the length only, and so do the bits.
    public DctII? EvenTransform { get; }

    public DctIV? OddTransform { get; }

    public DenseMatrix? EvenMatrix { get; }

    public DenseMatrix? OddMatrix { get; }

    [MethodImpl(Kernel.Compilation)]
    public void Transform<TLanes>(PanelSource<TLanes> source, Panel<TLanes> target, Span<double> scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int half = Length / 2, evens = Length - half, width = Panel<TLanes>.Width;
        Span<double> sums = scratch[..(evens * width)];
        Span<double> differences = scratch.Slice(evens * width, half * width);
        Span<double> rest = scratch[(Length * width)..];
        Fold(source, sums, differences);
        if (EvenTransform is not null)
        {
            EvenTransform.Transform(PanelSource<TLanes>.Packed(sums), target.Rows(0, 2), rest);
            OddTransform!.Transform(differences, target.Rows(1, 2), rest);
        }
        else
        {
            EvenMatrix!.Multiply(sums, target.Rows(0, 2));
            OddMatrix!.Multiply(differences, target.Rows(1, 2));
        }
    }

    [MethodImpl(Kernel.Compilation)]
    private void Fold<TLanes>(PanelSource<TLanes> source, Span<double> sums, Span<double> differences) where TLanes : struct, ILanes<TLanes>
    {
        Panel<TLanes> sumRows = Panel<TLanes>.Packed(sums), differenceRows = Panel<TLanes>.Packed(differences);
        int half = Length / 2;
        for (int t = 0; t < half; t++)
        {
            source.Load(t, out TLanes headLeft, out TLanes headRight);
            source.Load(Length - 1 - t, out TLanes tailLeft, out TLanes tailRight);
            sumRows.Store(t, headLeft + tailLeft, headRight + tailRight);
            differenceRows.Store(t, headLeft - tailLeft, headRight - tailRight);
        }

        if (Length % 2 == 0) return;
        source.Load(half, out TLanes left, out TLanes right);
        sumRows.Store(half, left, right);
    }
}
