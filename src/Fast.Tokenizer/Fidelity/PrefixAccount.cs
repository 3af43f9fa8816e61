using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Fidelity;

/// <summary>Keeps account of the error that remains where only the first tokens of a chunk are decoded.</summary>
/// <param name="tokenizer">Decodes prefixes.</param>
/// <param name="shape">Shape of the chunks.</param>
internal sealed class PrefixAccount(FastActionTokenizer tokenizer, ActionShape shape)
{
    private static readonly double[] _shares = [0.25, 0.5, 0.75];

    private readonly double[] _decoded = new double[shape.Count];

    // A row of shares, each with a sum per dimension.
    private readonly double[][] _squares = [.. _shares.Select(_ => new double[shape.Dimensions])];

    private readonly long[] _chunks = new long[shape.Dimensions];

    public void Add(ReadOnlySpan<double> chunk, ReadOnlySpan<int> tokens, in ActionContext context)
    {
        for (int d = 0; d < _chunks.Length; d++)
            if (tokenizer.Counts(d, context)) _chunks[d]++;

        for (int share = 0; share < _shares.Length; share++)
        {
            tokenizer.Decode(tokens[..(int)(tokens.Length * _shares[share])], shape, _decoded, DecodePolicy.Prefix, context);
            tokenizer.Errors(_decoded, chunk, shape, context, _decoded);
            double[] squares = _squares[share];
            for (int row = 0; row < chunk.Length; row += squares.Length)
            {
                for (int d = 0; d < squares.Length; d++) squares[d] += _decoded[row + d] * _decoded[row + d];
            }
        }
    }

    public void Merge(PrefixAccount other)
    {
        for (int d = 0; d < _chunks.Length; d++) _chunks[d] += other._chunks[d];
        for (int share = 0; share < _shares.Length; share++)
            for (int d = 0; d < _squares[share].Length; d++) _squares[share][d] += other._squares[share][d];
    }

    /// <summary>A row per share of the tokens.</summary>
    /// <param name="halfRange">Size of the normalised unit per dimension; 0 where there is none.</param>
    public FidelityPrefix[] Rows(double[] halfRange)
    {
        double values = (double)_chunks.Sum() * shape.Horizon;
        double ranged = (double)_chunks.Where((_, d) => halfRange[d] > 0).Sum() * shape.Horizon;
        var rows = new FidelityPrefix[_shares.Length];
        for (int share = 0; share < rows.Length; share++)
        {
            double sum = 0, sumNormalized = 0;
            for (int d = 0; d < halfRange.Length; d++)
            {
                double squares = _squares[share][d];
                sum += squares;
                if (halfRange[d] > 0) sumNormalized += squares / halfRange[d] / halfRange[d];
            }

            rows[share] = new(
                _shares[share],
                values == 0 ? 0 : Math.Sqrt(sum / values),
                ranged == 0 ? null : Math.Sqrt(sumNormalized / ranged));
        }

        return rows;
    }
}
