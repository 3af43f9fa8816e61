using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fast.Tokenizer.Transform;

/// <summary>The orthonormal discrete cosine transform along time, for one length: DCT-II forward, DCT-III back.</summary>
/// <remarks>
/// <para>The same as scipy's <c>dct(x, axis=0, norm="ortho", type=2)</c> and its <c>idct</c>, in float64, within 1e-14 of the largest
/// value of a column. The order of operations is a function of the length only, so a result has the same bits at every vector width,
/// on every instruction set and at every position among the columns. A call allocates nothing beyond pooled scratch.</para>
/// <para>So much for a length of 2^a times an odd number up to 2048. Any other length goes through MathNet.Numerics' Fourier transform,
/// column by column: that one allocates, is within 1e-11, and takes its cosines from the platform.</para>
/// <para>Built once, immutable, safe to share between threads.</para>
/// </remarks>
public sealed class DctPlan
{
    private const int MaxCore = 2048;
    private const int StackLimit = 128;

    private readonly DctII? _forward;
    private readonly DctIII? _inverse;
    private readonly FourierDct? _fourier;
    private readonly int _lanes;

    /// <summary>Prepares the transform.</summary>
    /// <param name="length">Time steps T, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    public DctPlan(int length)
        : this(length, Vector512.IsHardwareAccelerated ? 8 : Vector256.IsHardwareAccelerated ? 4 : Vector128.IsHardwareAccelerated ? 2 : 1)
    {
    }

    /// <summary>Prepares the transform for vectors of at most <paramref name="lanes"/> columns: 1, 2, 4 or 8.</summary>
    internal DctPlan(int length, int lanes)
    {
        if (length < 1)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"A transform needs at least 1 time step; length is {length}.");

        Length = length;
        _lanes = lanes;
        int core = length;
        while (core % 2 == 0) core /= 2;
        if (core > MaxCore)
        {
            _fourier = new FourierDct(length);
            return;
        }

        var parts = new DctParts(length);
        _forward = new DctII(length, parts.ZeroScale, parts);
        _inverse = new DctIII(_forward);
    }

    /// <summary>Time steps T of the matrices that this plan transforms.</summary>
    public int Length { get; }

    /// <summary>Turns values over time into coefficients over frequency, lowest first.</summary>
    /// <param name="values">Row-major [T, columns]; the columns are transformed independently.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <param name="coefficients">Receives [T, columns], in the unit of the values. May overlap <paramref name="values"/>.</param>
    /// <exception cref="ArgumentException">A span does not hold exactly T times <paramref name="columns"/> numbers, or
    /// <paramref name="columns"/> is less than 1.</exception>
    public void Forward(ReadOnlySpan<double> values, int columns, Span<double> coefficients)
    {
        Check(values.Length, columns, coefficients.Length, nameof(values), nameof(coefficients));
        Run(values, columns, coefficients, inverse: false);
    }

    /// <summary>Turns coefficients over frequency, lowest first, into values over time.</summary>
    /// <param name="coefficients">Row-major [T, columns]; the columns are transformed independently.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <param name="values">Receives [T, columns], in the unit of the coefficients. May overlap <paramref name="coefficients"/>.</param>
    /// <exception cref="ArgumentException">A span does not hold exactly T times <paramref name="columns"/> numbers, or
    /// <paramref name="columns"/> is less than 1.</exception>
    public void Inverse(ReadOnlySpan<double> coefficients, int columns, Span<double> values)
    {
        Check(coefficients.Length, columns, values.Length, nameof(coefficients), nameof(values));
        Run(coefficients, columns, values, inverse: true);
    }

    private void Check(int sourceLength, int columns, int targetLength, string source, string target)
    {
        if (columns < 1)
            throw new ArgumentOutOfRangeException(nameof(columns), columns, $"A matrix needs at least 1 column; columns is {columns}.");

        CheckLength(sourceLength, columns, source);
        CheckLength(targetLength, columns, target);
    }

    private void CheckLength(int length, int columns, string name)
    {
        long expected = (long)Length * columns;
        if (length == expected) return;
        throw new ArgumentException(
            $"{name} holds {length} numbers; [{Length}, {columns}] needs {expected}. Give [T, columns] with the T of the plan.", name);
    }

    private void Run(ReadOnlySpan<double> source, int columns, Span<double> target, bool inverse)
    {
        if (!source.Overlaps(target))
        {
            RunApart(source, columns, target, inverse);
            return;
        }

        // Some columns are written before others are read, and panels may share columns.
        double[] copy = ArrayPool<double>.Shared.Rent(source.Length);
        source.CopyTo(copy);
        RunApart(copy.AsSpan(0, source.Length), columns, target, inverse);
        ArrayPool<double>.Shared.Return(copy);
    }

    private void RunApart(ReadOnlySpan<double> source, int columns, Span<double> target, bool inverse)
    {
        // A panel is two vectors, so a vector pays off as soon as there are more columns than it has lanes.
        if (_fourier is not null) _fourier.Run(source, columns, target, inverse);
        else if (_lanes >= 8 && columns > 8) RunPanels<Lanes512>(source, columns, target, inverse);
        else if (_lanes >= 4 && columns > 4) RunPanels<Lanes256>(source, columns, target, inverse);
        else if (_lanes >= 2 && columns > 2) RunPanels<Lanes128>(source, columns, target, inverse);
        else RunPanels<Lanes64>(source, columns, target, inverse);
    }

    [MethodImpl(Kernel.Compilation)]
    private void RunPanels<TLanes>(ReadOnlySpan<double> source, int columns, Span<double> target, bool inverse)
        where TLanes : struct, ILanes<TLanes>
    {
        int size = (inverse ? _inverse!.ScratchRows : _forward!.ScratchRows) * Panel<TLanes>.Width;
        double[]? rented = size <= StackLimit ? null : ArrayPool<double>.Shared.Rent(size);
        Span<double> scratch = rented is null ? stackalloc double[StackLimit] : rented.AsSpan(0, size);

        int width = Math.Min(columns, Panel<TLanes>.Width), second = Math.Min(TLanes.Count, columns - TLanes.Count);
        for (int done = 0; done < columns; done += width)
        {
            int start = Math.Min(done, columns - width);
            var from = new PanelSource<TLanes>(source, start, columns, second);
            var to = new Panel<TLanes>(target, start, columns, second);
            if (inverse) _inverse!.Transform(from, to, scratch);
            else _forward!.Transform(from, to, scratch);
        }

        if (rented is not null) ArrayPool<double>.Shared.Return(rented);
    }
}
