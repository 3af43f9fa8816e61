using System.Globalization;

namespace Fast.Tokenizer.Training;

/// <summary>How often each corpus is counted where several are mixed by weights: whole numbers in the proportion of the weights.</summary>
internal static class CorpusRepetitions
{
    /// <summary>The largest weight may be this many times the smallest.</summary>
    public const double MaxRatio = 1e6;

    // The smallest weight becomes at most this number, so that none is off by more than half a thousandth.
    private const int MostForTheSmallest = 1000;
    private const double Exact = 1e-9;

    /// <summary>The numbers for weights; the smallest that have their exact proportion, or else the smallest of them is 1000.</summary>
    /// <param name="weights">Positive, finite weights, at least one.</param>
    /// <exception cref="ArgumentException">One is not, or they are more than <see cref="MaxRatio"/> apart.</exception>
    public static long[] Of(ReadOnlySpan<double> weights)
    {
        double least = double.PositiveInfinity, most = 0;
        foreach (double weight in weights)
        {
            if (!(weight > 0 && double.IsFinite(weight)))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"a weight of {weight} is not a positive number"));
            (least, most) = (Math.Min(least, weight), Math.Max(most, weight));
        }

        if (!(most / least <= MaxRatio))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the weights, with equal shares those of a window, go from {least:G4} to {most:G4}: they may be {MaxRatio:F0} times apart; "
                + $"choose nearer ones, or leave a data set out"));
        }

        var repetitions = new long[weights.Length];
        for (int smallest = 1; smallest < MostForTheSmallest; smallest++)
        {
            if (TryScale(weights, least, smallest, Exact, repetitions)) return repetitions;
        }

        TryScale(weights, least, MostForTheSmallest, double.PositiveInfinity, repetitions);
        return repetitions;
    }

    private static bool TryScale(ReadOnlySpan<double> weights, double least, int smallest, double tolerance, long[] repetitions)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            double wanted = weights[i] / least * smallest, rounded = Math.Round(wanted);
            if (Math.Abs(wanted - rounded) > tolerance * wanted) return false;
            repetitions[i] = (long)rounded;
        }

        return true;
    }
}
