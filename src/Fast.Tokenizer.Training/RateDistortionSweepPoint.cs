namespace Fast.Tokenizer.Training;

/// <summary>One point of a sweep.</summary>
/// <param name="Scheme">How the tokens came about.</param>
/// <param name="VocabularySize">Size of the vocabulary that was asked for; training may find fewer pairs.</param>
/// <param name="Scale">Quantiser steps per unit; null with <see cref="RateDistortionSweepScheme.Binning"/>, which has none.</param>
/// <param name="Lambda">Price of a token; null in the other schemes than <see cref="RateDistortionSweepScheme.RateDistortion"/>.</param>
/// <param name="MeanTokens">Mean number of tokens of a chunk.</param>
/// <param name="P99Tokens">The number of tokens that 99 % of the chunks keep to.</param>
/// <param name="RmseNormalized">Root of the mean squared error over all values of dimensions with a range, in normalised units.</param>
/// <param name="MaxErrorNormalized">Largest error of these values, in normalised units.</param>
/// <param name="IsParetoOptimal">
/// Whether it is one of <see cref="RateDistortionSweepResult.Points"/> and no other of them has as few tokens, as small an RMSE and as
/// small a vocabulary, and less of one of the three.
/// </param>
public sealed record RateDistortionSweepPoint(
    RateDistortionSweepScheme Scheme,
    int VocabularySize,
    double? Scale,
    double? Lambda,
    double MeanTokens,
    double P99Tokens,
    double RmseNormalized,
    double MaxErrorNormalized,
    bool IsParetoOptimal = false)
{
    internal bool Dominates(RateDistortionSweepPoint other) =>
        MeanTokens <= other.MeanTokens && RmseNormalized <= other.RmseNormalized && VocabularySize <= other.VocabularySize
        && (MeanTokens < other.MeanTokens || RmseNormalized < other.RmseNormalized || VocabularySize < other.VocabularySize);
}
