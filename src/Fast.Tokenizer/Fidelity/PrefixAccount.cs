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

    public void Add(ReadOnlySpan<double> chunk, ReadOnlySpan<int> tokens)
    {
        for (int share = 0; share < _shares.Length; share++)
        {
            tokenizer.Decode(tokens[..(int)(tokens.Length * _shares[share])], shape, _decoded, DecodePolicy.Prefix);
            double[] squares = _squares[share];
            for (int row = 0; row < chunk.Length; row += squares.Length)
            {
                for (int d = 0; d < squares.Length; d++)
                {
                    double error = _decoded[row + d] - chunk[row + d];
                    squares[d] += error * error;
                }
            }
        }
    }

    public void Merge(PrefixAccount other)
    {
        for (int share = 0; share < _shares.Length; share++)
            for (int d = 0; d < _squares[share].Length; d++) _squares[share][d] += other._squares[share][d];
    }

    /// <summary>A row per share of the tokens.</summary>
    /// <param name="chunks">Number of chunks added.</param>
    /// <param name="halfRange">Size of the normalised unit per dimension; 0 where there is none.</param>
    public FidelityPrefix[] Rows(long chunks, double[] halfRange)
    {
        double values = (double)chunks * shape.Horizon;
        int ranged = halfRange.Count(half => half > 0);
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
                Math.Sqrt(sum / (values * halfRange.Length)),
                ranged == 0 ? null : Math.Sqrt(sumNormalized / (values * ranged)));
        }

        return rows;
    }
}
