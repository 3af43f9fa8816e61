using System.Globalization;

namespace Fast.Tokenizer.Quantization;

/// <summary>
/// What a quantised coefficient is decoded as: its integer, moved towards the mean of what it was rounded from. Immutable.
/// </summary>
/// <remarks>
/// <para>Small magnitudes are more frequent than large ones, so the values that round to 1 lie below 1 in the mean; decoding to that mean
/// lowers the squared error at the same tokens (reconstruction points of a dead-zone quantiser, as in image and video coding). How far
/// depends on frequency, dimension and magnitude, and on the encoder: one with a dead zone may move it away from zero.</para>
/// <para>Zero stays zero. An offset is below half a step, so larger integers always decode to larger values.</para>
/// <para>No other FAST decoder knows these points: the published processor would give other actions for the same tokens.</para>
/// </remarks>
public sealed class ReconstructionPoints
{
    /// <summary>Offsets are below this, in quantiser steps.</summary>
    public const double OffsetLimit = 0.5;

    /// <summary>The most magnitudes with offsets of their own.</summary>
    public const int MaxMagnitudes = 64;

    private readonly double[] _offsets;

    // For each place the offset of zero, which is none, and those of its magnitudes: zero needs no branch, which chunks of many zeros and
    // many others would mispredict.
    private readonly double[] _table;

    /// <summary>Makes points.</summary>
    /// <param name="shape">Shape of the chunks that the offsets are for. Chunks of another horizon take those of the same share of the
    /// highest frequency; chunks of other dimensions have none.</param>
    /// <param name="magnitudes">Number of magnitudes with offsets of their own, from 1; the last one also stands for all above it.</param>
    /// <param name="offsets">How much a magnitude is lowered by, in quantiser steps, between -0.5 and 0.5: row-major [frequency, dimension,
    /// magnitude], where the first is for magnitude 1.</param>
    /// <exception cref="ArgumentException">
    /// A number is out of range or not finite, or there are fewer or more offsets than that.
    /// </exception>
    public ReconstructionPoints(ActionShape shape, int magnitudes, ReadOnlySpan<double> offsets)
    {
        if (shape.Count == 0) throw new ArgumentException("the reconstruction points are for no frequency and no dimension", nameof(shape));
        if (magnitudes is < 1 or > MaxMagnitudes)
        {
            throw new ArgumentException(
                $"{magnitudes} magnitudes have reconstruction points: 1 to {MaxMagnitudes} are possible", nameof(magnitudes));
        }

        if (offsets.Length != (long)shape.Count * magnitudes)
        {
            throw new ArgumentException(
                $"there are {offsets.Length} offsets of reconstruction points; {shape} with {magnitudes} magnitudes takes "
                + $"{(long)shape.Count * magnitudes}",
                nameof(offsets));
        }

        for (int i = 0; i < offsets.Length; i++)
        {
            if (!(Math.Abs(offsets[i]) < OffsetLimit)) throw BeyondLimit(offsets, i, magnitudes, shape.Dimensions);
        }

        Shape = shape;
        Magnitudes = magnitudes;
        _offsets = offsets.ToArray();
        _table = new double[checked(shape.Count * (magnitudes + 1))];
        for (int place = 0; place < shape.Count; place++)
            offsets.Slice(place * magnitudes, magnitudes).CopyTo(_table.AsSpan((place * (magnitudes + 1)) + 1));
    }

    /// <summary>Shape of the chunks that the offsets are for.</summary>
    public ActionShape Shape { get; }

    /// <summary>Number of magnitudes with offsets of their own.</summary>
    public int Magnitudes { get; }

    /// <summary>How much a magnitude is lowered by, in quantiser steps: row-major [frequency, dimension, magnitude].</summary>
    public ReadOnlySpan<double> Offsets => _offsets;

    /// <summary>Gives what a quantised coefficient is decoded as, in quantiser steps.</summary>
    /// <param name="quantized">The integer.</param>
    /// <param name="frequency">Its frequency, 0 to below the horizon.</param>
    /// <param name="dimension">Its action dimension.</param>
    /// <param name="horizon">Time steps in its chunk.</param>
    /// <returns>The integer less its offset; within half a step of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frequency or dimension.</exception>
    public double Reconstruct(int quantized, int frequency, int dimension, int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frequency);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frequency, horizon);
        ArgumentOutOfRangeException.ThrowIfNegative(dimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(dimension, Shape.Dimensions);
        return At(quantized, (frequency * Shape.Dimensions) + dimension, horizon);
    }

    /// <summary>The same by the place of the coefficient in a row-major chunk [T,D], which is not checked.</summary>
    internal double At(int quantized, int place, int horizon)
    {
        if (horizon != Shape.Horizon)
        {
            (int frequency, int dimension) = Math.DivRem(place, Shape.Dimensions);
            place = ((int)((long)frequency * Shape.Horizon / horizon) * Shape.Dimensions) + dimension;
        }

        return Move(_table, place * (Magnitudes + 1), Magnitudes, quantized);
    }

    /// <summary>The same for the first coefficients of a row-major chunk of <see cref="Shape"/>, divided by the scale.</summary>
    internal void Fill(ReadOnlySpan<int> quantized, double scale, Span<double> coefficients)
    {
        coefficients = coefficients[..quantized.Length];
        ReadOnlySpan<double> table = _table;
        int row = 0, magnitudes = Magnitudes;
        for (int i = 0; i < quantized.Length; i++)
        {
            coefficients[i] = Move(table, row, magnitudes, quantized[i]) / scale;
            row += magnitudes + 1;
        }
    }

    private static ArgumentException BeyondLimit(ReadOnlySpan<double> offsets, int index, int magnitudes, int dimensions)
    {
        int row = index / magnitudes;
        return new ArgumentException(
            string.Create(CultureInfo.InvariantCulture,
                $"the reconstruction offset of frequency {row / dimensions}, dimension {row % dimensions}, magnitude "
                + $"{(index % magnitudes) + 1} is {offsets[index]}; it must be between -{OffsetLimit} and {OffsetLimit} steps"),
            nameof(offsets));
    }

    // Signs of coefficients cannot be predicted either. The magnitude of the most negative integer only fits an unsigned one.
    private static double Move(ReadOnlySpan<double> table, int row, int magnitudes, int integer)
    {
        int sign = integer >> 31;
        uint magnitude = unchecked((uint)((integer ^ sign) - sign));
        long offset = BitConverter.DoubleToInt64Bits(table[row + (int)Math.Min(magnitude, (uint)magnitudes)]);
        return integer - BitConverter.Int64BitsToDouble(offset ^ ((long)sign << 63));
    }
}
