namespace Fast.Tokenizer.RateDistortion;

/// <summary>See <see cref="EncodeMode.RateDistortion"/>.</summary>
internal sealed record RateDistortionMode(double Lambda) : EncodeMode;
