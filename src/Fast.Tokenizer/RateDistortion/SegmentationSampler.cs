using System.Buffers;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>Draws one of all ways to write a sequence with tokens, each with a weight that falls with its number of tokens.</summary>
/// <remarks>
/// The weights of all ways on from each place are summed up from the end; then each token is drawn in proportion to the ways that start
/// with it, which draws whole sequences in proportion to their weights (forward filtering, backward sampling, with the direction reversed).
/// Sums are kept as fraction and exponent: the number of ways outgrows any floating-point number.
/// </remarks>
internal static class SegmentationSampler
{
    // Below it only shortest sequences are drawn anyway, and the exponents stay within bounds.
    private const double LeastTemperature = 0.01;

    /// <summary>Draws a sequence.</summary>
    /// <param name="trie">The tokens.</param>
    /// <param name="lattice">
    /// The sequence to write: a lattice with one value for each coefficient, whose symbols have tokens of their own.
    /// </param>
    /// <param name="seed">The same seed and sequence draw the same tokens.</param>
    /// <param name="temperature">See <see cref="EncodeMode.Sampled"/>.</param>
    /// <param name="tokens">Receives the tokens.</param>
    /// <returns>How many tokens were written.</returns>
    /// <exception cref="ArgumentException">The tokens do not fit.</exception>
    public static int Run(SegmentationTrie trie, in CoefficientLattice lattice, ulong seed, double temperature, Span<int> tokens)
    {
        int places = lattice.End + 1;
        double[] fractions = ArrayPool<double>.Shared.Rent(places);
        int[] exponents = ArrayPool<int>.Shared.Rent(places);
        try
        {
            double weight = Math.Exp(-1 / Math.Max(temperature, LeastTemperature));
            (fractions[places - 1], exponents[places - 1]) = (0.5, 1);
            ulong state = seed;
            for (int place = places - 2; place >= 0; place--)
            {
                state = Mix(state ^ (ulong)lattice.Edges(place)[0].Symbol);
                double sum = 0;
                int exponent = int.MinValue;
                var walk = new Walk(place);
                while (walk.TryNext(trie, lattice))
                {
                    if (walk.Token == SegmentationTrie.None) continue;
                    int next = exponents[walk.Place];
                    if (next > exponent) (sum, exponent) = (exponent == int.MinValue ? 0 : Math.ScaleB(sum, exponent - next), next);
                    sum += Math.ScaleB(fractions[walk.Place], next - exponent);
                }

                sum *= weight;
                int shift = Math.ILogB(sum);
                (fractions[place], exponents[place]) = (Math.ScaleB(sum, -shift), exponent + shift);
            }

            int written = 0;
            for (int place = 0; place < places - 1;)
            {
                if (written == tokens.Length)
                    throw new ArgumentException($"the result does not fit into {tokens.Length} tokens: use MaxTokenCount", nameof(tokens));
                state = Mix(state);
                double left = fractions[place] * ((state >> 11) * (1.0 / (1UL << 53)));
                var walk = new Walk(place);
                (int token, int end) = (SegmentationTrie.None, place);

                // Where rounding leaves something over, the last token is it.
                while (left >= 0 && walk.TryNext(trie, lattice))
                {
                    if (walk.Token == SegmentationTrie.None) continue;
                    (token, end) = (walk.Token, walk.Place);
                    left -= weight * Math.ScaleB(fractions[end], exponents[end] - exponents[place]);
                }

                tokens[written++] = token;
                place = end;
            }

            return written;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(fractions);
            ArrayPool<int>.Shared.Return(exponents);
        }
    }

    // SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every platform.
    private static ulong Mix(ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }

    // The nodes that the sequence leads to from a place on, from the shortest.
    private struct Walk(int start)
    {
        private int _node = SegmentationTrie.Root;

        public int Place = start;

        public int Token = SegmentationTrie.None;

        public bool TryNext(SegmentationTrie trie, in CoefficientLattice lattice)
        {
            if (Place == lattice.End) return false;
            LatticeEdge edge = lattice.Edges(Place)[0];
            _node = trie.Child(_node, edge.Symbol);
            if (_node == SegmentationTrie.None) return false;
            (Place, Token) = (edge.Next, trie.Token(_node));
            double excess = 0;
            return lattice.TryFollow(trie.Label(_node)[1..], trie.ZeroRuns(_node)[1..], double.PositiveInfinity, ref Place, ref excess);
        }
    }
}
