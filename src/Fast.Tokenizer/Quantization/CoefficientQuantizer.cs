using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Quantization;

/// <summary>Scales and rounds DCT coefficients to integers in the order in which they become tokens, and back. Immutable.</summary>
/// <remarks>
/// <para>A scaled coefficient within 1e-9 of a half is a half, and halves go to the even neighbour; all else goes to the nearest integer.
/// So the rounding of the transform does not decide ties. numpy's <c>around</c> (used by the code of arXiv 2501.09747) agrees outside
/// that window.</para>
/// <para>Results beyond <see cref="MaxQuantized"/> become that. NaN must not come in: what it becomes is not defined. The normaliser
/// refuses it.</para>
/// </remarks>
public sealed class CoefficientQuantizer
{
    /// <summary>The largest magnitude of a quantised coefficient, 10^9; larger ones are moved to it.</summary>
    public const int MaxQuantized = 1_000_000_000;

    private const double HalfFrom = 0.5 - 1e-9;

    // Added to a number below 2^51, 1.5 * 2^52 leaves its nearest integer, halves to even, in the low bits; no rounding instruction is
    // needed.
    private const double Shifter = 6755399441055744.0;

    /// <summary>Makes a quantiser.</summary>
    /// <param name="scale">Steps per unit of a coefficient, from 1e-6 to 1e6; FAST+ uses 10. Larger is finer and takes more tokens.</param>
    /// <param name="order">Layout of the quantised coefficients.</param>
    /// <param name="points">What integers stand for; null where they stand for themselves, as in arXiv 2501.09747.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scale"/> is not finite or not in its range, or
    /// <paramref name="order"/> is unknown.</exception>
    public CoefficientQuantizer(
        double scale, CoefficientOrder order = CoefficientOrder.FrequencyMajor, ReconstructionPoints? points = null)
    {
        if (!(scale is >= 1e-6 and <= 1e6))
        {
            throw new ArgumentOutOfRangeException(nameof(scale),
                string.Create(CultureInfo.InvariantCulture,
                    $"the scale is {scale}; it must be from 1e-6 to 1e6, and 10 is what FAST+ uses"));
        }

        if (order is not (CoefficientOrder.FrequencyMajor or CoefficientOrder.DimensionMajor))
        {
            throw new ArgumentOutOfRangeException(
                nameof(order), $"the coefficient order {(int)order} is unknown; use a member of {nameof(CoefficientOrder)}");
        }

        Scale = scale;
        Order = order;
        Points = points;
    }

    /// <summary>Steps per unit of a coefficient.</summary>
    public double Scale { get; }

    /// <summary>Layout of the quantised coefficients.</summary>
    public CoefficientOrder Order { get; }

    /// <summary>What integers stand for; null where they stand for themselves. Rounding does not depend on it.</summary>
    public ReconstructionPoints? Points { get; }

    /// <summary>Scales, rounds and orders the coefficients of one chunk.</summary>
    /// <param name="coefficients">Coefficients, row-major <c>[T,D]</c>, frequency by dimension; no NaN.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="quantized">Receives T times D integers in <see cref="Order"/>.</param>
    /// <exception cref="ArgumentException">A length is not that of the shape.</exception>
    public void Quantize(ReadOnlySpan<double> coefficients, ActionShape shape, Span<int> quantized)
    {
        CheckLengths(coefficients.Length, quantized.Length, shape);
        if (Order == CoefficientOrder.DimensionMajor)
        {
            for (int d = 0, to = 0; d < shape.Dimensions; d++)
            {
                for (int from = d; from < coefficients.Length; from += shape.Dimensions)
                    quantized[to++] = Round(coefficients[from] * Scale);
            }

            return;
        }

        var source = MemoryMarshal.Cast<double, Vector<double>>(coefficients);
        var target = MemoryMarshal.Cast<int, Vector<int>>(quantized);
        for (int i = 0; i < target.Length; i++)
            target[i] = Vector.Narrow(Round(source[2 * i] * Scale), Round(source[2 * i + 1] * Scale));
        for (int i = target.Length * Vector<int>.Count; i < quantized.Length; i++) quantized[i] = Round(coefficients[i] * Scale);
    }

    /// <summary>Scales and orders the coefficients of one chunk without rounding them to integers.</summary>
    /// <remarks>
    /// They are rounded to a grid of 2^-20, so that choices made from them do not depend on the rounding of the transform.
    /// </remarks>
    /// <param name="coefficients">Coefficients, row-major <c>[T,D]</c>, frequency by dimension; no NaN.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="scaled">Receives T times D numbers in <see cref="Order"/>.</param>
    internal void Scaled(ReadOnlySpan<double> coefficients, ActionShape shape, Span<double> scaled)
    {
        const double Grid = 1 << 20;
        bool byDimension = Order == CoefficientOrder.DimensionMajor;
        int to = 0;
        for (int d = 0; d < (byDimension ? shape.Dimensions : 1); d++)
        {
            for (int from = d; from < coefficients.Length; from += byDimension ? shape.Dimensions : 1)
            {
                double value = Math.Clamp(coefficients[from] * Scale, -MaxQuantized, MaxQuantized);
                scaled[to++] = Math.Round(value * Grid) / Grid;
            }
        }
    }

    /// <summary>Gives the coefficients that quantised ones stand for.</summary>
    /// <param name="quantized">T times D integers in <see cref="Order"/>.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="coefficients">Receives the coefficients, row-major <c>[T,D]</c>: integer, or its point, divided by scale.</param>
    /// <exception cref="ArgumentException">A length is not that of the shape, or its dimensions are not those of the points.</exception>
    public void Dequantize(ReadOnlySpan<int> quantized, ActionShape shape, Span<double> coefficients)
    {
        CheckLengths(coefficients.Length, quantized.Length, shape);
        if (Points is not null && Points.Shape.Dimensions != shape.Dimensions)
        {
            throw new ArgumentException(
                $"the chunk {shape} has {shape.Dimensions} dimensions, the reconstruction points {Points.Shape.Dimensions}", nameof(shape));
        }

        Divide(quantized, shape, coefficients);
        if (Points is not null) MoveToPoints(quantized, shape, coefficients, Points);
    }

    /// <summary>Gives what one quantised coefficient stands for, in steps.</summary>
    /// <param name="quantized">The integer.</param>
    /// <param name="index">Where it stands in <see cref="Order"/>.</param>
    /// <param name="shape">Shape of the chunk; it has the dimensions of the points.</param>
    internal double Reconstruct(int quantized, int index, ActionShape shape) =>
        Points is null ? quantized : Points.At(quantized, Place(index, shape, Order), shape.Horizon);

    /// <summary>Where the coefficient that stands at an index of an order stands row-major, [T,D].</summary>
    internal static int Place(int index, ActionShape shape, CoefficientOrder order)
    {
        if (order == CoefficientOrder.FrequencyMajor) return index;
        (int dimension, int frequency) = Math.DivRem(index, shape.Horizon);
        return (frequency * shape.Dimensions) + dimension;
    }

    private void Divide(ReadOnlySpan<int> quantized, ActionShape shape, Span<double> coefficients)
    {
        if (Order == CoefficientOrder.DimensionMajor)
        {
            for (int d = 0, from = 0; d < shape.Dimensions; d++)
                for (int to = d; to < coefficients.Length; to += shape.Dimensions) coefficients[to] = quantized[from++] / Scale;
            return;
        }

        var source = MemoryMarshal.Cast<int, Vector<int>>(quantized);
        var target = MemoryMarshal.Cast<double, Vector<double>>(coefficients);
        var scale = new Vector<double>(Scale);
        for (int i = 0; i < source.Length; i++)
        {
            Vector.Widen(source[i], out var low, out var high);
            target[2 * i] = ToDouble(low) / scale;
            target[2 * i + 1] = ToDouble(high) / scale;
        }

        for (int i = source.Length * Vector<int>.Count; i < quantized.Length; i++) coefficients[i] = quantized[i] / Scale;
    }

    // What stands behind the last value that is not zero is right already: most of a chunk.
    private void MoveToPoints(ReadOnlySpan<int> quantized, ActionShape shape, Span<double> coefficients, ReconstructionPoints points)
    {
        int end = quantized.LastIndexOfAnyExcept(0) + 1;
        if (Order == CoefficientOrder.FrequencyMajor && shape == points.Shape)
        {
            points.Fill(quantized[..end], Scale, coefficients);
            return;
        }

        for (int i = 0; i < end; i++)
        {
            int place = Place(i, shape, Order);
            coefficients[place] = points.At(quantized[i], place, shape.Horizon) / Scale;
        }
    }

    // The low 32 bits of each element are the result.
    private static Vector<long> Round(Vector<double> scaled)
    {
        // The native forms differ only in NaN, which does not come in, and between zeros.
        scaled = Vector.MinNative(Vector.MaxNative(scaled, new Vector<double>(-MaxQuantized)), new Vector<double>(MaxQuantized));
        var shifted = scaled + new Vector<double>(Shifter);
        var rest = scaled - (shifted - new Vector<double>(Shifter));
        var bits = Vector.AsVectorInt64(shifted);
        var odd = -(bits & Vector<long>.One);
        var nearHalf = Vector.GreaterThanOrEqual(Vector.Abs(rest), new Vector<double>(HalfFrom));
        var towardsRest = Vector.LessThan(rest, Vector<double>.Zero) | Vector<long>.One;
        return bits + (towardsRest & nearHalf & odd);
    }

    private static int Round(double scaled)
    {
        scaled = Math.Min(Math.Max(scaled, -MaxQuantized), MaxQuantized);
        double shifted = scaled + Shifter;
        double rest = scaled - (shifted - Shifter);
        int nearest = (int)BitConverter.DoubleToInt64Bits(shifted);
        return (nearest & 1) != 0 && Math.Abs(rest) >= HalfFrom ? nearest + (rest < 0 ? -1 : 1) : nearest;
    }

    private static Vector<double> ToDouble(Vector<long> integers) =>
        Vector.AsVectorDouble(integers + Vector.AsVectorInt64(new Vector<double>(Shifter))) - new Vector<double>(Shifter);

    private static void CheckLengths(int coefficients, int quantized, ActionShape shape)
    {
        if (coefficients != shape.Count)
        {
            throw new ArgumentException(
                $"{coefficients} coefficients do not make a chunk of {shape}, which has {shape.Count}", nameof(coefficients));
        }
        if (quantized != shape.Count)
            throw new ArgumentException($"{quantized} integers do not make a chunk of {shape}, which has {shape.Count}", nameof(quantized));
    }
}
