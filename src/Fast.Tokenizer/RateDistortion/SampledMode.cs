namespace Fast.Tokenizer.RateDistortion;

/// <summary>See <see cref="EncodeMode.Sampled"/>.</summary>
internal sealed record SampledMode(ulong Seed, double Temperature) : EncodeMode;
