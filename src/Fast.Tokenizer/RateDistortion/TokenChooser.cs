using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>Writes coefficients with the tokens that a mode chooses.</summary>
/// <param name="trie">The tokens.</param>
/// <param name="codec">Says which coefficients can be expressed.</param>
/// <param name="alphabet">Spells coefficients.</param>
/// <param name="quantizer">Says what a coefficient is decoded as.</param>
/// <param name="shape">Shape of the chunk.</param>
/// <param name="outOfRange">What to do with a coefficient that cannot be expressed: refuse it, else take the nearest that can.</param>
internal readonly struct TokenChooser(
    SegmentationTrie trie,
    TokenCodec codec,
    CoefficientAlphabet alphabet,
    CoefficientQuantizer quantizer,
    ActionShape shape,
    OutOfRangePolicy outOfRange)
{
    // All coefficients between these can be expressed.
    private readonly int _low = codec.Expressible.Low;
    private readonly int _high = codec.Expressible.High;

    /// <summary>The fewest tokens for the coefficients as they are.</summary>
    /// <param name="quantized">The coefficients, in the order in which they become tokens.</param>
    /// <param name="tokens">Receives the tokens.</param>
    /// <exception cref="ArgumentException">The tokens do not fit, or a coefficient is refused.</exception>
    public EncodeResult Shortest(ReadOnlySpan<int> quantized, Span<int> tokens)
    {
        var lattice = new CoefficientLattice(alphabet, quantized.Length);
        try
        {
            int clipped = Fill(ref lattice, quantized);
            return new EncodeResult(SegmentationSearch.Run(trie, lattice, tokenPrice: 1, tokens), clipped);
        }
        finally
        {
            lattice.Dispose();
        }
    }

    /// <summary>A random segmentation of the coefficients as they are.</summary>
    /// <inheritdoc cref="Shortest"/>
    public EncodeResult Sampled(ReadOnlySpan<int> quantized, ulong seed, double temperature, Span<int> tokens)
    {
        var lattice = new CoefficientLattice(alphabet, quantized.Length);
        try
        {
            int clipped = Fill(ref lattice, quantized);
            return new EncodeResult(SegmentationSampler.Run(trie, lattice, seed, temperature, tokens), clipped);
        }
        finally
        {
            lattice.Dispose();
        }
    }

    /// <summary>The tokens with the least sum of squared error and price.</summary>
    /// <param name="quantized">The coefficients, rounded to the nearest integer.</param>
    /// <param name="scaled">The same, not rounded.</param>
    /// <param name="lambda">The price of a token in squared steps.</param>
    /// <param name="weights">Weight of the squared error of each coefficient; empty for 1 each.</param>
    /// <param name="tokens">Receives the tokens.</param>
    /// <exception cref="ArgumentException">The tokens do not fit, or a coefficient is refused.</exception>
    public EncodeResult RateDistortion(
        ReadOnlySpan<int> quantized, ReadOnlySpan<double> scaled, double lambda, ReadOnlySpan<double> weights, Span<int> tokens)
    {
        CoefficientLattice lattice = Choices(quantized, scaled, weights, out int clipped);
        try
        {
            return new EncodeResult(Cheapest(lattice, lambda, tokens), clipped);
        }
        finally
        {
            lattice.Dispose();
        }
    }

    /// <summary>All that coefficients may become; to be disposed.</summary>
    /// <param name="quantized">The coefficients, rounded to the nearest integer.</param>
    /// <param name="scaled">The same, not rounded.</param>
    /// <param name="weights">Weight of the squared error of each coefficient; empty for 1 each.</param>
    /// <param name="clipped">How many were out of range.</param>
    /// <exception cref="ArgumentException">A coefficient is refused.</exception>
    public CoefficientLattice Choices(
        ReadOnlySpan<int> quantized, ReadOnlySpan<double> scaled, ReadOnlySpan<double> weights, out int clipped)
    {
        var lattice = new CoefficientLattice(alphabet, quantized.Length);
        bool done = false;
        try
        {
            clipped = Fill(ref lattice, quantized, scaled, weights);
            done = true;
            return lattice;
        }
        finally
        {
            if (!done) lattice.Dispose();
        }
    }

    /// <summary>The tokens with the least sum of distortion and price, and how many they are.</summary>
    /// <remarks>
    /// Above what all choices together can add to the distortion, any price asks for the fewest tokens and then for the least distortion;
    /// an enormous one would only drown the distortion, or overflow.
    /// </remarks>
    /// <exception cref="ArgumentException">The tokens do not fit.</exception>
    public int Cheapest(in CoefficientLattice lattice, double lambda, Span<int> tokens) =>
        SegmentationSearch.Run(trie, lattice, Math.Min(lambda, (2 * lattice.MostExcess) + 1), tokens);

    private int Fill(ref CoefficientLattice lattice, ReadOnlySpan<int> quantized)
    {
        int clipped = 0, tail = IsExpressible(0) ? quantized.LastIndexOfAnyExcept(0) + 1 : quantized.Length;
        for (int i = 0; i < tail; i++)
        {
            int value = Expressible(quantized[i], i, ref clipped);
            lattice.Add([value], [0.0]);
        }

        lattice.AddZeros(quantized.Length - tail);
        return clipped;
    }

    private int Fill(ref CoefficientLattice lattice, ReadOnlySpan<int> quantized, ReadOnlySpan<double> scaled, ReadOnlySpan<double> weights)
    {
        int clipped = 0;
        bool zero = IsExpressible(0);
        Span<int> values = stackalloc int[CoefficientLattice.MaxValues];
        Span<double> excess = stackalloc double[CoefficientLattice.MaxValues];
        for (int i = 0; i < quantized.Length; i++)
        {
            double exact = scaled[i];
            int nearest = Expressible(quantized[i], i, ref clipped);
            int other = exact >= nearest ? nearest + 1 : nearest - 1;
            bool hasOther = nearest == quantized[i] && exact != nearest && IsExpressible(other);
            values[0] = nearest;
            int count = 1;
            if (hasOther) values[count++] = other;
            if (nearest != 0 && !(hasOther && other == 0) && zero) values[count++] = 0;
            Distort(values[..count], i, exact, weights.IsEmpty ? 1 : weights[i], excess);
            lattice.Add(values[..count], excess[..count]);
        }

        return clipped;
    }

    // What each value of a coefficient adds to the distortion, beyond that of the best.
    private void Distort(ReadOnlySpan<int> values, int index, double exact, double weight, Span<double> excess)
    {
        double least = double.PositiveInfinity;
        for (int k = 0; k < values.Length; k++)
        {
            double error = quantizer.Reconstruct(values[k], index, shape) - exact;
            excess[k] = weight * error * error;
            least = Math.Min(least, excess[k]);
        }

        for (int k = 0; k < values.Length; k++) excess[k] -= least;
    }

    private int Expressible(int coefficient, int index, ref int clipped)
    {
        if (IsExpressible(coefficient)) return coefficient;
        int nearest = codec.Nearest(coefficient);
        clipped++;
        return outOfRange != OutOfRangePolicy.Refuse ? nearest : throw new ArgumentException(
            $"coefficient {coefficient} at index {index} cannot be expressed by the tokenizer: encode with OutOfRangePolicy.Clamp");
    }

    private bool IsExpressible(int coefficient) =>
        (coefficient >= _low && coefficient <= _high) || codec.Nearest(coefficient) == coefficient;
}
