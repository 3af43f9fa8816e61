using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Training;

/// <summary>Measures what a tokenizer does to windows at one price of a token after the other.</summary>
internal sealed class OperatingPoints(
    FastActionTokenizer tokenizer, int vocabularySize, ActionShape shape, IReadOnlyList<SpreadWindow> windows)
{
    /// <summary>Measures a point.</summary>
    /// <param name="lambda">Price of a token; 0 for the fewest tokens of the nearest coefficients.</param>
    /// <param name="target">What the point is compared with.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public TunePoint At(double lambda, TuneOptions target, CancellationToken cancellationToken = default)
    {
        var options = new EncodeOptions
        {
            Mode = lambda > 0 ? EncodeMode.RateDistortion(lambda) : EncodeMode.Shortest,
            OutOfRange = OutOfRangePolicy.Clamp,
        };

        // Each window by itself, then added up in order: the sums do not depend on the number of threads.
        var counts = new int[windows.Count];
        var squares = new double[windows.Count][];
        var largest = new double[windows.Count][];
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = target.Training.MaxDegreeOfParallelism,
        };
        Parallel.For(0, windows.Count, parallel, i => (counts[i], squares[i], largest[i]) = Measure(windows[i], options));

        double[] units = tokenizer.NormalizedUnits(shape);
        double sum = 0, worst = 0, rmseOfTarget = 0, maxOfTarget = 0;
        int ranged = 0;
        for (int d = 0; d < shape.Dimensions; d++)
        {
            double total = 0, most = 0;
            for (int i = 0; i < windows.Count; i++) (total, most) = (total + squares[i][d], Math.Max(most, largest[i][d]));
            double rmse = Math.Sqrt(total / ((double)windows.Count * shape.Horizon));
            if (target.Rmse is { } eachRmse) rmseOfTarget = Math.Max(rmseOfTarget, rmse / eachRmse[d]);
            if (target.MaxError is { } eachMax) maxOfTarget = Math.Max(maxOfTarget, most / eachMax[d]);
            if (!(units[d] > 0)) continue;
            ranged++;
            sum += rmse / units[d] * (rmse / units[d]);
            worst = Math.Max(worst, most / units[d]);
        }

        double tokens = counts.Average(), normalized = Math.Sqrt(sum / Math.Max(1, ranged));
        double ofTarget = target switch
        {
            { RmseNormalized: { } bound } => normalized / bound,
            { MaxErrorNormalized: { } bound } => worst / bound,
            { MeanTokens: { } bound } => tokens / bound,
            { Rmse: not null } => rmseOfTarget,
            _ => maxOfTarget,
        };
        return new TunePoint(tokenizer.Definition.Scale, vocabularySize, lambda, tokens, normalized, worst, ofTarget);
    }

    private (int Count, double[] Squares, double[] Largest) Measure(SpreadWindow window, EncodeOptions options)
    {
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        double[] recorded = window.Values, decoded = new double[recorded.Length];
        int count = tokenizer.Encode(recorded, shape, tokens, window.Context, options).Count;
        tokenizer.Decode(tokens.AsSpan(0, count), shape, decoded, DecodePolicy.Strict, window.Context);
        tokenizer.Errors(decoded, recorded, shape, window.Context, decoded);
        double[] squares = new double[shape.Dimensions], largest = new double[shape.Dimensions];
        for (int i = 0; i < decoded.Length; i++)
        {
            double error = Math.Abs(decoded[i]);
            squares[i % shape.Dimensions] += error * error;
            largest[i % shape.Dimensions] = Math.Max(largest[i % shape.Dimensions], error);
        }

        return (count, squares, largest);
    }
}
