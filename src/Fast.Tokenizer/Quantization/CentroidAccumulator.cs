using System.Diagnostics;

namespace Fast.Tokenizer.Quantization;

/// <summary>Measures how far below their integers the coefficients lie that an encoder gives those integers to.</summary>
/// <remarks>Sums are of integers: the result does not depend on the order of the chunks. Not safe to use from several threads.</remarks>
/// <param name="shape">Shape of the chunks.</param>
internal sealed class CentroidAccumulator(ActionShape shape)
{
    /// <summary>Magnitudes with a mean of their own. More gave nothing on recordings of robots.</summary>
    private const int Magnitudes = 5;

    /// <summary>Offsets are kept in thousandths of a step: finer ones change nothing that can be measured.</summary>
    private const int Decimals = 3;

    // The grid of CoefficientQuantizer.Scaled: differences are whole numbers of it.
    private const double Grid = 1 << 20;

    private readonly long[] _sums = new long[checked(shape.Count * Magnitudes)];
    private readonly long[] _counts = new long[shape.Count * Magnitudes];

    /// <summary>Adds a chunk.</summary>
    /// <param name="scaled">Its coefficients in steps, not rounded, as <see cref="CoefficientQuantizer.Scaled"/> gives them.</param>
    /// <param name="quantized">What they were encoded as, in the same order.</param>
    /// <param name="order">The order of both.</param>
    public void Add(ReadOnlySpan<double> scaled, ReadOnlySpan<int> quantized, CoefficientOrder order)
    {
        Debug.Assert(scaled.Length == shape.Count && quantized.Length == shape.Count, "a chunk has another shape");
        for (int i = 0; i < quantized.Length; i++)
        {
            if (quantized[i] == 0) continue;
            double below = quantized[i] > 0 ? quantized[i] - scaled[i] : scaled[i] - quantized[i];

            // What the alphabet cannot express lies further away, and says nothing about the others.
            if (!(Math.Abs(below) <= 1)) continue;
            int magnitude = (int)Math.Min(Math.Abs((long)quantized[i]), Magnitudes);
            int entry = (CoefficientQuantizer.Place(i, shape, order) * Magnitudes) + magnitude - 1;
            _sums[entry] += (long)(below * Grid);
            _counts[entry]++;
        }
    }

    /// <summary>Adds what another one has seen.</summary>
    public void Add(CentroidAccumulator other)
    {
        for (int i = 0; i < _sums.Length; i++)
        {
            _sums[i] += other._sums[i];
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>Gives the points.</summary>
    /// <param name="prior">
    /// How many chunks the assumption counts for that a dimension is like all dimensions of its frequency, and those like integers: what
    /// was seen seldom stays near the integer.
    /// </param>
    public ReconstructionPoints ToPoints(double prior)
    {
        double limit = ReconstructionPoints.OffsetLimit - Math.Pow(10, -Decimals);
        var offsets = new double[_sums.Length];
        for (int frequency = 0; frequency < shape.Horizon; frequency++)
        {
            for (int magnitude = 0; magnitude < Magnitudes; magnitude++)
            {
                int first = (frequency * shape.Dimensions * Magnitudes) + magnitude, end = first + (shape.Dimensions * Magnitudes);
                double sum = 0, count = 0;
                for (int i = first; i < end; i += Magnitudes) (sum, count) = (sum + _sums[i], count + _counts[i]);
                double all = sum / Grid / (count + prior);
                for (int i = first; i < end; i += Magnitudes)
                {
                    double mean = ((_sums[i] / Grid) + (prior * all)) / (_counts[i] + prior);

                    // Adding zero makes a negative zero positive.
                    offsets[i] = Math.Round(Math.Clamp(mean, -limit, limit), Decimals) + 0.0;
                }
            }
        }

        return new ReconstructionPoints(shape, Magnitudes, offsets);
    }
}
