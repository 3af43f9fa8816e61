namespace Fast.Tokenizer.Training;

/// <summary>A scale and vocabulary size that a sweep left out, because the vocabulary is smaller than the alphabet.</summary>
/// <param name="Scheme">Which tokenizer could not be trained.</param>
/// <param name="VocabularySize">Size of the vocabulary.</param>
/// <param name="Scale">Quantiser steps per unit.</param>
/// <param name="Reason">What the training said.</param>
public sealed record RateDistortionSweepSkip(RateDistortionSweepScheme Scheme, int VocabularySize, double Scale, string Reason);
