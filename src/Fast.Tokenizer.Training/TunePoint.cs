namespace Fast.Tokenizer.Training;

/// <summary>One point that tuning measured, on validation episodes.</summary>
/// <param name="Scale">Quantiser steps per unit.</param>
/// <param name="VocabularySize">Size of the vocabulary that was asked for; training may find fewer pairs.</param>
/// <param name="Lambda">Price of a token, see <see cref="EncodeMode.RateDistortion"/>; 0 for <see cref="EncodeMode.Shortest"/>.</param>
/// <param name="MeanTokens">Mean number of tokens of a chunk.</param>
/// <param name="RmseNormalized">Root of the mean squared error over all values of dimensions with a range, in normalised units.</param>
/// <param name="MaxErrorNormalized">Largest error of these values, in normalised units.</param>
/// <param name="OfTarget">
/// The figure that the target is on, divided by the target; of several dimensions the worst. At most 1 where it is met.
/// </param>
public sealed record TunePoint(
    double Scale, int VocabularySize, double Lambda, double MeanTokens, double RmseNormalized, double MaxErrorNormalized, double OfTarget)
{
    /// <summary>Whether the target is met.</summary>
    public bool IsMet => OfTarget <= 1;
}
