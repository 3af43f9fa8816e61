using System.Globalization;
using Fast.Tokenizer.RateDistortion;

namespace Fast.Tokenizer;

/// <summary>How an encoder chooses among the token sequences that it could write for a chunk. Any FAST decoder reads all of them.</summary>
/// <remarks>
/// Canonical encoding rounds each coefficient to the nearest integer and merges greedily. The other modes choose: the ids that cost least.
/// They need an alphabet that can express the coefficients; those that it cannot are moved to the nearest that it can, and counted.
/// </remarks>
public abstract record EncodeMode
{
    private protected EncodeMode()
    {
    }

    /// <summary>Exactly FAST (arXiv 2501.09747): nearest integers, merged in order of rank. The default.</summary>
    public static EncodeMode Canonical { get; } = new CanonicalMode();

    /// <summary>The fewest tokens that decode to the same coefficients as canonical encoding.</summary>
    public static EncodeMode Shortest { get; } = new ShortestMode();

    /// <summary>
    /// The least sum of squared error and of a price for each token. Each coefficient may take either neighbouring integer, or zero; over
    /// these choices and all ways to write them the result is optimal.
    /// </summary>
    /// <param name="lambda">
    /// What a token may cost: the squared error, in quantiser steps, that one token less is worth; above 0. From 0.3 to 2 is useful.
    /// </param>
    /// <returns>The mode, for <see cref="EncodeOptions.Mode"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The price is not a positive finite number.</exception>
    public static EncodeMode RateDistortion(double lambda) => lambda > 0 && double.IsFinite(lambda)
        ? new RateDistortionMode(lambda)
        : throw new ArgumentOutOfRangeException(
            nameof(lambda), string.Create(CultureInfo.InvariantCulture, $"lambda is {lambda}; it must be above 0, and from 0.3 to 2 is useful"));

    /// <summary>Few tokens such that no decoded value is further from the given one than a bound.</summary>
    /// <param name="epsilon">The bound in the unit of the actions: one for all dimensions, or one per dimension; above 0.</param>
    /// <returns>The mode, for <see cref="EncodeOptions.Mode"/>.</returns>
    /// <exception cref="ArgumentException">There is no bound, or one is not a positive number.</exception>
    public static EncodeMode MaxError(params ReadOnlySpan<double> epsilon) => new ErrorBoundMode(BoundedError.Largest, Bounds(epsilon));

    /// <summary>
    /// Few tokens such that the root of the mean squared error of the chunk stays within a bound, dimension by dimension.
    /// </summary>
    /// <param name="epsilon">The bound in the unit of the actions: one for all dimensions, or one per dimension; above 0.</param>
    /// <returns>The mode, for <see cref="EncodeOptions.Mode"/>.</returns>
    /// <exception cref="ArgumentException">There is no bound, or one is not a positive number.</exception>
    public static EncodeMode MaxRmse(params ReadOnlySpan<double> epsilon) => new ErrorBoundMode(BoundedError.RootMeanSquare, Bounds(epsilon));

    /// <summary>A random one of all ways to write the coefficients of canonical encoding: other ids, the same actions.</summary>
    /// <param name="seed">The same seed and chunk give the same ids; draw another for each epoch.</param>
    /// <param name="temperature">
    /// How much longer sequences than the shortest are allowed for: a token more makes a sequence exp(1 / temperature) times less likely.
    /// Infinity makes all equally likely, which are long ones mostly; near 0 only shortest ones remain.
    /// </param>
    /// <returns>The mode, for <see cref="EncodeOptions.Mode"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    public static EncodeMode Sampled(ulong seed, double temperature = 0.3) => temperature > 0
        ? new SampledMode(seed, temperature)
        : throw new ArgumentOutOfRangeException(
            nameof(temperature), string.Create(CultureInfo.InvariantCulture, $"the temperature is {temperature}; it must be above 0"));

    /// <summary>Whether a coefficient may get another integer than the nearest; else only how integers are written is chosen.</summary>
    internal bool ChoosesIntegers => this is not (CanonicalMode or ShortestMode or SampledMode);

    private static double[] Bounds(ReadOnlySpan<double> epsilon)
    {
        if (epsilon.IsEmpty)
            throw new ArgumentException("there is no error bound: give one for all dimensions, or one for each", nameof(epsilon));
        for (int d = 0; d < epsilon.Length; d++)
        {
            if (epsilon[d] > 0) continue;
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"error bound {d} is {epsilon[d]}; it must be above 0"), nameof(epsilon));
        }

        return epsilon.ToArray();
    }
}
